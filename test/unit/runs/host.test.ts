// How durable a run is where it runs: one sentence for each kind of machine, which says what ends the run.
import { describe, expect, test } from 'vitest';
import { type HostFacts, durability, hostFacts } from '../../../src/runs/host';

const PLAIN: HostFacts = {
  platform: 'linux',
  env: {},
  kernel: 'Linux version 6.8.0',
  container: false,
  lingers: undefined,
};
const OUTLIVES = 'It goes on when the window or the terminal is closed';
const WSL = `${OUTLIVES}, and ends when Windows sleeps, restarts or shuts this WSL down (which it does when its last terminal is closed): leave one open, and keep Windows awake`;
const CONTAINER = `${OUTLIVES}, and ends with this container: keep the container running`;
const REMOTE = `${OUTLIVES} and the connection is lost, and ends when this machine restarts`;
const LOGOUT = `${OUTLIVES} and the connection is lost, unless this machine ends a user's processes at logout: "loginctl enable-linger" keeps them`;
const pauses = (how: string): string =>
  `${OUTLIVES}, pauses while this computer sleeps${how}, and ends when it restarts: "phasegate runs resume" goes on from there`;

test.each<[string, Partial<HostFacts>, string]>([
  ['a Linux desktop', {}, pauses(' ("systemd-inhibit" keeps it awake)')],
  ['a Mac', { platform: 'darwin' }, pauses(' ("caffeinate -i" keeps it awake)')],
  ['Windows', { platform: 'win32' }, pauses('')],
  ['WSL, by its variable', { env: { WSL_DISTRO_NAME: 'Ubuntu' } }, WSL],
  ['WSL, by its kernel', { kernel: 'Linux version 5.15.0-microsoft-standard-WSL2' }, WSL],
  [
    'WSL with a remote editor and a container engine',
    { env: { WSL_DISTRO_NAME: 'u', VSCODE_AGENT_FOLDER: '/v' }, container: true },
    WSL,
  ],
  ['a container', { container: true }, CONTAINER],
  ['a codespace', { env: { CODESPACES: 'true' } }, CONTAINER],
  ['a container reached by a remote editor', { container: true, env: { VSCODE_AGENT_FOLDER: '/v' } }, CONTAINER],
  ['a machine reached over SSH', { env: { SSH_CONNECTION: '10.0.0.1 22' } }, REMOTE],
  ['a machine reached by a remote editor', { env: { VSCODE_AGENT_FOLDER: '/v' } }, REMOTE],
  ['such a machine where the user lingers', { env: { SSH_CONNECTION: 'x' }, lingers: true }, REMOTE],
  ['such a machine where the user does not', { env: { SSH_CONNECTION: 'x' }, lingers: false }, LOGOUT],
  ['a desktop where the user does not linger', { lingers: false }, pauses(' ("systemd-inhibit" keeps it awake)')],
])('on %s', (_where, facts, sentence) => {
  expect(durability({ ...PLAIN, ...facts })).toBe(sentence);
});

describe('the facts of this machine', () => {
  test('are those of its system, and of the environment that is given', () => {
    const env = { USER: 'somebody', SSH_CONNECTION: 'x' };
    expect(hostFacts(env)).toMatchObject({ platform: process.platform, env });
  });

  test('say that it is a container where the environment does', () => {
    expect(hostFacts({ container: 'podman' }).container).toBe(true);
  });

  test('do not tell whether a user lingers whose name nobody knows', () => {
    expect(hostFacts({}).lingers).toBeUndefined();
  });
});
