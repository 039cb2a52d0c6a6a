import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Git, gitFailed } from './command.js';

const LINE_FEED = 10;

/** So many lines are handed on at a time. */
const PORTION = 1000;

/**
 * A command of Git that is given many lines, and whose answers are read piece by piece while it works. All lines are
 * written without waiting for an answer, and no more is read ahead than pipes hold.
 */
export class Batch {
  readonly #command: string;
  readonly #child: ReturnType<Git['start']>;
  readonly #chunks: AsyncIterator<Buffer>;
  /** Settles with the exit code when the command is over. */
  readonly #over: Promise<number | null>;
  #rest: Buffer = Buffer.alloc(0);
  #stderr = '';

  constructor(git: Git, args: readonly [string, ...string[]], lines: readonly string[]) {
    this.#command = args[0];
    this.#child = git.start(...args);
    this.#chunks = this.#child.stdout.iterator() as AsyncIterator<Buffer>;
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#over = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#stderr += error.message;
        resolve(null);
      });
      this.#child.on('close', resolve);
    });
    // If the command ends before it has read every line, the way it ended says why.
    pipeline(Readable.from(portions(lines)), this.#child.stdin).catch(() => undefined);
  }

  /** The next line; `undefined` at the end. */
  async line(): Promise<string | undefined> {
    let end = this.#rest.indexOf(LINE_FEED);
    while (end < 0) {
      const searched = this.#rest.length;
      const more = await this.#more();
      if (more === undefined) return undefined;
      this.#rest = Buffer.concat([this.#rest, more]);
      end = this.#rest.indexOf(LINE_FEED, searched);
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  /** So many bytes, copied: a small blob must not keep the whole piece that it came in. */
  async take(size: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(size);
    await this.#consume(size, (part, at) => bytes.set(part, at));
    return bytes;
  }

  async skip(size: number): Promise<void> {
    await this.#consume(size, () => undefined);
  }

  /** What to throw if the command says less than it must, or ends otherwise than well. */
  async failure(): Promise<Error> {
    await this.#over;
    return gitFailed(this.#command, this.#stderr);
  }

  /** Whether the command, all of whose lines were read, ended well. */
  async succeeded(): Promise<boolean> {
    return (await this.#over) === 0;
  }

  /** To be called when nothing more is wanted, whether all was read or not. */
  stop(): void {
    this.#child.kill();
    this.#child.stdout.destroy();
  }

  async #consume(size: number, use: (part: Buffer, at: number) => void): Promise<void> {
    for (let done = 0; done < size;) {
      if (this.#rest.length === 0) {
        const more = await this.#more();
        if (more === undefined) throw await this.failure();
        this.#rest = more;
      }
      const part = this.#rest.subarray(0, size - done);
      use(part, done);
      this.#rest = this.#rest.subarray(part.length);
      done += part.length;
    }
  }

  async #more(): Promise<Buffer | undefined> {
    const next = await this.#chunks.next();
    return next.done === true ? undefined : next.value;
  }
}

function* portions(lines: readonly string[]): Generator<string, void> {
  for (let i = 0; i < lines.length; i += PORTION) yield `${lines.slice(i, i + PORTION).join('\n')}\n`;
}
