// The engine process: measures, judges and reads manifests for one window, spoken to over stdio with the Language Server Protocol.
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type CancellationToken,
  CodeActionKind,
  CodeLensRefreshRequest,
  type Connection,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
  createConnection,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Backfills } from './engine/backfills';
import { Findings } from './engine/findings';
import { acceptance, answerLanguage } from './engine/language-requests';
import { Manifests } from './engine/manifests';
import { Questions } from './engine/questions';
import { ReportWatch } from './engine/report-watch';
import { SourceWatch } from './engine/source-watch';
import { parseDay } from './model/day';
import { MANIFEST_NAME } from './pipeline/manifest-file';
import { rowLines } from './print/rows';
import type { EngineOptions, Method, Notifications, Requests, TextAnswer } from './protocol';
import { TRUSTED } from './protocol';
import { writeSample } from './sample/write';

/** How many of the rows that a result is about are shown. */
const MOST_ROWS = 20;

/** Serves one editor window until it closes its end. */
class Engine {
  private readonly connection: Connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  private readonly documents = new TextDocuments(TextDocument);
  private readonly sources = new SourceWatch(this.connection);
  private readonly manifests = new Manifests(this.documents, files => this.sources.watch(files));
  private options: EngineOptions = { trusted: false, programs: '', version: '', sampleTemplates: '' };
  private readonly questions = new Questions({
    isTrusted: () => this.options.trusted,
    onProgress: (folder, message) => this.tell('phasegate/progress', { folder, message }),
    // An editor without lenses refuses.
    onCoverage: () => void this.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined),
    onChecks: folder => {
      const report = this.questions.of(folder).checks;
      if (report !== undefined) this.tell('phasegate/checks', { folder, report });
      void this.findings.publish(folder);
    },
  });
  private readonly findings = new Findings(this.connection, this.documents, this.manifests, this.questions);
  private readonly reports = new ReportWatch((folder, report) => this.questions.takeReport(folder, report));
  private readonly backfills = new Backfills({
    questions: this.questions,
    isTrusted: () => this.options.trusted,
    start: () => ({ programs: this.options.programs, version: this.options.version, env: process.env }),
    onRuns: (folder, runs) => this.tell('phasegate/runsChanged', { folder, runs }),
  });

  start(): void {
    const { connection, documents, manifests, questions } = this;
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
    connection.onShutdown(() => {
      this.backfills.stop();
      this.reports.stop();
    });
    documents.onDidChangeContent(({ document }) => this.documentChanged(document));
    documents.onDidSave(({ document }) => this.fileChanged(fileURLToPath(document.uri)));
    documents.onDidClose(({ document }) => {
      this.fileChanged(fileURLToPath(document.uri));
      if (isManifest(document.uri)) this.findings.manifestChanged(document.uri);
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.fileChanged(fileURLToPath(uri));
    });
    connection.onNotification(TRUSTED, () => {
      this.options = { ...this.options, trusted: true };
    });
    answerLanguage(connection, manifests, questions, this.findings);
    this.answerQuestions();
    this.answerBackfills();
    this.answer('phasegate/manifest', ({ folder }) => {
      const state = manifests.state(folder);
      if (state.state !== 'none') this.reports.watch(folder);
      return state;
    });
    this.answer('phasegate/accept', params => acceptance(manifests, params));
    this.answer('phasegate/sample', ({ folder }) => this.sample(folder));
    documents.listen(connection);
    connection.listen();
  }

  private answerQuestions(): void {
    const { questions } = this;
    this.answer('phasegate/coverage', (params, signal) =>
      questions.report(params, signal, services => services.coverage(params.tables)),
    );
    this.answer('phasegate/preflight', (params, signal) =>
      questions.report(params, signal, services => services.preflight(params.tables, { rebuild: false })),
    );
    this.answer('phasegate/validate', (params, signal) =>
      questions.report(params, signal, services => services.validate(params.tables)),
    );
    this.answer('phasegate/ready', (params, signal) =>
      questions.report(params, signal, services => services.ready(params.tables[0] ?? '')),
    );
    this.answer('phasegate/verify', (params, signal) =>
      questions.report(params, signal, services => services.verify(params.tables, Date.parse(params.since ?? ''))),
    );
    this.answer('phasegate/moments', params => questions.moments(params));
    this.answer('phasegate/coverageAt', (params, signal) =>
      questions.report({ ...params, tables: [], fresh: false, isPast: true }, signal, services =>
        services.coverageAt(Date.parse(params.at)),
      ),
    );
    this.answer('phasegate/date', (params, signal) =>
      questions.text(params, signal, services => {
        const day = parseDay(params.date);
        return Promise.resolve({ ok: true, text: day === undefined ? '' : services.dateWords(params.table, day) });
      }),
    );
    this.answer('phasegate/sql', (params, signal) =>
      questions.text(params, signal, services => services.statementOf(params.table)),
    );
    this.answer('phasegate/rows', (params, signal) =>
      questions.text(params, signal, async services => {
        const found = await services.rowsOf(params, MOST_ROWS, params.training);
        return found.ok ? { ok: true, text: rowLines(found.value.columns, found.value.rows).join('\n') } : found;
      }),
    );
  }

  private answerBackfills(): void {
    const { backfills } = this;
    this.answer('phasegate/plan', (params, signal) => backfills.plan(params, signal));
    this.answer('phasegate/start', params => backfills.start(params));
    this.answer('phasegate/runs', ({ folder }) => backfills.runs(folder));
    this.answer('phasegate/cancelRun', params => backfills.cancel(params));
    this.answer('phasegate/resumeRun', params => backfills.resume(params));
    this.answer('phasegate/runLog', params => backfills.log(params));
    this.answer('phasegate/runReport', params => backfills.report(params));
  }

  private answer<M extends Method>(
    method: M,
    handle: (
      params: Requests[M]['params'],
      signal: AbortSignal,
    ) => Requests[M]['result'] | Promise<Requests[M]['result']>,
  ): void {
    this.connection.onRequest(
      method,
      async (params: Requests[M]['params'], token: CancellationToken): Promise<unknown> => {
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        return handle(params, controller.signal);
      },
    );
  }

  private tell<N extends keyof Notifications>(method: N, params: Notifications[N]): void {
    void this.connection.sendNotification(method, params);
  }

  private documentChanged(document: TextDocument): void {
    if (isManifest(document.uri)) this.findings.manifestChanged(document.uri);
    this.fileChanged(fileURLToPath(document.uri));
  }

  private fileChanged(path: string): void {
    this.findings.sourceChanged(path);
    if (!path.endsWith(MANIFEST_NAME)) {
      for (const folder of this.manifests.takingFrom(path)) {
        this.findings.manifestChanged(pathToFileURL(join(folder, MANIFEST_NAME)).href);
        this.tell('phasegate/manifestChanged', this.manifests.state(folder));
      }
      return;
    }
    this.tell('phasegate/manifestChanged', this.manifests.state(resolve(path, '..')));
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

function isManifest(uri: string): boolean {
  return uri.startsWith('file:') && uri.endsWith(`/${MANIFEST_NAME}`);
}

new Engine().start();
