/**
 * Answers that were asked for, kept on the disk: an unchanged prompt is asked once.
 *
 * What always holds: an entry is taken as it was written or not at all; the file is put in place whole; it does not grow
 * beyond its limits, and what was used least lately goes first.
 */
import { type Digest, isDigest } from '../../base/digest.js';
import { isObject } from '../../base/json.js';
import type { Disk } from '../../compile/discover/disk.js';

/** From the project's root; the folder ignores itself. */
const FOLDER = '.promptc';
const FILE = `${FOLDER}/answers.jsonl`;

export interface CacheLimits {
  readonly entries: number;
  /** Of the file. */
  readonly bytes: number;
}

const USUAL_LIMITS: CacheLimits = { entries: 50_000, bytes: 64 * 1024 * 1024 };

export class AnswerCache {
  readonly #disk: Disk;
  readonly #limits: CacheLimits;
  /** What the file holds, the least lately used first. */
  readonly #known: Map<Digest, string>;
  /** What this run has used or added, the same. */
  readonly #used = new Map<Digest, string>();
  #isChanged = false;

  private constructor(disk: Disk, known: Map<Digest, string>, limits: CacheLimits) {
    this.#disk = disk;
    this.#known = known;
    this.#limits = limits;
  }

  /** The cache of a project; an empty one if there is none that can be read. */
  static async open(disk: Disk, limits = USUAL_LIMITS): Promise<AnswerCache> {
    return new AnswerCache(disk, await readEntries(disk, limits), limits);
  }

  get(key: Digest): string | undefined {
    const answer = this.#used.get(key) ?? this.#known.get(key);
    if (answer !== undefined) this.#use(key, answer);
    return answer;
  }

  add(key: Digest, answer: string): void {
    this.#use(key, answer);
    this.#isChanged = true;
  }

  /**
   * Puts the file in place, if there is anything new.
   *
   * @throws what the disk throws if it cannot be written
   */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    // Another run may have ended since this one began.
    const entries = await readEntries(this.#disk, this.#limits);
    for (const [key, answer] of this.#used) {
      entries.delete(key);
      entries.set(key, answer);
    }
    const ignore = `${FOLDER}/.gitignore`;
    if ((await this.#disk.size(ignore)) === undefined) await this.#disk.write(ignore, Buffer.from('*\n'));
    await this.#disk.write(FILE, Buffer.concat(newestLines(entries, this.#limits)));
    this.#isChanged = false;
  }

  #use(key: Digest, answer: string): void {
    this.#used.delete(key);
    this.#used.set(key, answer);
  }
}

function newestLines(entries: ReadonlyMap<Digest, string>, limits: CacheLimits): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let left = limits.bytes;
  for (const [key, answer] of [...entries].toReversed().slice(0, limits.entries)) {
    const line = Buffer.from(`${JSON.stringify({ key, answer })}\n`);
    left -= line.length;
    if (left < 0) break;
    lines.push(line);
  }
  return lines.toReversed();
}

async function readEntries(disk: Disk, limits: CacheLimits): Promise<Map<Digest, string>> {
  const entries = new Map<Digest, string>();
  const size = await disk.size(FILE).catch(() => undefined);
  const bytes = size === undefined || size > limits.bytes ? undefined : await disk.read(FILE).catch(() => undefined);
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    const entry = entryOf(line);
    if (entry !== undefined) entries.set(entry.key, entry.answer);
  }
  return entries;
}

function entryOf(line: string): { key: Digest; answer: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return undefined;
    const { key, answer } = value;
    return typeof key === 'string' && isDigest(key) && typeof answer === 'string' ? { key, answer } : undefined;
  } catch {
    return undefined;
  }
}
