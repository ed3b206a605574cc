// How git is asked: it only reads, of the repository that a folder is in, and runs nothing that a repository or an environment names.

/** Settings of the user or the repository that could run something, or that change what is printed; before the command. */
export const GUARDS: readonly string[] = [
  '--no-optional-locks',
  '--no-pager',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.pager=cat',
    'log.showSignature=false',
    'log.mailmap=false',
    'log.follow=false', // git gives up on a glob that it should follow
  ].flatMap(setting => ['-c', setting]),
];

/** What git sets for what it starts (a hook, an alias) to speak of its own repository, and how it was told to read paths. */
const OF_ITS_REPOSITORY =
  /^GIT_(?:DIR|WORK_TREE|IMPLICIT_WORK_TREE|COMMON_DIR|INDEX_FILE|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|GRAFT_FILE|SHALLOW_FILE|(?:LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS)$/;

/** An environment in which git asks nobody and fetches nothing; a repository that we were started from is not the one that is asked about. */
export function guardedEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !OF_ITS_REPOSITORY.test(name))),
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none', // stronger than any setting of a repository
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}
