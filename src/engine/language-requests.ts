// The Language Server Protocol's requests about manifests: lenses, hovers, definitions, references, completion and fixes.
import { resolve } from 'node:path';
import {
  type CodeAction,
  CodeActionKind,
  type Connection,
  MarkupKind,
  type Position,
} from 'vscode-languageserver/node';
import { type Completion, completionsAt } from '../language/completion';
import { acceptEdit, acceptablesOf, knownGapEdit, nameFix } from '../language/fixes';
import { declarationOf, nameAt, tableAround, usesOf } from '../language/names';
import { tableHover, tableLenses } from '../language/tables';
import { EDITOR_COMMANDS, type EditAnswer, type Requests } from '../protocol';
import type { Manifests } from './manifests';
import type { Questions } from './questions';

/** Answers what an editor asks about a manifest that is open. */
export function answerLanguage(connection: Connection, manifests: Manifests, questions: Questions): void {
  connection.onCodeLens(({ textDocument }) => {
    const document = manifests.open(textDocument.uri);
    if (document === undefined) return [];
    const folder = resolve(document.path, '..');
    return tableLenses(document, folder, questions.of(folder).coverage).map(lens => ({
      range: lens.range,
      command: { title: lens.title, command: lens.command, arguments: [...lens.arguments] },
    }));
  });
  connection.onHover(({ textDocument, position }) => {
    const document = manifests.open(textDocument.uri);
    if (document === undefined) return null;
    const report = questions.of(resolve(document.path, '..')).coverage;
    const hover = tableHover(document, document.positions.offset(position), report);
    return hover === undefined
      ? null
      : { range: hover.range, contents: { kind: MarkupKind.Markdown, value: hover.markdown } };
  });
  connection.onDefinition(({ textDocument, position }) => {
    const document = manifests.open(textDocument.uri);
    const named = document === undefined ? undefined : nameAt(document, document.positions.offset(position));
    const found = document === undefined || named === undefined ? undefined : declarationOf(document, named);
    return document === undefined || found === undefined
      ? null
      : { uri: textDocument.uri, range: document.positions.range(found.range) };
  });
  connection.onReferences(({ textDocument, position, context }) => {
    const document = manifests.open(textDocument.uri);
    const named = document === undefined ? undefined : nameAt(document, document.positions.offset(position));
    if (document === undefined || named === undefined) return [];
    return usesOf(document, named, context.includeDeclaration).map(use => ({
      uri: textDocument.uri,
      range: document.positions.range(use.range),
    }));
  });
  connection.onCompletion(async ({ textDocument, position }) => {
    const document = manifests.open(textDocument.uri);
    if (document === undefined) return [];
    const live = await questions.liveColumns(resolve(document.path, '..'));
    return completionsAt(document, position, { live, whole: manifests.lastWhole(document) }).map(asItem);
  });
  connection.onCodeAction(({ textDocument, range, context }) => [
    ...acceptActions(manifests, questions, textDocument.uri, range.start),
    ...context.diagnostics.flatMap(diagnostic => {
      const fix = nameFix(diagnostic as Parameters<typeof nameFix>[0]);
      return fix === undefined
        ? []
        : [
            {
              title: fix.title,
              kind: CodeActionKind.QuickFix,
              isPreferred: fix.preferred,
              diagnostics: [diagnostic],
              edit: { changes: { [textDocument.uri]: [fix.edit] } },
            },
          ];
    }),
  ]);
}

/** What can be accepted of the table that the cursor stands in: the editor asks for the reason. */
function acceptActions(
  manifests: Manifests,
  questions: Questions,
  uri: string,
  position: Position,
): readonly CodeAction[] {
  const document = manifests.open(uri);
  const table = document === undefined ? undefined : tableAround(document, document.positions.offset(position));
  if (document === undefined || table === undefined) return [];
  const folder = resolve(document.path, '..');
  const { coverage, checks } = questions.of(folder);
  const reports = [coverage, checks].flatMap(report => acceptablesOf(table, report));
  const once = new Map(reports.map(each => [each.title, each]));
  return [...once.values()].map(({ title, what }) => ({
    title,
    kind: CodeActionKind.QuickFix,
    command: { title, command: EDITOR_COMMANDS.accept, arguments: [{ folder, table, what }] },
  }));
}

/** How a manifest has to be changed to accept something. */
export function acceptance(
  manifests: Manifests,
  { folder, table, reason, what }: Requests['phasegate/accept']['params'],
): EditAnswer {
  const document = manifests.ofFolder(folder);
  if (document === undefined) return { ok: false, message: `there is no manifest in ${folder}` };
  const edit =
    'check' in what ? acceptEdit(document, table, what.check, reason) : knownGapEdit(document, table, what, reason);
  return edit === undefined
    ? { ok: false, message: `${table} was not found in ${document.path}: add it by hand` }
    : { ok: true, file: document.path, start: edit.range.start, end: edit.range.end, newText: edit.newText };
}

function asItem({ label, detail, documentation, insertText, kind }: Completion): {
  label: string;
  detail?: string;
  documentation?: string;
  insertText: string;
  kind: Completion['kind'];
} {
  return {
    label,
    insertText,
    kind,
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation }),
  };
}
