// What fails beside the code: the findings of every folder's last judging, at the lines of its sources, kept up while those are changed.
import { readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Connection, TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Finding, findingsOf } from '../language/source-findings';
import {
  type SourceLine,
  type SourceReaders,
  type SourceText,
  knownColumns,
  lineOfColumn,
  writerLine,
} from '../language/source-lines';
import { type Lens, coverageTitle } from '../language/tables';
import { type SourceHover, sourceHover } from '../language/source-hovers';
import { MANIFEST_NAME } from '../pipeline/manifest-file';
import type { Pipeline, Table } from '../pipeline/pipeline';
import { EDITOR_COMMANDS } from '../protocol';
import { doubtedFiles, lineStart, manifestDiagnostics } from './manifest-diagnostics';
import type { Manifests } from './manifests';
import type { Questions } from './questions';
import { Positions } from '../language/text';

/** Keys come in bursts: a source is looked at when its editor rests. */
const REST_MS = 200;
/** Larger files are not read. Bytes. */
const MOST_BYTES = 2_000_000;

/** What reads sources; loaded when a folder has findings or a hover asks, for the parsers are large. */
interface Reading {
  readonly readers: SourceReaders;
  readonly filesOf: (table: Table, folder: string) => readonly string[];
}

export class Findings {
  private readonly connection: Connection;
  private readonly documents: TextDocuments<TextDocument>;
  private readonly manifests: Manifests;
  private readonly questions: Questions;
  /** Files that have findings, from their folder. */
  private readonly published = new Map<string, ReadonlyMap<string, readonly Finding[]>>();
  /** Files beside a manifest in which thresholds are doubted, by its folder. */
  private readonly doubted = new Map<string, readonly string[]>();
  private readonly resting = new Map<string, NodeJS.Timeout>();
  private loading: Promise<Reading> | undefined;

  constructor(
    connection: Connection,
    documents: TextDocuments<TextDocument>,
    manifests: Manifests,
    questions: Questions,
  ) {
    this.connection = connection;
    this.documents = documents;
    this.manifests = manifests;
    this.questions = questions;
  }

  /** The problems of a manifest's text, with the findings at its lines. */
  manifestChanged(uri: string): void {
    const folder = join(fileURLToPath(uri), '..');
    const manifest = this.manifests.open(uri);
    const files = manifest === undefined ? [] : doubtedFiles(manifest);
    const before = this.doubted.get(folder) ?? [];
    this.doubted.set(folder, files);
    for (const file of new Set([MANIFEST_NAME, ...before, ...files]))
      this.send(folder, file, this.published.get(folder)?.get(file) ?? []);
  }

  /** A source, or the manifest, was changed, in an editor or on the disk: what was found stands at other lines then. */
  sourceChanged(path: string): void {
    const folder = this.folderOf(path);
    if (folder === undefined || this.questions.of(folder).checks === undefined) return;
    clearTimeout(this.resting.get(folder));
    this.resting.set(
      folder,
      setTimeout(() => void this.publish(folder), REST_MS),
    );
  }

  /** Shows what the last judging of a folder found, each at its place. What was shown before and holds now goes. */
  async publish(folder: string): Promise<void> {
    const report = this.questions.of(folder).checks;
    const manifest = this.manifests.ofFolder(folder);
    if (manifest === undefined) this.clear(folder);
    if (report === undefined || manifest === undefined || !manifest.reading.ok) return;
    const { pipeline } = manifest.reading;
    const reading = await this.load();
    const textOf = memo((file: string) => this.textOf(folder, file));
    const sourcesOf = memo((table: Table): readonly SourceText[] =>
      reading.filesOf(table, folder).flatMap(file => {
        const text = textOf(file);
        return text === undefined ? [] : [{ file, text }];
      }),
    );
    const columnsOf = memo(knownColumns);
    const lineOf = (name: string, column: string): SourceLine | undefined => {
      const table = pipeline.tables.get(name);
      return table === undefined
        ? undefined
        : lineOfColumn(column, columnsOf(table), sourcesOf(table), reading.readers);
    };
    const found = findingsOf({
      report,
      manifest: { file: MANIFEST_NAME, text: manifest.text, pipeline },
      lineOf,
      textOf,
      changedAt: memo(file => this.changedAt(folder, file)),
    });
    const before = this.published.get(folder) ?? new Map<string, readonly Finding[]>();
    this.published.set(folder, found);
    for (const file of new Set([...before.keys(), ...found.keys(), MANIFEST_NAME]))
      this.send(folder, file, found.get(file) ?? []);
  }

  /** What was found by a manifest that has gone goes with it. */
  private clear(folder: string): void {
    const before = [...(this.published.get(folder)?.keys() ?? []), ...(this.doubted.get(folder) ?? [])];
    this.published.delete(folder);
    this.doubted.delete(folder);
    for (const file of new Set([...before, MANIFEST_NAME])) this.send(folder, file, []);
  }

  /** What is known of the name at a position of a file that is no manifest. */
  async hover(
    uri: string,
    position: { readonly line: number; readonly character: number },
  ): Promise<(SourceHover & { readonly positions: Positions }) | undefined> {
    const known = await this.knownSource(uri);
    if (known === undefined) return undefined;
    const { document, pipeline, own, folder } = known;
    const positions = new Positions(document.getText());
    const { coverage } = this.questions.of(folder);
    const checks = await this.questions.checksWithHistory(folder);
    const hover = sourceHover(document.getText(), positions.offset(position), pipeline, own, { coverage, checks });
    return hover === undefined ? undefined : { ...hover, positions };
  }

  /** How tables stand, above the functions and statements that write them. */
  async lenses(uri: string): Promise<readonly Lens[]> {
    const known = await this.knownSource(uri);
    if (known === undefined || known.own.length === 0) return [];
    const { document, own, folder, file, pipeline } = known;
    const { coverage } = this.questions.of(folder);
    const reading = await this.load();
    const positions = new Positions(document.getText());
    return own.flatMap((table): readonly Lens[] => {
      const place = writerPlace(table, file, pipeline, () =>
        writerLine(table.key, [{ file, text: document.getText() }], reading.readers),
      );
      if (place === undefined) return [];
      return [
        {
          range: positions.range({ start: place.from, end: place.to }),
          title: coverageTitle(table, coverage),
          command: EDITOR_COMMANDS.openReport,
          arguments: [{ folder, table: table.name }],
        },
      ];
    });
  }

  /** The folder whose pipeline a document belongs to. */
  folderOfUri(uri: string): string | undefined {
    return uri.startsWith('file:') ? this.folderOf(fileURLToPath(uri)) : undefined;
  }

  /** Whether a job writes a table. */
  hasJob(folder: string, table: string): boolean {
    const reading = this.manifests.ofFolder(folder)?.reading;
    return reading?.ok === true && reading.pipeline.tables.get(table)?.job !== undefined;
  }

  private async knownSource(uri: string): Promise<
    | {
        readonly document: TextDocument;
        readonly folder: string;
        readonly file: string;
        readonly pipeline: Pipeline;
        readonly own: readonly Table[];
      }
    | undefined
  > {
    const document = this.documents.get(uri);
    if (document === undefined || !uri.startsWith('file:')) return undefined;
    const path = fileURLToPath(uri);
    const folder = this.folderOf(path);
    const manifest = folder === undefined ? undefined : this.manifests.ofFolder(folder);
    if (folder === undefined || manifest?.reading.ok !== true) return undefined;
    const { pipeline } = manifest.reading;
    const file = relative(folder, path).split(sep).join('/');
    const { filesOf } = await this.load();
    const own = [...pipeline.tables.values()].filter(
      table => table.sources.length > 0 && filesOf(table, folder).includes(file),
    );
    return { document, folder, file, pipeline, own };
  }

  /** The folder with a manifest that a file is in: the innermost one. */
  private folderOf(path: string): string | undefined {
    for (let at = join(path, '..'); ; at = join(at, '..')) {
      if (this.questions.isKnown(at)) return at;
      if (join(at, '..') === at) return undefined;
    }
  }

  private textOf(folder: string, file: string): string | undefined {
    const path = join(folder, file);
    const open = this.documents.get(pathToFileURL(path).href)?.getText();
    if (open !== undefined) return open;
    try {
      return statSync(path).size > MOST_BYTES ? undefined : readFileSync(path, 'utf8');
    } catch {
      return undefined; // it has vanished: the manifest's line says it then
    }
  }

  /** When a file was changed, on the disk or in an editor that has not saved it. */
  private changedAt(folder: string, file: string): number | undefined {
    const path = join(folder, file);
    const open = this.documents.get(pathToFileURL(path).href);
    try {
      const onDisk = readFileSync(path, 'utf8');
      if (open !== undefined && open.getText() !== onDisk) return Date.now();
      return statSync(path).mtimeMs;
    } catch {
      return undefined;
    }
  }

  private send(folder: string, file: string, findings: readonly Finding[]): void {
    const path = join(folder, file);
    const uri = pathToFileURL(path).href;
    const manifest = this.manifests.open(pathToFileURL(join(folder, MANIFEST_NAME)).href);
    // While a manifest cannot be read, nobody knows at which of its lines anything is declared.
    const isShown = file !== MANIFEST_NAME || manifest?.reading.ok !== false;
    void this.connection.sendDiagnostics({
      uri,
      diagnostics: [
        ...(manifest === undefined ? [] : manifestDiagnostics(manifest, folder, file)),
        ...(isShown ? findings : []).map(({ threshold, ...finding }) => ({
          ...finding,
          ...(threshold === undefined
            ? {}
            : {
                relatedInformation: [
                  {
                    location: {
                      uri: pathToFileURL(join(folder, threshold.file)).href,
                      range: lineStart(threshold.line),
                    },
                    message: 'the threshold',
                  },
                ],
              }),
        })),
      ],
    });
  }

  private load(): Promise<Reading> {
    return (this.loading ??= (async () => {
      const [{ pythonNames }, { sqlOutputs }, { ScriptCache }, { sourceFiles }] = await Promise.all([
        import('../scripts/python-names'),
        import('../scripts/sql-names'),
        import('../scripts/script-cache'),
        import('../services/job-facts'),
      ]);
      const cache = new ScriptCache();
      return {
        readers: { python: text => cache.get(text, pythonNames), sql: text => cache.get(text, sqlOutputs) },
        filesOf: sourceFiles,
      };
    })());
  }
}

/** Where a table is written in a file: the function that makes its rows, or the statement of its job. */
function writerPlace(
  table: Table,
  file: string,
  { jobs }: Pipeline,
  inPython: () => SourceLine | undefined,
): { readonly from: number; readonly to: number } | undefined {
  const job = table.job === undefined ? undefined : jobs.get(table.job);
  if (job?.kind === 'sql') return job.sql === file ? { from: 0, to: 0 } : undefined;
  return file.endsWith('.py') ? inPython() : undefined;
}

/** The same answers, each looked for once. */
function memo<K, V>(answer: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  return key => {
    const found = known.get(key) ?? { value: answer(key) };
    known.set(key, found);
    return found.value;
  };
}
