// Which commits touched some files since an instant: asked of real repositories.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { globSync } from 'tinyglobby';
import { describe, expect, it, test } from 'vitest';
import { commitsAfter, pathspecs } from '../../../src/git/commits';
import { said, useRepositories } from './repositories';

const { root, repository, shallow } = useRepositories();
const instant = (text: string): number => Date.parse(text);
const LONG_AGO = instant('2000-01-01T00:00:00Z');

describe('the commits that touched some files', () => {
  const { folder } = repository(
    { at: '2024-01-01T10:00:00Z', says: 'Begin', files: { 'p/a.py': '1', 'q/b.py': '1' } },
    { at: '2024-01-02T10:00:00Z', says: 'Change b', files: { 'q/b.py': '2' } },
    { at: '2024-01-03T10:00:00Z', authorAt: '2023-06-01T00:00:00Z', says: 'Change a', files: { 'p/a.py': '2' } },
    { at: '2024-01-04T10:00:00Z', says: 'Take a away', files: { 'p/a.py': null, 'p/c.py': '1' } },
  );

  it('come oldest first, with their abbreviated names and the time of their committer, not of their author', async () => {
    expect(await commitsAfter(folder, ['p/**'], LONG_AGO)).toEqual({
      ok: true,
      commits: [
        ['2024-01-01T10:00:00Z', 'Begin'],
        ['2024-01-03T10:00:00Z', 'Change a'],
        ['2024-01-04T10:00:00Z', 'Take a away'],
      ].map(([at = '', subject = '']) => ({
        hash: expect.stringMatching(/^[0-9a-f]{7,40}$/) as string,
        at: instant(at),
        subject,
      })),
    });
  });

  it.each([
    ['2024-01-03T09:59:59Z', ['Change a', 'Take a away']],
    ['2024-01-03T09:59:59.999Z', ['Change a', 'Take a away']],
    ['2024-01-03T10:00:00Z', ['Take a away']],
    ['2024-01-03T10:00:00.500Z', ['Take a away']],
    ['2024-01-04T10:00:00Z', []],
    ['1965-01-01T00:00:00Z', ['Begin', 'Change a', 'Take a away']],
    ['0001-01-01T00:00:00Z', ['Begin', 'Change a', 'Take a away']],
    ['+100000-01-01T00:00:00Z', []],
  ])('after %s are %j: one of that very second is none of them', async (after, subjects) => {
    expect(said(await commitsAfter(folder, ['p/**'], instant(after)))).toEqual(subjects);
  });

  it.each([9e15, -9e15, 1704276000000.25])('after what no clock shows (%d) can be asked for', async after => {
    expect(await commitsAfter(folder, ['p/**'], after)).toMatchObject({ ok: true });
  });
});

test('what a branch brought in came when it was merged', async () => {
  const { folder, git, commit } = repository({ at: '2024-01-01T10:00:00Z', says: 'Begin', files: { 'p/a.py': '1' } });
  git('checkout', '--quiet', '-b', 'topic');
  commit({ at: '2024-01-02T10:00:00Z', says: 'On the branch', files: { 'p/a.py': '2' } });
  commit({ at: '2024-01-03T10:00:00Z', says: 'On the branch again', files: { 'p/a.py': '3' } });
  git('checkout', '--quiet', 'main');
  commit({ at: '2024-01-04T10:00:00Z', says: 'Something else' });
  git('merge', '--quiet', '--no-ff', '--no-commit', 'topic');
  commit({ at: '2024-01-05T10:00:00Z', says: 'Merge topic', files: {} });
  git('checkout', '--quiet', '-b', 'notes');
  commit({ at: '2024-01-06T10:00:00Z', says: 'Notes', files: { notes: '1' } });
  git('checkout', '--quiet', 'main');
  git('merge', '--quiet', '--no-ff', '--no-commit', 'notes');
  commit({ at: '2024-01-07T10:00:00Z', says: 'Merge notes', files: {} });
  const commits = await commitsAfter(folder, ['p/**'], LONG_AGO);
  expect(said(commits)).toEqual(['Begin', 'Merge topic']);
  expect(commits).toMatchObject({ commits: [{}, { at: instant('2024-01-05T10:00:00Z') }] });
});

test('a file that is renamed is touched on both sides, and is not followed', async () => {
  const { folder, git, commit } = repository({ at: '2024-01-01T10:00:00Z', says: 'Begin', files: { 'old/a.py': '1' } });
  git('mv', 'old', 'new');
  commit({ at: '2024-01-02T10:00:00Z', says: 'Rename', files: {} });
  commit({ at: '2024-01-03T10:00:00Z', says: 'Change', files: { 'new/a.py': '2' } });
  expect(said(await commitsAfter(folder, ['new/**'], LONG_AGO))).toEqual(['Rename', 'Change']);
  expect(said(await commitsAfter(folder, ['new/a.py'], LONG_AGO))).toEqual(['Rename', 'Change']);
  expect(said(await commitsAfter(folder, ['old/**'], LONG_AGO))).toEqual(['Begin', 'Rename']);
});

test('a commit of somebody whose clock was slow hides none before it', async () => {
  const { folder } = repository(
    { at: '2024-01-02T10:00:00Z', says: 'By a good clock', files: { 'p/a.py': '1' } },
    { at: '2024-01-01T23:00:00Z', says: 'By a slow one', files: { 'p/a.py': '2' } },
  );
  expect(said(await commitsAfter(folder, ['p/**'], instant('2024-01-02T09:00:00Z')))).toEqual(['By a good clock']);
});

describe('a workspace that is a folder of its repository', () => {
  const { folder } = repository(
    { at: '2024-01-01T10:00:00Z', says: 'Mine', files: { 'teams/mine/p/a.py': '1' } },
    { at: '2024-01-02T10:00:00Z', says: 'Theirs', files: { 'teams/theirs/p/a.py': '1' } },
    { at: '2024-01-03T10:00:00Z', says: 'At the top', files: { 'p/a.py': '1', 'shared/x.py': '1' } },
  );
  const mine = path.join(folder, 'teams', 'mine');

  it.each([
    [['p/**'], ['Mine']],
    [['./p/a.py'], ['Mine']],
    [['../../shared/**'], ['At the top']],
    [['**'], ['Mine']],
  ])('%j are its own, or named from there', async (globs, subjects) => {
    expect(said(await commitsAfter(mine, globs, LONG_AGO))).toEqual(subjects);
  });
  it('says so where its sources are outside of the repository', async () => {
    expect(said(await commitsAfter(mine, ['../../../elsewhere/**'], LONG_AGO))).toMatch(
      /^git said: .*outside repository/,
    );
  });
});

/** One commit for each of these, which says its path. */
const FILES = [
  'a.py',
  'b.sql',
  'src/a.py',
  'src/b.sql',
  'src/deep/a.py',
  'src/deep/er/c.py',
  'my jobs/über maß.py',
  'src/(group)/a.py',
  'lib1/a.py',
  'lib2/a.py',
  'lib3/a.py',
  'src/[x]/a.py',
] as const;

describe('globs', () => {
  const { folder } = repository(
    ...FILES.map((file, i) => ({
      at: `2024-01-01T10:${String(i).padStart(2, '0')}:00Z`,
      says: file,
      files: { [file]: '1' },
    })),
  );
  const asked = async (...globs: readonly string[]): Promise<string | readonly string[]> => {
    const found = said(await commitsAfter(folder, globs, LONG_AGO));
    return typeof found === 'string' ? found : [...found].sort();
  };

  it.each<[string, readonly string[], readonly string[]]>([
    ['a file', ['src/a.py'], ['src/a.py']],
    ['a folder', ['src/deep'], ['src/deep/a.py', 'src/deep/er/c.py']],
    ['files of one folder', ['src/*.py'], ['src/a.py']],
    ['folders by a pattern', ['src/d*'], ['src/deep/a.py', 'src/deep/er/c.py']],
    ['files of a tree', ['src/deep/**'], ['src/deep/a.py', 'src/deep/er/c.py']],
    ['files of a name, wherever', ['**/c.py'], ['src/deep/er/c.py']],
    ['spaces and umlauts', ['my jobs/über maß.py'], ['my jobs/über maß.py']],
    ['a list', ['src/{a.py,b.sql}'], ['src/a.py', 'src/b.sql']],
    ['a list in a list', ['{lib1,lib{2,3}}/*.py'], ['lib1/a.py', 'lib2/a.py', 'lib3/a.py']],
    ['a list with nothing in it', ['lib{1,}/a.py'], ['lib1/a.py']],
    [
      'a range, which git cannot read: all that is below',
      ['src/deep/{1..3}.py'],
      ['src/deep/a.py', 'src/deep/er/c.py'],
    ],
    ['a group: all that is below', ['src/deep/@(a|c).py'], ['src/deep/a.py', 'src/deep/er/c.py']],
    ['a group of folders', ['src/deep/(er|oder)/c.py'], ['src/deep/a.py', 'src/deep/er/c.py']],
    ['less another', ['src/deep/**', '!**/er/**'], ['src/deep/a.py']],
    ['less a list', ['lib*/**', '!lib{1,3}/**'], ['lib2/a.py']],
    [
      'less what git cannot read: nothing is left out for it',
      ['lib*/**', '!lib@(1|2)/**'],
      ['lib1/a.py', 'lib2/a.py', 'lib3/a.py'],
    ],
    ['whatever git takes for magic', [':(exclude)src/**', 'src/a.py'], ['src/a.py']],
    ['what looks like an option', ['--all', 'src/a.py'], ['src/a.py']],
  ])('name %s', async (_what, globs, files) => {
    expect(await asked(...globs)).toEqual([...files].sort());
  });

  it('that stand for very many paths are made wider instead', async () => {
    expect(pathspecs([`src/${'{a,b}'.repeat(40)}.py`])).toEqual([':(glob)src/**']);
    expect(pathspecs([`!src/${'{a,b}'.repeat(40)}.py`])).toEqual([]);
    expect(await asked(`src/deep/${'{a,b}'.repeat(40)}.py`)).toEqual(['src/deep/a.py', 'src/deep/er/c.py']);
  });

  it('that no program can be given are said, and nothing is thrown', async () => {
    expect(await asked('src/\0.py')).toMatch(/^git could not be asked: .*null bytes/);
    expect(await commitsAfter(folder, ['x'.repeat(3_000_000)], LONG_AGO)).toMatchObject({ ok: false });
  });

  it('never name fewer files than those that are read as sources', async () => {
    const part = fc.constantFrom(
      ...['*', '**', '?', 'a', 'src', 'deep', 'lib', '1', '.py', '.sql', '/', '/', '{a,b}', '{1,3}', '{1..2}'],
      ...['@(a|b)', '!(a)', '+(lib)?', '[ab]', '[!a]', 'my jobs', 'über*', '(1|2)'],
    );
    const glob = fc
      .array(part, { minLength: 1, maxLength: 6 })
      .map(parts => parts.join(''))
      .filter(text => !text.startsWith('/'));
    await fc.assert(
      fc.asyncProperty(fc.array(glob, { minLength: 1, maxLength: 3 }), fc.option(glob), async (globs, not) => {
        const all = not === null || not.startsWith('(') ? globs : [...globs, `!${not}`];
        const read = globSync(all, { cwd: folder, followSymbolicLinks: false, ignore: ['**/.git/**'] });
        const found = await asked(...all);
        expect(typeof found === 'string' ? [] : found).toEqual(expect.arrayContaining(read));
      }),
      { numRuns: 150 },
    );
  });
});

describe('the history of a shallow clone', () => {
  const whole = repository(
    { at: '2024-01-01T10:00:00Z', says: 'First', files: { 'p/a.py': '1' } },
    { at: '2024-01-02T10:00:00Z', says: 'Second', files: { 'p/a.py': '2' } },
    { at: '2024-01-03T10:00:00Z', says: 'Third', files: { 'p/a.py': '3' } },
  );
  const asked = (folder: string, after: string): ReturnType<typeof commitsAfter> =>
    commitsAfter(folder, ['p/**'], instant(after));

  it('ends at a commit that seems to have made every file: what came before is not known', async () => {
    const found = await asked(shallow(whole, 2).folder, '2024-01-01T00:00:00Z');
    expect(said(found)).toEqual(['Third']);
    expect(found).toMatchObject({ cutAt: instant('2024-01-02T10:00:00Z') });
  });
  it('may know nothing but its end', async () => {
    expect(await asked(shallow(whole, 1).folder, '2024-01-01T00:00:00Z')).toEqual({
      ok: true,
      commits: [],
      cutAt: instant('2024-01-03T10:00:00Z'),
    });
  });
  it('says nothing of its end to whom it reaches back far enough', async () => {
    const found = await asked(shallow(whole, 2).folder, '2024-01-03T09:00:00Z');
    expect(said(found)).toEqual(['Third']);
  });
  it('is not what a branch or a tag of a bad name makes of a whole one', async () => {
    whole.git('branch', 'grafted');
    whole.git('tag', 'grafted');
    const found = await asked(whole.folder, '2024-01-01T00:00:00Z');
    expect(said(found)).toEqual(['First', 'Second', 'Third']);
    expect(found).not.toHaveProperty('cutAt');
  });
});

describe('where nothing can be known, the reason is a value', () => {
  const nothing = path.join(root, 'no repository');
  mkdirSync(nothing);
  const { folder } = repository({ at: '2024-01-01T10:00:00Z', files: { other: '1' } });

  it.each([
    ['no repository', nothing, 'the workspace is in no git repository', true],
    ['no commit', repository().folder, 'the git repository has no commit yet', true],
    ['untracked sources', folder, 'git tracks no file of its sources (p/**, q/*.py)', false],
  ])('%s', async (_what, where, message, ofAll) => {
    expect(await commitsAfter(where, ['p/**', 'q/*.py'], LONG_AGO)).toEqual({ ok: false, message, ofAll });
  });

  it('tracked sources that nobody touched lately are no such case', async () => {
    expect(await commitsAfter(folder, ['other'], instant('2024-06-01T00:00:00Z'))).toEqual({ ok: true, commits: [] });
  });

  it('a repository of which a part is gone says what git says', async () => {
    const broken = repository({ at: '2024-01-01T10:00:00Z', files: { 'p/a.py': '1' } });
    rmSync(path.join(broken.folder, '.git', 'objects'), { recursive: true });
    mkdirSync(path.join(broken.folder, '.git', 'objects'));
    expect(said(await commitsAfter(broken.folder, ['p/**'], LONG_AGO))).toMatch(/^git said: /);
  });
});
