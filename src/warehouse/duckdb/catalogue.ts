// The catalogue of a database file: which tables and views it has, with their columns. A few tables are looked up by themselves.
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { LiveColumn, WarehouseAnswer } from '../warehouse';
import { literal } from './dialect';
import { type Columns, query } from './engine';
import { qualifiedName, schemaAndTable } from './relations';

export interface CatalogueTable {
  readonly kind: 'table' | 'view';
  readonly columns: readonly LiveColumn[];
}

/** Up to so many tables are asked about by name: listing every column binds every view of the system, which takes longer. */
const MOST_BY_NAME = 16;

export class Catalogue {
  private readonly catalog: string;
  private readonly tables = new Map<string, CatalogueTable>();
  private isWhole = false;
  private count = 0;

  /** @param catalog the name under which the file is attached */
  constructor(catalog: string) {
    this.catalog = catalog;
  }

  /** Look-ups so far. */
  get lookups(): number {
    return this.count;
  }

  /** What is known of a table; `undefined` where it is not there. Ask `learn` before. */
  get(name: string): CatalogueTable | undefined {
    return this.tables.get(keyOf(...schemaAndTable(name)));
  }

  /** Looks up what is not known yet of these tables, in one look-up where they are all there. */
  async learn(
    names: readonly string[],
    connection: DuckDBConnection,
    signal: AbortSignal | undefined,
  ): Promise<WarehouseAnswer<undefined>> {
    const unknown = names.filter(name => this.get(name) === undefined);
    if (this.isWhole || unknown.length === 0) return { ok: true, value: undefined };
    if (unknown.length <= MOST_BY_NAME) {
      const found = await this.ask(unknown.map(name => this.columnsOf(name)).join('\nUNION ALL '), connection, signal);
      if (found.ok) {
        this.keep(found.value);
        return { ok: true, value: undefined };
      }
      // One of them is not there, and takes the others with it.
    }
    const all = await this.ask(
      'SELECT schema_name AS s, table_name AS t, column_name AS c, data_type AS y, column_index AS i FROM duckdb_columns() WHERE database_name = $catalog',
      connection,
      signal,
    );
    if (!all.ok) return all;
    this.keep(all.value);
    this.isWhole = true;
    return { ok: true, value: undefined };
  }

  private columnsOf(name: string): string {
    const [schema, table] = schemaAndTable(name);
    return `SELECT ${literal(schema)} AS s, ${literal(table)} AS t, name AS c, type AS y, cid AS i FROM pragma_table_info(${literal(qualifiedName(this.catalog, name))})`;
  }

  private ask(
    columns: string,
    connection: DuckDBConnection,
    signal: AbortSignal | undefined,
  ): Promise<WarehouseAnswer<Columns>> {
    this.count++;
    return query(
      connection,
      // Views first, then columns in their order.
      `SELECT schema_name AS s, view_name AS t, NULL AS c, NULL AS y, -1 AS i FROM duckdb_views() WHERE database_name = $catalog AND NOT internal
       UNION ALL ${columns}
       ORDER BY i`,
      { catalog: this.catalog },
      signal,
    );
  }

  private keep({ rows, byName }: Columns): void {
    const column = (name: string): readonly DuckDBValue[] => byName.get(name) ?? [];
    const [schemas, names, columns, types] = [column('s'), column('t'), column('c'), column('y')];
    const views = new Set<string>();
    const found = new Map<string, { readonly kind: 'table' | 'view'; readonly columns: LiveColumn[] }>();
    for (let i = 0; i < rows; i++) {
      const key = keyOf(String(schemas[i]), String(names[i]));
      if (columns[i] === null) {
        views.add(key);
        continue;
      }
      const known = found.get(key) ?? { kind: views.has(key) ? 'view' : 'table', columns: [] };
      known.columns.push({ name: String(columns[i]), type: String(types[i]).toUpperCase() });
      found.set(key, known);
    }
    for (const [key, table] of found) this.tables.set(key, table);
  }
}

/** Names are the same in any case. */
function keyOf(schema: string, table: string): string {
  return JSON.stringify([schema.toLowerCase(), table.toLowerCase()]);
}
