/**
 * A log has one writer: two would give one sequence to two records.
 *
 * The lock is a file beside the log. It names its process, which is gone if the same host says so; and its owner
 * touches it every second, so that a lock that is not touched has no owner any more, whatever the clocks say and whoever has its
 * process id now. A process that was stopped for so long that it lost its lock finds out before it writes again.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { auditError, systemCode } from './audit-error.js';

export interface LockTimes {
  /** How often a lock is touched, in milliseconds. */
  readonly touchMs: number;
  /** How long one that nobody touches is held to be somebody's. */
  readonly staleMs: number;
  /** How long to wait for one that somebody has, as a process does that takes over from another. */
  readonly waitMs: number;
}

const TIMES: LockTimes = { touchMs: 1000, staleMs: 5000, waitMs: 10_000 };
const POLL_MS = 50;

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Of the process: ids come again, in containers with every start. */
  readonly process: string;
}

const SELF: Owner = { host: hostname(), pid: process.pid, process: randomUUID() };

export class WriterLock {
  readonly #touching: NodeJS.Timeout;

  private constructor(
    readonly file: string,
    /** What the file holds while it is ours. */
    private readonly content: string,
    touchMs: number,
  ) {
    // What fails here is found before the next write.
    this.#touching = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), touchMs).unref();
  }

  /**
   * @param log - the file that is to be written
   * @throws PromptcError `audit_failed` if another has it, or there can be none
   */
  static async take(log: string, times: Partial<LockTimes> = {}): Promise<WriterLock> {
    const { touchMs, staleMs, waitMs } = { ...TIMES, ...times };
    const file = `${log}.lock`;
    const content = JSON.stringify({ ...SELF, lock: randomUUID() });
    const start = performance.now();
    let seen: string | undefined;
    let seenAt = start;
    for (;;) {
      try {
        await writeFile(file, content, { flag: 'wx' });
        return new WriterLock(file, content, touchMs);
      } catch (error) {
        const code = systemCode(error);
        if (code === 'ENOENT') throw auditError(`There is no folder ${path.dirname(file)} for the audit log. Make it first.`, error);
        if (code !== 'EEXIST') throw auditError(`${file} cannot be written: ${code}.`, error);
      }
      const [text, touched] = await Promise.all([readFile(file, 'utf8').catch(() => ''), stat(file).catch(() => undefined)]);
      if (touched === undefined) continue;
      const owner = parseOwner(text);
      if (owner?.process === SELF.process) throw inUse(log, owner);
      const now = performance.now();
      const state = `${text} ${touched.mtimeMs}`;
      if (state !== seen) [seen, seenAt] = [state, now];
      if (isGone(owner) || now - seenAt > staleMs) {
        await rm(file, { force: true });
        continue;
      }
      if (now - start > waitMs) throw inUse(log, owner);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** @throws if the lock is another's by now */
  async check(): Promise<void> {
    const content = await readFile(this.file, 'utf8').catch((error: unknown) => {
      throw new Error(`${this.file} cannot be read: ${systemCode(error)}`);
    });
    if (content !== this.content) throw new Error(`${this.file} says that another process writes this log now`);
  }

  async release(): Promise<void> {
    clearInterval(this.#touching);
    const isOurs = await this.check().then(
      () => true,
      () => false,
    );
    if (isOurs) await rm(this.file, { force: true });
  }
}

/** Whether the owner is surely gone. One on another host never is. */
function isGone(owner: Owner | undefined): boolean {
  if (owner?.host !== SELF.host) return false;
  if (owner.pid === SELF.pid) return true;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** @returns `undefined` while it is being written */
function parseOwner(text: string): Owner | undefined {
  try {
    const { host, pid, process: id } = JSON.parse(text) as Owner;
    return typeof host === 'string' && Number.isInteger(pid) && pid > 0 && typeof id === 'string' ? { host, pid, process: id } : undefined;
  } catch {
    return undefined;
  }
}

function inUse(log: string, owner: Owner | undefined): Error {
  const who = owner === undefined ? 'another process' : `the process ${owner.pid} on ${owner.host}`;
  return auditError(`The audit log ${log} is being written by ${who}. A log has one writer: give each process its own.`);
}
