// What asking git withstands: a repository that would like to run something, settings that change what git prints, an environment that speaks of another repository, and a git that is missing, deaf or talkative.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test, vi } from 'vitest';
import { commitsAfter } from '../../../src/git/commits';
import { type Repository, said, useRepositories, whoAt } from './repositories';

const { root, repository } = useRepositories();
const LONG_AGO = Date.parse('2000-01-01T00:00:00Z');
const ask = (folder: string, timeoutMs?: number): ReturnType<typeof commitsAfter> =>
  commitsAfter(folder, ['p/a.py'], LONG_AGO, timeoutMs);

let programs = 0;
/** A program of a name, in a folder of its own. */
function program(name: string, ...lines: readonly string[]): { readonly folder: string; readonly file: string } {
  const folder = path.join(root, `bin${++programs}`);
  const file = path.join(folder, name);
  mkdirSync(folder);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return { folder, file };
}

/** A repository of two commits that touched p/a.py, and whatever it has set. */
function hostile(...settings: readonly (readonly [string, string])[]): Repository {
  const made = repository(
    {
      at: '2024-01-01T10:00:00Z',
      says: 'First',
      files: { 'p/a.py': '1', '.gitattributes': '* diff=evil filter=evil\n' },
    },
    { at: '2024-01-02T10:00:00Z', says: 'Second', files: { 'p/a.py': '2' } },
  );
  for (const [name, value] of settings) made.git('config', '--add', name, value);
  return made;
}

/** The commit that is checked out, with a signature on it: git asks a program what it is worth. */
function sign({ folder, git }: Repository): void {
  const [head = '', ...body] = git('cat-file', 'commit', 'HEAD').split('\n\n');
  const file = path.join(folder, '.git', 'signed');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
  writeFileSync(file, `${head}\n${signature}\n\n${body.join('\n\n')}\n`);
  git('reset', '--quiet', '--soft', git('hash-object', '-t', 'commit', '-w', file));
}

describe('a repository that would like to run something', () => {
  const mark = path.join(root, 'it ran');
  const { file: evil, folder: hooks } = program('evil', `touch '${mark}'`, 'exit 1');
  for (const hook of ['post-index-change', 'reference-transaction', 'fsmonitor-watchman', 'post-checkout'])
    writeFileSync(path.join(hooks, hook), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
  const ran = (): boolean => {
    const is = existsSync(mark);
    rmSync(mark, { force: true });
    return is;
  };

  // Beside each what somebody may type in such a repository, to their regret. (A pager wants a terminal.)
  it.each<[string, readonly (readonly [string, string])[], readonly string[] | undefined]>([
    ['a monitor of files', [['core.fsmonitor', evil]], ['status']],
    ['hooks', [['core.hooksPath', hooks]], ['update-index', '--force-write-index', '--refresh']],
    [
      'a checker of signatures',
      [
        ['log.showSignature', 'true'],
        ['gpg.program', evil],
      ],
      ['log'],
    ],
    [
      'a pager',
      [
        ['core.pager', evil],
        ['pager.log', 'true'],
        ['pager.ls-files', 'true'],
      ],
      undefined,
    ],
    [
      'a pager of its own for a command',
      [
        ['pager.log', evil],
        ['pager.ls-files', evil],
      ],
      undefined,
    ],
    ['a differ', [['diff.external', evil]], ['log', '-p', '--ext-diff']],
    ['a differ of some files', [['diff.evil.textconv', evil]], ['log', '-p', '--textconv']],
    [
      'a filter of files',
      [
        ['filter.evil.clean', evil],
        ['filter.evil.process', evil],
      ],
      ['add', '--renormalize', '.'],
    ],
    [
      'another meaning of a command',
      [
        ['alias.lo', `!${evil}`],
        ['alias.log', `!${evil}`],
        ['alias.ls-files', `!${evil}`],
      ],
      ['lo'],
    ],
  ])('runs nothing by %s', async (_what, settings, typed) => {
    const made = hostile(...settings);
    sign(made);
    writeFileSync(path.join(made.folder, 'p', 'a.py'), 'changed');
    ran();
    if (typed !== undefined) {
      spawnSync('git', typed, { cwd: made.folder, env: { ...process.env, ...whoAt('2024-01-03T00:00:00Z') } });
      expect(ran()).toBe(true);
    }
    expect(said(await ask(made.folder))).toEqual(['First', 'Second']);
    expect(said(await commitsAfter(made.folder, ['q/**'], LONG_AGO))).toMatch(/tracks no file/);
    expect(ran()).toBe(false);
  });

  it('runs nothing by a remote of which a part has to be fetched, whatever protocol it allows', async () => {
    const made = hostile(
      ['core.repositoryFormatVersion', '1'],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.url', `ext::${evil.replaceAll(' ', '% ')}`],
      ['remote.origin.promisor', 'true'],
      ['protocol.allow', 'always'],
      ['protocol.ext.allow', 'always'],
      ['core.sshCommand', evil],
    );
    const tree = made.git('rev-parse', 'HEAD~1:p');
    rmSync(path.join(made.folder, '.git', 'objects', tree.slice(0, 2), tree.slice(2)));
    ran();
    spawnSync('git', ['log', '--', 'p'], { cwd: made.folder });
    expect(ran()).toBe(true);
    expect(said(await ask(made.folder))).toMatch(/^git said: /);
    expect(ran()).toBe(false);
  });
});

test.each([
  ['log.follow', 'true'],
  ['log.decorate', 'full'],
  ['log.date', 'relative'],
  ['log.excludeDecoration', '*'],
  ['log.abbrevCommit', 'false'],
  ['log.diffMerges', 'first-parent'],
  ['log.showRoot', 'false'],
  ['color.ui', 'always'],
  ['color.log', 'always'],
  ['core.abbrev', '40'],
  ['core.quotePath', 'true'],
  ['format.pretty', 'raw'],
  ['format.notes', 'true'],
  ['notes.displayRef', '*'],
  ['i18n.logOutputEncoding', 'ISO-8859-1'],
  ['column.ui', 'always'],
])('the setting %s = %s changes nothing that is understood', async (name, value) => {
  const { folder } = hostile([name, value]);
  expect(await ask(folder)).toMatchObject({
    ok: true,
    commits: [
      {
        hash: expect.stringMatching(/^[0-9a-f]{7,40}$/) as string,
        at: Date.parse('2024-01-01T10:00:00Z'),
        subject: 'First',
      },
      { at: Date.parse('2024-01-02T10:00:00Z'), subject: 'Second' },
    ],
  });
});

describe('a subject', () => {
  it.each<[string, string, string]>([
    ['with letters of any language', 'Größe, 数, ñ, 👩‍🔬', 'Größe, 数, ñ, 👩‍🔬'],
    ['with what a terminal obeys', 'Red \u001B[31mred\u001B]0;title\u0007 \u009B2J', 'Red  [31mred ]0;title   2J'],
    ['with what stands between our fields', 'a\u001Fb\u001F\u001Fc', 'a b c'],
    ['with what turns the direction of writing', 'a\u202Eb\u2066c\u200Fd', 'a b c d'],
    ['with other ends of lines', 'a\rb\u2028c\u0085d', 'a b c d'],
    ['of a paragraph', 'one\ntwo\nthree\n\nfour', 'one two three'],
    ['that is very long', 'x'.repeat(5000), `${'x'.repeat(199)}…`],
    ['of letters that are two units each', '𝒳'.repeat(201), `${'𝒳'.repeat(199)}…`],
    ['of just the length', 'x'.repeat(200), 'x'.repeat(200)],
    ['that is empty', '', ''],
  ])('%s is one line of text', async (_what, says, subject) => {
    const { folder } = repository({ at: '2024-01-01T10:00:00Z', says, files: { 'p/a.py': '1' } });
    expect(said(await ask(folder))).toEqual([subject]);
  });

  it('in another encoding is read as the commit says, whatever is set for what git prints', async () => {
    const { folder, git, commit } = repository();
    git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    git('config', 'i18n.logOutputEncoding', 'ISO-8859-1');
    commit({ at: '2024-01-01T10:00:00Z', says: Buffer.from('Gr\u00F6\u00DFe', 'latin1'), files: { 'p/a.py': '1' } });
    expect(said(await ask(folder))).toEqual(['Größe']);
  });
});

describe('an environment that speaks of another repository', () => {
  const other = repository({ at: '2024-01-01T10:00:00Z', says: 'Of another', files: { 'p/a.py': '1' } });
  const elsewhere = path.join(other.folder, '.git');

  it.each([
    ['GIT_DIR', elsewhere],
    ['GIT_COMMON_DIR', elsewhere],
    ['GIT_WORK_TREE', other.folder],
    ['GIT_INDEX_FILE', path.join(elsewhere, 'index')],
    ['GIT_OBJECT_DIRECTORY', path.join(elsewhere, 'objects')],
    ['GIT_SHALLOW_FILE', path.join(elsewhere, 'HEAD')],
    ['GIT_PREFIX', 'q/'],
    ['GIT_NAMESPACE', 'other'],
    ['GIT_LITERAL_PATHSPECS', '1'],
    ['GIT_NOGLOB_PATHSPECS', '1'],
    ['GIT_ICASE_PATHSPECS', '1'],
    ['GIT_TRACE', '1'],
    ['GIT_PAGER', 'false'],
    ['GIT_EXTERNAL_DIFF', 'false'],
    ['GIT_ALLOW_PROTOCOL', 'ext'],
    ['LC_ALL', 'de_DE.UTF-8'],
  ])('is not listened to: %s=%s', async (name, value) => {
    vi.stubEnv(name, value);
    const { folder } = hostile();
    expect(said(await ask(folder))).toEqual(['First', 'Second']);
    expect(said(await commitsAfter(folder, ['p/*.py'], LONG_AGO))).toEqual(['First', 'Second']);
    expect(said(await commitsAfter(folder, ['q/**'], LONG_AGO))).toMatch(/^git tracks no file/);
    expect(said(await ask(root))).toBe('the workspace is in no git repository');
  });
});

describe('a git that does not answer is a reason, and never thrown', () => {
  const { folder } = hostile();

  test('not installed', async () => {
    vi.stubEnv('PATH', path.join(root, 'nothing here'));
    expect(await ask(folder)).toEqual({ ok: false, message: 'git is not installed', ofAll: true });
  });

  test('deaf: it is waited for as long as is said, and then ended', async () => {
    const pid = path.join(root, 'pid');
    vi.stubEnv(
      'PATH',
      `${program('git', "trap '' TERM", `echo $$ > '${pid}'`, 'exec sleep 600').folder}:/usr/bin:/bin`,
    );
    expect(await ask(folder, 300)).toEqual({ ok: false, message: 'git did not answer within 0.3 s', ofAll: true });
    const { status } = spawnSync('sh', ['-c', `kill -0 "$(cat '${pid}')"`]);
    expect(status).not.toBe(0);
  });

  test.each<[string, readonly string[], string]>([
    ['failing without a word', ['exit 3'], 'git failed: Command failed: git'],
    ['killed', ['kill -9 $$'], 'git failed: Command failed: git'],
    [
      'warning before it gives up',
      ['echo "warning: beware" >&2; echo "fatal: no more" >&2; exit 128'],
      'git said: no more',
    ],
    ['saying what a terminal obeys', [String.raw`printf 'fatal: \033[2Jx' >&2; exit 128`], 'git said:  [2Jx'],
  ])('%s', async (_what, lines, message) => {
    vi.stubEnv('PATH', `${program('git', ...lines).folder}:/usr/bin:/bin`);
    const found = await ask(folder);
    expect(found).toMatchObject({ ok: false, message: expect.stringContaining(message) as string, ofAll: false });
  });

  test('printing what is no commit', async () => {
    vi.stubEnv('PATH', `${program('git', 'echo nonsense').folder}:/usr/bin:/bin`);
    expect(await ask(folder)).toEqual({ ok: true, commits: [] });
  });

  test('distrustful of a repository that is somebody else’s', async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('only root may give files away');
    const made = hostile();
    chownSync(made.folder, 65_534, 65_534);
    chownSync(path.join(made.folder, '.git'), 65_534, 65_534);
    expect(await ask(made.folder)).toMatchObject({
      message: expect.stringContaining('git said: detected dubious ownership in repository') as string,
      ofAll: true,
    });
  });
});
