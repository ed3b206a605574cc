// The SQL in Python's strings: which of them are statements, and where the names in them stand in the source.
import type { SyntaxNodeRef } from '@lezer/common';
import type { PythonTree, StringPiece } from './python-tree';
import { type SqlName, sqlOutputs } from './sql-names';
import { OPAQUE } from './sql-tokens';

/** What a literal must hold to be looked at closely: cheap to ask of every string of a file. */
const HINT = /\b(?:select|insert|update)\b/i;

/** How a statement begins, behind blanks, comments and placeholders. */
const STATEMENT =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\(|\uFFFC;?)*(select|with\s+(?:recursive\s+)?\S+\s*(?:\(|as\b)|insert\s+(?:or\s+\w+\s+)?into|update\s|create\s+(?:or\s+replace\s+)?(?:\w+\s+)?(?:table|view)|merge\s|copy\s*\(|explain\s|declare\s|begin\b)/i;

/** The names of columns in a string literal that is a statement, by their offsets in the source; none in any other. */
export function namesInString(python: PythonTree, ref: SyntaxNodeRef): readonly SqlName[] {
  if (!HINT.test(python.text(ref))) return [];
  const pieces = python.stringPieces(ref.node);
  if (pieces === undefined) return [];
  const sql = pieces.map(piece => piece.text ?? OPAQUE).join('');
  if (!isStatement(sql)) return [];
  const starts: number[] = [];
  let length = 0;
  for (const { text } of pieces) {
    starts.push(length);
    length += (text ?? OPAQUE).length;
  }
  let at = 0;
  return sqlOutputs(sql).flatMap(found => {
    while ((starts[at + 1] ?? Infinity) <= found.from) at++;
    const piece: StringPiece | undefined = pieces[at];
    if (piece === undefined) return [];
    const from = piece.from + found.from - (starts[at] ?? 0);
    const to = from + found.name.length;
    // A name that is put together from several pieces stands nowhere as it is.
    if (to > piece.to || python.source.slice(from, to) !== found.name) return [];
    return [{ ...found, line: python.lineAt(from), from, to }];
  });
}

/** Whether a text is SQL and no sentence that begins like it: "Select a team from the list". */
function isStatement(text: string): boolean {
  const [, opening] = STATEMENT.exec(text) ?? [];
  if (opening === undefined || /^[A-Z][a-z]/.test(opening)) return false;
  return opening !== 'select' || /\bfrom\b/i.test(text);
}
