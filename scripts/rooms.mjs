// The rooms of src/ and their order: who may import whom, and what from outside. The one table; the lint rule and its test read it.

/** Lower rooms first. A room may import itself and every room of an earlier line, and nothing of its own line or a later one. */
export const ROOM_ORDER = [
  ['model', 'scripts', 'git'],
  ['checks'],
  ['pipeline'],
  ['warehouse'],
  ['facts'],
  ['coverage'],
  ['validation'],
  ['runs'],
  ['training', 'backfill'],
  ['handoff'],
  ['sample'],
  ['language', 'print'],
  ['cli', 'agents'],
];

/** Files directly in src/ that compose the rooms, with the folders of the larger ones: they may import every room but the editor's. */
export const PROGRAMS = ['services', 'cli', 'engine', 'runner'];

/** The folders of those that are more than one file. (`cli` is a room of its own below.) */
export const PROGRAM_FOLDERS = ['services', 'engine'];

/** Rooms of the terminal and the agents work through the services, as the programs do. */
export const USE_SERVICES = ['cli', 'agents', 'language'];

/** What the editor's room may import of src/: messages and plain types, never the engine. */
export const EDITOR_MAY = ['protocol', 'model'];

/** Where the plain types of the protocol's messages may come from. */
export const PROTOCOL_MAY = ['model', 'backfill'];

/** Rooms whose files touch no disk, no process and no network: what they say depends on what they are given, and on nothing else. */
export const PURE_ROOMS = ['model', 'checks', 'coverage', 'validation', 'print'];

/** Packages that belong to some rooms only, so that what they do has one place. Any other package may be imported anywhere. */
export const PACKAGE_ROOMS = {
  vscode: ['editor', 'extension'],
  '@duckdb/node-api': ['warehouse'],
  commander: ['cli'],
  yaml: ['pipeline', 'language', 'handoff'],
  zod: ['checks', 'pipeline'],
  'vscode-languageclient': ['editor'],
  'vscode-languageserver': ['engine'],
  'vscode-languageserver-textdocument': ['engine'],
};

/** Rooms that import no package but these: adding a check must stay a small thing. */
export const ONLY_PACKAGES = { checks: ['zod'], model: ['temporal-polyfill'] };

/** Node's own modules that reach outside the process. */
const OUTSIDE =
  /^(?:node:)?(?:fs|child_process|cluster|dgram|dns|http|http2|https|net|os|process|readline|tls|worker_threads)(?:\/|$)/;

/** How files of a room that the table does not know are refused, so that a new room has to find its place. */
const unknownRoom = room => `src/${room} is no room of scripts/rooms.mjs: add it where it belongs`;

/**
 * Why a file of src/ may not import another, or `undefined` where it may.
 * @param {string} from path relative to src/, such as `facts/ledger.ts`
 * @param {string} to path relative to src/, such as `model/day`; `../package.json` for what lies outside of it
 * @returns {string | undefined}
 */
export function importProblem(from, to) {
  if (to.startsWith('..')) return 'src/ imports nothing that lies outside of src/';
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === toRoom) return undefined;
  if (fromRoom === 'editor' || fromRoom === 'extension') {
    if (fromRoom === 'extension' && toRoom === 'editor') return undefined;
    return EDITOR_MAY.includes(toRoom)
      ? undefined
      : `the editor speaks to the engine through src/protocol.ts: it may not import ${toRoom}`;
  }
  if (toRoom === 'editor' || toRoom === 'extension') return 'nothing imports the editor: it is the outermost room';
  if (fromRoom === 'protocol')
    return PROTOCOL_MAY.includes(toRoom)
      ? undefined
      : `src/protocol.ts is messages and plain types: it may import ${PROTOCOL_MAY.join(' and ')} only`;
  if (isProgram(from))
    return rankOf(toRoom) !== -1 || PROGRAMS.includes(toRoom) || toRoom === 'protocol'
      ? undefined
      : unknownRoom(toRoom);
  const [fromRank, toRank] = [rankOf(fromRoom), rankOf(toRoom)];
  if (fromRank === -1) return unknownRoom(fromRoom);
  if ((toRoom === 'services' || toRoom === 'protocol') && USE_SERVICES.includes(fromRoom)) return undefined;
  if (toRank === -1)
    return PROGRAMS.includes(toRoom)
      ? `src/${toRoom}.ts is composed above the rooms: ${fromRoom} may not import it`
      : unknownRoom(toRoom);
  return toRank < fromRank
    ? undefined
    : `imports run one way: ${fromRoom} may not import ${toRoom} (their order is in scripts/rooms.mjs)`;
}

/**
 * Why a file of src/ may not import a package or a module of Node's, or `undefined` where it may.
 * @param {string} from path relative to src/
 * @param {string} specifier as it is written, such as `node:fs` or `@duckdb/node-api`
 * @returns {string | undefined}
 */
export function packageProblem(from, specifier) {
  const room = roomOf(from);
  const pure = PURE_ROOMS.includes(room);
  if (OUTSIDE.test(specifier)) return pure ? `${room} is pure: ${specifier} belongs at the edges` : undefined;
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const owners = PACKAGE_ROOMS[name];
  if (owners !== undefined && !owners.includes(room))
    return `${name} belongs to ${owners.map(owner => `src/${owner}`).join(', ')}: ${room} may not import it`;
  const only = ONLY_PACKAGES[room];
  if (only !== undefined && !only.includes(name))
    return `src/${room} imports no package but ${only.join(', ')}: ${name} belongs elsewhere`;
  return undefined;
}

function isProgram(path) {
  return PROGRAMS.includes(roomOf(path)) && (!path.includes('/') || PROGRAM_FOLDERS.includes(path.split('/')[0]));
}

function roomOf(path) {
  const [first = ''] = path.split('/');
  return first.replace(/\.[mc]?ts$/, '');
}

function rankOf(room) {
  return ROOM_ORDER.findIndex(line => line.includes(room));
}
