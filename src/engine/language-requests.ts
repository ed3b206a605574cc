// The Language Server Protocol's requests about manifests: lenses, hovers, definitions, references, completion and fixes.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CodeAction,
  CodeActionKind,
  type Connection,
  type Diagnostic,
  MarkupKind,
  type Position,
} from 'vscode-languageserver/node';
import { checkHover } from '../language/check-hovers';
import { type Completion, completionsAt } from '../language/completion';
import { acceptEdit, acceptablesOf, findingFixes, knownGapEdit, nameFix } from '../language/fixes';
import { declarationOf, nameAt, tableAround, usesOf } from '../language/names';
import { tableHover, tableLenses } from '../language/tables';
import { thresholdDefinition } from '../language/thresholds';
import { EDITOR_COMMANDS, type EditAnswer, type Requests } from '../protocol';
import type { SourceRef } from '../model/source';
import type { FindingData } from '../language/source-findings';
import type { Findings } from './findings';
import type { Manifests } from './manifests';
import type { Questions } from './questions';

/** Answers what an editor asks about a manifest that is open. */
export function answerLanguage(
  connection: Connection,
  manifests: Manifests,
  questions: Questions,
  findings: Findings,
): void {
  connection.onCodeLens(async ({ textDocument }) => {
    const document = manifests.open(textDocument.uri);
    const folder = document === undefined ? '' : resolve(document.path, '..');
    const lenses =
      document === undefined
        ? await findings.lenses(textDocument.uri)
        : tableLenses(document, folder, questions.of(folder).coverage);
    return lenses.map(lens => ({
      range: lens.range,
      command: { title: lens.title, command: lens.command, arguments: [...lens.arguments] },
    }));
  });
  connection.onHover(async ({ textDocument, position }) => {
    const document = manifests.open(textDocument.uri);
    if (document === undefined) {
      const found = await findings.hover(textDocument.uri, position);
      return found === undefined
        ? null
        : {
            range: found.positions.range(found.range),
            contents: { kind: MarkupKind.Markdown, value: found.markdown },
          };
    }
    const folder = resolve(document.path, '..');
    const offset = document.positions.offset(position);
    const { coverage, checks } = questions.of(folder);
    const linkTo = ({ file, line }: SourceRef): string => `${pathToFileURL(join(folder, file)).href}#L${line}`;
    const onTable = tableHover(document, offset, coverage, checks);
    const onCheck = onTable === undefined ? checkHover(document, offset, checks, linkTo) : undefined;
    const range = onTable?.range ?? (onCheck === undefined ? undefined : document.positions.range(onCheck.range));
    const value = (onTable ?? onCheck)?.markdown;
    return range === undefined || value === undefined
      ? null
      : { range, contents: { kind: MarkupKind.Markdown, value } };
  });
  connection.onDefinition(({ textDocument, position }) => {
    const document = manifests.open(textDocument.uri);
    const offset = document?.positions.offset(position) ?? 0;
    const said = document === undefined ? undefined : thresholdDefinition(document, offset);
    if (document !== undefined && said !== undefined) {
      const start = { line: said.line - 1, character: (said.column ?? 1) - 1 };
      const uri = pathToFileURL(resolve(document.path, '..', said.file)).href;
      return { uri, range: { start, end: start } };
    }
    const named = document === undefined ? undefined : nameAt(document, offset);
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
    ...findingActions(context.diagnostics, textDocument.uri, findings),
    ...context.diagnostics.flatMap(diagnostic => {
      const fix = nameFix(diagnostic);
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

/** What can be done about findings: accept them, see the report, fill their dates. */
function findingActions(diagnostics: readonly Diagnostic[], uri: string, findings: Findings): readonly CodeAction[] {
  const folder = findings.folderOfUri(uri);
  if (folder === undefined) return [];
  const found = diagnostics.flatMap(diagnostic => {
    const { finding } = (diagnostic.data as Partial<FindingData> | undefined) ?? {};
    return finding === undefined ? [] : [{ diagnostic, finding }];
  });
  const fixes = findingFixes(
    found.map(({ finding }) => finding),
    table => findings.hasJob(folder, table),
  );
  return fixes.map(({ title, does, table, check, ranges, of }) => {
    const [command, argument] =
      does === 'accept'
        ? [EDITOR_COMMANDS.accept, { folder, table, what: { check } }]
        : does === 'backfill'
          ? [EDITOR_COMMANDS.backfill, { folder, table, ranges }]
          : [EDITOR_COMMANDS.openReport, { folder, table }];
    return {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: of.flatMap(i => found[i]?.diagnostic ?? []),
      command: { title, command, arguments: [argument] },
    };
  });
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
