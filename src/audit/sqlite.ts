/**
 * A log in an SQLite database.
 *
 * A row holds the same line as a file would; all else that there is to search for is computed from it, so that nothing beside the chain
 * can be edited. A batch is one statement, and so one transaction, and runs beside the thread that serves requests.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type Database from 'libsql/promise';
import type { Digest } from '../base/digest.js';
import { auditError, systemCode } from './audit-error.js';
import { type AuditRecord, EMPTY_HEAD, type AuditHead, type SealedRecord, unseal } from './record.js';
import type { AuditReader, AuditStorage, AuditLine } from './storage.js';
import { type LockTimes, WriterLock } from './writer-lock.js';

const SCHEMA = `
  create table if not exists records (
    sequence integer primary key,
    line text not null,
    prompt_hash text generated always as (line ->> 'prompt_hash') virtual,
    bundle_hash text generated always as (line ->> 'bundle_hash') virtual
  ) strict;
  create index if not exists records_by_prompt on records (prompt_hash, sequence);
  create index if not exists records_by_bundle on records (bundle_hash, sequence);
`;

/** How long a statement waits for another process, in milliseconds. */
const BUSY_MS = 5000;

/** How many rows are read at once; each can hold a payload. */
const PAGE_ROWS = 16;

interface Row {
  readonly sequence: number;
  readonly line: string;
}

/** Reads the database of a log, also while another process writes to it. */
export class SqliteReader implements AuditReader {
  constructor(
    readonly file: string,
    private readonly database: Database,
  ) {}

  /** @throws PromptcError `audit_failed` */
  static async open(file: string): Promise<SqliteReader> {
    // SQLite would make one.
    const there = await stat(file).catch(() => undefined);
    if (there?.isFile() !== true) throw auditError(`There is no audit log ${file}.`);
    const database = await connect(file, 'pragma query_only = true');
    const reader = new SqliteReader(file, database);
    const tables = await reader.#rows(`select 1 from sqlite_schema where name = 'records'`);
    if (tables.length > 0) return reader;
    database.close();
    throw auditError(`${file} is a database, but no audit log.`);
  }

  async head(): Promise<AuditHead> {
    const [row] = await this.#rows('select sequence, line from records order by sequence desc limit 1');
    if (row === undefined) return EMPTY_HEAD;
    const record = unseal(row.line);
    if (typeof record === 'string') throw auditError(`The last record of ${this.file} ${record}. \`promptc audit verify\` says more.`);
    return { sequence: record.sequence, hash: record.hash };
  }

  async *find(hash: Digest): AsyncGenerator<AuditRecord> {
    const by = (column: string): string =>
      `select * from (select sequence, line from records where ${column} = ?1 and sequence < ?2 order by sequence desc limit ${PAGE_ROWS})`;
    const query = `${by('prompt_hash')} union ${by('bundle_hash')} order by sequence desc limit ${PAGE_ROWS}`;
    for await (const { line } of this.#pages(query, Number.MAX_SAFE_INTEGER, hash)) {
      const record = unseal(line);
      if (typeof record !== 'string') yield record;
    }
  }

  async *lines(): AsyncGenerator<AuditLine> {
    const query = `select sequence, line from records where sequence > ?2 order by sequence limit ${PAGE_ROWS}`;
    for await (const { sequence, line } of this.#pages(query, Number.MIN_SAFE_INTEGER)) {
      yield { place: `${path.basename(this.file)}, row ${sequence}`, text: line };
    }
  }

  close(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }

  /** Rows of a query that takes a sequence to go on from as its second value. */
  async *#pages(query: string, from: number, value: string = ''): AsyncGenerator<Row> {
    let last = from;
    for (;;) {
      const rows = await this.#rows(query, value, last);
      yield* rows;
      if (rows.length < PAGE_ROWS) return;
      last = rows.at(-1)!.sequence;
    }
  }

  async #rows(query: string, ...values: (string | number)[]): Promise<Row[]> {
    try {
      const statement = (await this.database.prepare(query)) as { all(values: unknown[]): Promise<Row[]> };
      return await statement.all(values);
    } catch (error) {
      throw auditError(`The audit log ${this.file} cannot be read: ${(error as Error).message}.`, error);
    }
  }
}

/** Writes the database of a log. */
export class SqliteStorage implements AuditStorage {
  private constructor(
    private readonly database: Database,
    private readonly lock: WriterLock,
    readonly start: AuditHead,
  ) {}

  /** @throws PromptcError `audit_failed` */
  static async open(file: string, times?: Partial<LockTimes>): Promise<SqliteStorage> {
    const lock = await WriterLock.take(file, times);
    let database: Database | undefined;
    try {
      // Readers do not wait for the writer then, and a transaction is on the disk when it ends.
      database = await connect(file, `pragma journal_mode = wal; pragma synchronous = full; ${SCHEMA}`);
      const start = await new SqliteReader(file, database).head();
      return new SqliteStorage(database, lock, start);
    } catch (error) {
      database?.close();
      await lock.release();
      throw error;
    }
  }

  async append(records: readonly SealedRecord[]): Promise<void> {
    await this.lock.check();
    const rows = JSON.stringify(records.map(({ sequence, line }) => ({ sequence, line })));
    // A statement with parameters would run on this thread. JSON has no quote of SQL's but those that are doubled here.
    await this.database.exec(
      `insert into records (sequence, line) select value ->> 'sequence', value ->> 'line' from json_each('${rows.replaceAll("'", "''")}')`,
    );
  }

  async close(): Promise<void> {
    this.database.close();
    await this.lock.release();
  }
}

async function connect(file: string, setup: string): Promise<Database> {
  let driver: { readonly default: typeof Database };
  try {
    driver = await import('libsql/promise');
  } catch (error) {
    throw auditError(
      'SQLite logs need the package libsql, which has no build for this computer or was left out: run `npm install libsql`.',
      error,
    );
  }
  let database: Database | undefined;
  try {
    database = new driver.default(file, { timeout: BUSY_MS });
    await database.exec(setup);
    return database;
  } catch (error) {
    database?.close();
    throw auditError(`The audit log ${file} cannot be opened: ${systemCode(error)}.`, error);
  }
}
