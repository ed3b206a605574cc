// The lint rule that holds the import directions of scripts/rooms.mjs.
import path from 'node:path';
import { importProblem, packageProblem } from './rooms.mjs';

const rooms = {
  create(context) {
    const file = context.filename.split(path.sep).join('/');
    const at = file.lastIndexOf('/src/');
    if (at === -1) return {};
    const from = file.slice(at + '/src/'.length);

    /** Judges one specifier, where it is written as text; a computed one is left to the reader. */
    const check = (node, specifier) => {
      if (typeof specifier !== 'string') return;
      const message = specifier.startsWith('.')
        ? importProblem(from, path.posix.join(path.posix.dirname(from), specifier))
        : packageProblem(from, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    const bySource = node => check(node, node.source?.value);
    return {
      ImportDeclaration: bySource,
      ExportNamedDeclaration: bySource,
      ExportAllDeclaration: bySource,
      ImportExpression: bySource,
      TSImportType: bySource,
      TSExternalModuleReference: node => check(node, node.expression?.value),
      CallExpression(node) {
        const { callee } = node;
        const isRequire =
          (callee.type === 'Identifier' && callee.name === 'require') ||
          (callee.type === 'MemberExpression' && callee.property?.name === 'require');
        if (isRequire) check(node, node.arguments[0]?.value);
      },
    };
  },
};

export default { meta: { name: 'phasegate' }, rules: { rooms } };
