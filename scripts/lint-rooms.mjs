// The lint rule that holds the import directions of scripts/rooms.mjs.
import path from 'node:path';
import { PURE_ROOMS, importProblem } from './rooms.mjs';

const IMPURE = /^(?:node:)?(?:fs|child_process|net|http|https|worker_threads|os|dns|tls)(?:\/|$)/;

const rooms = {
  create(context) {
    const file = context.filename.split(path.sep).join('/');
    const at = file.lastIndexOf('/src/');
    if (at === -1) return {};
    const root = file.slice(0, at + '/src/'.length);
    const from = file.slice(root.length);
    const [room = ''] = from.split('/');
    const check = node => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      let problem;
      if (source === 'vscode') {
        if (room !== 'editor' && from !== 'extension.ts') problem = 'only src/editor and src/extension.ts import vscode';
      } else if (source.startsWith('.')) {
        const to = path.posix.join(path.posix.dirname(from), source);
        if (!to.startsWith('..')) problem = importProblem(from, to);
      } else if (IMPURE.test(source) && PURE_ROOMS.includes(room)) {
        problem = `${room} is pure: ${source} belongs at the edges`;
      }
      if (problem !== undefined) context.report({ node, message: problem });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

export default { meta: { name: 'phasegate' }, rules: { rooms } };
