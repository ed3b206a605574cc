// The rooms of src/ and their order: who may import whom. The one table; the lint rule and its test read it.

/** Lower rooms first. A room may import itself and every room of an earlier line, and nothing of its own line or later. */
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

/** Files directly in src/ that compose the rooms: they may import every room but the editor's. */
export const PROGRAMS = ['services', 'cli', 'engine', 'runner'];

/** What the editor's room may import of src/: messages and plain types, never the engine. */
export const EDITOR_MAY = ['protocol', 'model'];

/** Rooms whose files touch no disk, no process and no network. */
export const PURE_ROOMS = ['model', 'checks', 'coverage', 'validation', 'print'];

/**
 * Why a file of src/ may not import another, or `undefined` where it may.
 * @param {string} from path relative to src/, such as `facts/ledger.ts`
 * @param {string} to path relative to src/, such as `model/day`
 */
export function importProblem(from, to) {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === toRoom) return undefined;
  if (fromRoom === 'editor' || fromRoom === 'extension') {
    if (fromRoom === 'extension' && toRoom === 'editor') return undefined;
    return EDITOR_MAY.includes(toRoom) ? undefined : `the editor speaks to the engine through src/protocol.ts: it may not import ${toRoom}`;
  }
  if (toRoom === 'editor' || toRoom === 'extension') return `nothing imports the editor: it is the outermost room`;
  if (fromRoom === 'protocol') return toRoom === 'model' ? undefined : 'src/protocol.ts is messages and plain types: it may import model only';
  if (PROGRAMS.includes(fromRoom) && from === `${fromRoom}.ts`) return undefined;
  const [fromRank, toRank] = [rankOf(fromRoom), rankOf(toRoom)];
  if (fromRank === -1) return `src/${fromRoom} is no room of scripts/rooms.mjs: add it where it belongs`;
  // The terminal's and the agents' rooms work through the services, as the programs do.
  if (['cli', 'agents'].includes(fromRoom) && toRoom === 'services') return undefined;
  if (toRank === -1) return `src/${toRoom} is composed above the rooms: ${fromRoom} may not import it`;
  return toRank < fromRank ? undefined : `imports run one way: ${fromRoom} may not import ${toRoom}`;
}

function roomOf(path) {
  const [first = ''] = path.split('/');
  return first.replace(/\.ts$/, '');
}

function rankOf(room) {
  return ROOM_ORDER.findIndex(line => line.includes(room));
}
