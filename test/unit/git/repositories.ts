// Real git repositories in a temporary folder, whose commits have the times that a test gives them.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, vi } from 'vitest';
import type { Commits } from '../../../src/git/commits';

/** What a person or a machine may have set for git is nothing to a test. */
const NOBODYS = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

export interface CommitGiven {
  /** By the committer's clock, ISO; the author's too unless said. */
  readonly at: string;
  readonly authorAt?: string;
  readonly says?: string | Buffer;
  /** Texts by path; `null` takes a file away. Nothing at all: a file that no test asks about. */
  readonly files?: Readonly<Record<string, string | null>>;
}

export interface Repository {
  readonly folder: string;
  /** @returns what git printed @throws where it fails */
  readonly git: (...args: readonly string[]) => string;
  readonly commit: (given: CommitGiven) => void;
}

/** A temporary folder for repositories, gone after the tests; git's own settings are empty meanwhile. */
export function useRepositories(): {
  readonly root: string;
  readonly repository: (...commits: readonly CommitGiven[]) => Repository;
  readonly shallow: (from: Repository, depth: number) => Repository;
} {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'phasegate-git-')));
  let made = 0;
  beforeEach(() => {
    for (const [name, value] of Object.entries(NOBODYS)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    repository: (...commits) => {
      const folder = path.join(root, `r${++made}`);
      mkdirSync(folder);
      const repository = of(folder);
      repository.git('init', '--quiet', '--initial-branch=main', '--template=');
      for (const each of commits) repository.commit(each);
      return repository;
    },
    shallow: (from, depth) => {
      const folder = path.join(root, `r${++made}`);
      of(root).git('clone', '--quiet', `--depth=${depth}`, `file://${from.folder}`, folder);
      return of(folder);
    },
  };
}

function of(folder: string): Repository {
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: Buffer): string => {
    const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      input: input ?? '',
      env: { PATH: process.env['PATH'], HOME: folder, ...NOBODYS, ...env },
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trimEnd();
  };
  return {
    folder,
    git: (...args) => run(args, whoAt('2024-01-01T00:00:00Z')),
    commit: ({ at, authorAt = at, says = at, files = { other: at } }) => {
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, name);
        if (text === null) rmSync(file);
        else {
          mkdirSync(path.dirname(file), { recursive: true });
          writeFileSync(file, text);
        }
      }
      run(['add', '--all']);
      run(
        ['commit', '--quiet', '--allow-empty', '--allow-empty-message', '--cleanup=verbatim', '--file=-'],
        whoAt(authorAt, at),
        Buffer.from(says),
      );
    },
  };
}

/** Who commits, and when. */
export function whoAt(authorAt: string, at = authorAt): NodeJS.ProcessEnv {
  const who = (role: string, date: string): NodeJS.ProcessEnv => ({
    [`GIT_${role}_NAME`]: 'Somebody',
    [`GIT_${role}_EMAIL`]: 'somebody@example.invalid',
    [`GIT_${role}_DATE`]: date,
  });
  return { ...who('AUTHOR', authorAt), ...who('COMMITTER', at) };
}

/** What the commits say, oldest first; or why there are none. */
export function said(found: Commits): readonly string[] | string {
  return found.ok ? found.commits.map(({ subject }) => subject) : found.message;
}
