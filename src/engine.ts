// The engine process: measures, judges and reads manifests for one window, spoken to over stdio with the Language Server Protocol.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  CodeLensRefreshRequest,
  type Connection,
  MarkupKind,
  type Position,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
  createConnection,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnosticsOf } from './language/diagnostics';
import { type Completion, type LiveColumns, completionsAt } from './language/completion';
import { acceptEdit, acceptablesOf, knownGapEdit, nameFix } from './language/fixes';
import { type ManifestDocument, outlineOf, readDocument } from './language/manifest-document';
import { declarationOf, nameAt, tableAround, usesOf } from './language/names';
import { tableHover, tableLenses } from './language/tables';
import type { Report } from './model/report';
import { MANIFEST_NAME } from './pipeline/manifest-file';
import { printMarkdown } from './print/markdown';
import { rowLines } from './print/rows';
import type {
  EditAnswer,
  EngineOptions,
  ManifestState,
  Method,
  Notifications,
  Outline,
  QuestionAnswer,
  QuestionParams,
  Requests,
  TargetRef,
  TextAnswer,
} from './protocol';
import { EDITOR_COMMANDS, TRUSTED } from './protocol';
import { writeSample } from './sample/write';
import { type Answer, Services } from './services';

/** What is kept of one pipeline between requests. */
interface Kept {
  /** The outline of when its manifest was last good: a broken one keeps it on screen. */
  outline: Outline | undefined;
  /** The last report about every table, for lenses and hovers. */
  coverage: Report | undefined;
  /** The last report of checks: what quick fixes offer to accept. */
  checks: Report | undefined;
  /** The columns of each table; `undefined` until completion asks, and again after each coverage: tables may have changed. */
  columns: Promise<LiveColumns> | undefined;
  /** The target that was measured last; absent: the manifest's default one. */
  target: string | undefined;
}

/** How many of the rows that a result is about are shown. */
const MOST_ROWS = 20;

/** The signal of what nobody waits for so long that they would cancel it. */
const NEVER = new AbortController().signal;

const UNTRUSTED =
  'this workspace is not trusted: its manifest is read, and nothing is opened or run. Trust it to measure';

/** Serves one editor window until it closes its end. */
class Engine {
  private readonly connection: Connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  private readonly documents = new TextDocuments(TextDocument);
  private readonly kept = new Map<string, Kept>();
  /** Manifests as last read, by path. */
  private readonly read = new Map<string, ManifestDocument>();
  /** Manifests as they last were whole YAML, by path. */
  private readonly whole = new Map<string, ManifestDocument>();
  private options: EngineOptions = { trusted: false, sampleTemplates: '' };

  start(): void {
    const { connection, documents } = this;
    connection.onInitialize(({ initializationOptions }) => {
      this.options = initializationOptions as EngineOptions;
      return {
        capabilities: {
          textDocumentSync: TextDocumentSyncKind.Incremental,
          codeLensProvider: { resolveProvider: false },
          hoverProvider: true,
          definitionProvider: true,
          referencesProvider: true,
          completionProvider: { triggerCharacters: [' ', ':', '[', '{', ','] },
          codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        },
      };
    });
    documents.onDidChangeContent(({ document }) => this.documentChanged(document));
    documents.onDidSave(({ document }) => this.fileChanged(fileURLToPath(document.uri)));
    documents.onDidClose(({ document }) => {
      void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
      this.fileChanged(fileURLToPath(document.uri));
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.fileChanged(fileURLToPath(uri));
    });
    connection.onNotification(TRUSTED, () => {
      this.options = { ...this.options, trusted: true };
    });
    this.answerLanguage();
    this.answer('phasegate/manifest', ({ folder }) => Promise.resolve(this.manifestState(folder)));
    this.answer('phasegate/coverage', (params, signal) =>
      this.question(params, signal, services => services.coverage(params.tables)),
    );
    this.answer('phasegate/preflight', (params, signal) =>
      this.question(params, signal, services => services.preflight(params.tables, { rebuild: false })),
    );
    this.answer('phasegate/validate', (params, signal) =>
      this.question(params, signal, services => services.validate(params.tables)),
    );
    this.answer('phasegate/ready', (params, signal) =>
      this.question(params, signal, services => services.ready(params.tables[0] ?? '')),
    );
    this.answer('phasegate/verify', (params, signal) =>
      this.question(params, signal, services => services.verify(params.tables, Date.parse(params.since ?? ''))),
    );
    this.answer('phasegate/sql', (params, signal) =>
      this.textOf(params, signal, services => services.statementOf(params.table)),
    );
    this.answer('phasegate/rows', (params, signal) =>
      this.textOf(params, signal, async services => {
        const found = await services.rowsOf(params, MOST_ROWS, params.training);
        return found.ok ? { ok: true, text: rowLines(found.value.columns, found.value.rows).join('\n') } : found;
      }),
    );
    this.answer('phasegate/accept', params => Promise.resolve(this.accept(params)));
    this.answer('phasegate/sample', ({ folder }) => this.sample(folder));
    documents.listen(connection);
    connection.listen();
  }

  /** Diagnostics, lenses, hovers, definitions, references, completion and fixes of manifests. */
  private answerLanguage(): void {
    const { connection } = this;
    connection.onCodeLens(({ textDocument }) => {
      const document = this.openDocument(textDocument.uri);
      if (document === undefined) return [];
      const folder = resolve(document.path, '..');
      return tableLenses(document, folder, this.kept.get(folder)?.coverage).map(lens => ({
        range: lens.range,
        command: { title: lens.title, command: lens.command, arguments: [...lens.arguments] },
      }));
    });
    connection.onHover(({ textDocument, position }) => {
      const document = this.openDocument(textDocument.uri);
      if (document === undefined) return null;
      const report = this.kept.get(resolve(document.path, '..'))?.coverage;
      const hover = tableHover(document, document.positions.offset(position), report);
      return hover === undefined
        ? null
        : { range: hover.range, contents: { kind: MarkupKind.Markdown, value: hover.markdown } };
    });
    connection.onDefinition(({ textDocument, position }) => {
      const document = this.openDocument(textDocument.uri);
      const named = document === undefined ? undefined : nameAt(document, document.positions.offset(position));
      const found = document === undefined || named === undefined ? undefined : declarationOf(document, named);
      return document === undefined || found === undefined
        ? null
        : { uri: textDocument.uri, range: document.positions.range(found.range) };
    });
    connection.onReferences(({ textDocument, position, context }) => {
      const document = this.openDocument(textDocument.uri);
      const named = document === undefined ? undefined : nameAt(document, document.positions.offset(position));
      if (document === undefined || named === undefined) return [];
      return usesOf(document, named, context.includeDeclaration).map(use => ({
        uri: textDocument.uri,
        range: document.positions.range(use.range),
      }));
    });
    connection.onCompletion(async ({ textDocument, position }) => {
      const document = this.openDocument(textDocument.uri);
      if (document === undefined) return [];
      const live = await this.liveColumns(resolve(document.path, '..'));
      return completionsAt(document, position, { live, whole: this.whole.get(document.path) }).map(asItem);
    });
    connection.onCodeAction(({ textDocument, range, context }) => [
      ...this.acceptActions(textDocument.uri, range.start),
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
  private acceptActions(uri: string, position: Position): readonly CodeAction[] {
    const document = this.openDocument(uri);
    const table = document === undefined ? undefined : tableAround(document, document.positions.offset(position));
    if (document === undefined || table === undefined) return [];
    const folder = resolve(document.path, '..');
    const kept = this.kept.get(folder);
    const reports = [kept?.coverage, kept?.checks].flatMap(report => acceptablesOf(table, report));
    const once = new Map(reports.map(each => [each.title, each]));
    return [...once.values()].map(({ title, what }) => ({
      title,
      kind: CodeActionKind.QuickFix,
      command: { title, command: EDITOR_COMMANDS.accept, arguments: [{ folder, table, what }] },
    }));
  }

  private accept({ folder, table, reason, what }: Requests['phasegate/accept']['params']): EditAnswer {
    const file = join(folder, MANIFEST_NAME);
    const text = this.documents.get(pathToFileURL(file).href)?.getText() ?? readText(file);
    if (text === undefined) return { ok: false, message: `there is no ${file}` };
    const document = this.readOnce(file, text);
    const edit =
      'check' in what ? acceptEdit(document, table, what.check, reason) : knownGapEdit(document, table, what, reason);
    return edit === undefined
      ? { ok: false, message: `${table} was not found in ${file}: add it by hand` }
      : { ok: true, file, start: edit.range.start, end: edit.range.end, newText: edit.newText };
  }

  private answer<M extends Method>(
    method: M,
    handle: (params: Requests[M]['params'], signal: AbortSignal) => Promise<Requests[M]['result']>,
  ): void {
    this.connection.onRequest(method, (params: Requests[M]['params'], token: CancellationToken): Promise<unknown> => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return handle(params, controller.signal);
    });
  }

  private tell<N extends keyof Notifications>(method: N, params: Notifications[N]): void {
    void this.connection.sendNotification(method, params);
  }

  private keptOf(folder: string): Kept {
    const known = this.kept.get(folder);
    if (known !== undefined) return known;
    const made: Kept = {
      outline: undefined,
      coverage: undefined,
      checks: undefined,
      columns: undefined,
      target: undefined,
    };
    this.kept.set(folder, made);
    return made;
  }

  private documentChanged(document: TextDocument): void {
    const read = this.openDocument(document.uri);
    if (read === undefined) return;
    void this.connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: [...diagnosticsOf(read)],
    });
    this.fileChanged(read.path);
  }

  private fileChanged(path: string): void {
    const folder = resolve(path, '..');
    this.tell('phasegate/manifestChanged', this.manifestState(folder));
  }

  /** The manifest that is open under a URI; other documents are none of ours. */
  private openDocument(uri: string): ManifestDocument | undefined {
    const document = this.documents.get(uri);
    if (document === undefined || !uri.startsWith('file:') || !uri.endsWith(`/${MANIFEST_NAME}`)) return undefined;
    return this.readOnce(fileURLToPath(uri), document.getText());
  }

  /** A manifest is asked many things between two changes, and read once. */
  private readOnce(path: string, text: string): ManifestDocument {
    const known = this.read.get(path);
    if (known?.text === text) return known;
    const document = readDocument(path, text, process.env);
    this.read.set(path, document);
    if (document.root !== undefined) this.whole.set(path, document);
    return document;
  }

  private manifestState(folder: string): ManifestState {
    const path = join(folder, MANIFEST_NAME);
    const kept = this.keptOf(folder);
    const onDisk = readText(path);
    const text = this.documents.get(pathToFileURL(path).href)?.getText() ?? onDisk;
    const saved = onDisk === undefined ? undefined : createHash('sha256').update(onDisk).digest('base64url');
    if (text === undefined) {
      kept.outline = undefined;
      return { folder, state: 'none', file: undefined, saved, problem: undefined, outline: undefined };
    }
    const { reading } = this.readOnce(path, text);
    if (reading.ok) {
      kept.outline = outlineOf(reading.pipeline);
      return { folder, state: 'good', file: path, saved, problem: undefined, outline: kept.outline };
    }
    const errors = reading.problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
    const problem = `${MANIFEST_NAME} line ${first?.line ?? 1}: ${first?.message ?? 'it cannot be read'}${more}`;
    return { folder, state: 'broken', file: path, saved, problem, outline: kept.outline };
  }

  private open({ folder, target }: TargetRef, fresh: boolean, signal: AbortSignal): ReturnType<typeof Services.open> {
    return Services.open({
      cwd: folder,
      manifest: join(folder, MANIFEST_NAME),
      env: process.env,
      useCache: !fresh,
      signal,
      onProgress: message => this.tell('phasegate/progress', { folder, message }),
      ...(target === undefined ? {} : { target }),
    });
  }

  private async question(
    params: QuestionParams,
    signal: AbortSignal,
    ask: (services: Services) => Promise<Answer>,
  ): Promise<QuestionAnswer> {
    if (!this.options.trusted) return { ok: false, message: UNTRUSTED };
    const opened = this.open(params, params.fresh, signal);
    if (!opened.ok) return { ok: false, message: firstOf(opened.problems) };
    const { services } = opened;
    try {
      const answer = await ask(services);
      if (signal.aborted) return { ok: false, message: 'cancelled' };
      if (!answer.ok) return { ok: false, message: firstOf(answer.problems) };
      // Coverage keeps no reports that it could be compared with.
      const report = answer.report.command === 'coverage' ? answer.report : await services.withHistory(answer.report);
      const markdown = printMarkdown(report);
      const saved = report.command === 'coverage' ? undefined : await services.saveReport(report, markdown);
      if (params.tables.length === 0 && report.command === 'coverage') {
        const kept = this.keptOf(params.folder);
        kept.coverage = report;
        kept.columns = undefined;
        kept.target = params.target;
        void this.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined); // an editor without lenses
      }
      if (report.command !== 'coverage') this.keptOf(params.folder).checks = report;
      if (saved?.ok === false) this.tell('phasegate/progress', { folder: params.folder, message: saved.message });
      return { ok: true, report, markdown };
    } finally {
      await services.close();
    }
  }

  /** The columns of each table of the target, described once between two coverages; none where the target cannot be opened. */
  private liveColumns(folder: string): Promise<LiveColumns> {
    const kept = this.keptOf(folder);
    const describe = async (): Promise<LiveColumns> => {
      if (!this.options.trusted) return new Map();
      const { target } = kept;
      const opened = this.open({ folder, ...(target === undefined ? {} : { target }) }, false, NEVER);
      if (!opened.ok) {
        kept.columns = undefined; // a manifest that is being typed may be good again at the next key
        return new Map();
      }
      try {
        return await opened.services.liveColumns();
      } finally {
        await opened.services.close();
      }
    };
    return (kept.columns ??= describe());
  }

  /** A text about an opened pipeline, for people. */
  private async textOf(
    params: TargetRef,
    signal: AbortSignal,
    ask: (services: Services) => Promise<TextAnswer>,
  ): Promise<TextAnswer> {
    if (!this.options.trusted) return { ok: false, message: UNTRUSTED };
    const opened = this.open(params, false, signal);
    if (!opened.ok) return { ok: false, message: firstOf(opened.problems) };
    try {
      return await ask(opened.services);
    } finally {
      await opened.services.close();
    }
  }

  private async sample(folder: string): Promise<TextAnswer> {
    const written = await writeSample(folder, {
      templates: this.options.sampleTemplates,
      state: 'start',
      onProgress: message => this.tell('phasegate/progress', { folder, message }),
    });
    if (!written.ok) return { ok: false, message: written.message };
    if (written.warning !== undefined) this.tell('phasegate/progress', { folder, message: written.warning });
    return { ok: true, text: folder };
  }
}

function firstOf(problems: readonly { readonly message: string }[]): string {
  const [first] = problems;
  return `${first?.message ?? 'nothing is known of why'}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
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

new Engine().start();
