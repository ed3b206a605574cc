// The folder of the user's own state: what checkouts and worktrees of one pipeline share, such as locks.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Its path, by the habits of the system; `PHASEGATE_STATE` names another one. Nothing is made. */
export function userStateFolder(env: NodeJS.ProcessEnv): string {
  const named = env['PHASEGATE_STATE'];
  if (named !== undefined && named !== '') return named;
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'phasegate');
    case 'win32':
      return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'phasegate');
    default:
      return join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'phasegate');
  }
}
