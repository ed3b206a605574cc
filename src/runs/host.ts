// How durable a run is where it runs: what it outlives, what ends it, and what would keep it alive.
import { existsSync, readFileSync } from 'node:fs';

/** What is looked at: given, so that tests give their own. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** `/proc/version`; empty where there is none. */
  readonly kernel: string;
  /** `/proc/1/cgroup` and the like say that this is a container. */
  readonly container: boolean;
  /** Whether the user's processes outlive the last session (systemd's lingering); `undefined` where nothing tells. */
  readonly lingers: boolean | undefined;
}

/** The facts of this machine. */
export function hostFacts(env: NodeJS.ProcessEnv): HostFacts {
  const user = env['USER'] ?? env['LOGNAME'] ?? '';
  return {
    platform: process.platform,
    env,
    kernel: readText('/proc/version'),
    container: existsSync('/.dockerenv') || existsSync('/run/.containerenv') || env['container'] !== undefined,
    lingers:
      existsSync('/run/systemd/system') && user !== '' ? existsSync(`/var/lib/systemd/linger/${user}`) : undefined,
  };
}

/** One sentence: what the run outlives, and what ends it. */
export function durability({ platform, env, kernel, container, lingers }: HostFacts): string {
  const outlives = 'It goes on when the window or the terminal is closed';
  if (env['WSL_DISTRO_NAME'] !== undefined || /microsoft/i.test(kernel))
    return `${outlives}, and ends when Windows sleeps, restarts or shuts this WSL down (which it does when its last terminal is closed): leave one open, and keep Windows awake`;
  if (container || env['CODESPACES'] !== undefined)
    return `${outlives}, and ends with this container: keep the container running`;
  if (env['SSH_CONNECTION'] !== undefined || env['VSCODE_AGENT_FOLDER'] !== undefined)
    return lingers === false
      ? `${outlives} and the connection is lost, unless this machine ends a user's processes at logout: "loginctl enable-linger" keeps them`
      : `${outlives} and the connection is lost, and ends when this machine restarts`;
  const sleep =
    platform === 'darwin'
      ? ' ("caffeinate -i" keeps it awake)'
      : platform === 'linux'
        ? ' ("systemd-inhibit" keeps it awake)'
        : '';
  return `${outlives}, pauses while this computer sleeps${sleep}, and ends when it restarts: "phasegate runs resume" goes on from there`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
