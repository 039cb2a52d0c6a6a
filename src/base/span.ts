import { type Digest, sha256 } from './digest.js';

/**
 * The text of one file, as every phase sees it: decoded, with LF line ends. Offsets count UTF-16 code
 * units of `text`; lines and columns are computed from them when a diagnostic is printed.
 */
export class SourceText {
  #digest: Digest | undefined;
  #lineStarts: number[] | undefined;
  #secondHalves: number[] | undefined;

  constructor(
    /** Where it came from: a path with forward slashes, relative to the project's root. */
    readonly path: string,
    readonly text: string,
  ) {}

  /** Of its text. */
  get digest(): Digest {
    return (this.#digest ??= sha256(this.text));
  }

  /** The place of an offset; line and column count from 1, columns in characters (code points). */
  position(offset: number): { line: number; column: number } {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const start = starts[low]!;
    const column = offset - start - (this.#secondHalvesBefore(offset) - this.#secondHalvesBefore(start)) + 1;
    return { line: low + 1, column };
  }

  get lineCount(): number {
    return this.#starts().length;
  }

  /** The offset of a line's first character; lines count from 1. */
  lineStart(number: number): number {
    return this.#starts()[number - 1]!;
  }

  /** The text of a line without its line end; lines count from 1. */
  line(number: number): string {
    const starts = this.#starts();
    const end = number < starts.length ? starts[number]! - 1 : this.text.length;
    return this.text.slice(starts[number - 1], end);
  }

  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
    }
    return this.#lineStarts;
  }

  /**
   * How many of the code units before an offset are second halves of a surrogate pair, which are no columns of
   * their own. They are counted once, by stretches, so that many places on one long line cost no more.
   */
  #secondHalvesBefore(offset: number): number {
    if (this.#secondHalves === undefined) {
      this.#secondHalves = [0];
      for (let at = 0; at < this.text.length; at += STRETCH) {
        this.#secondHalves.push(this.#secondHalves.at(-1)! + secondHalves(this.text, at, at + STRETCH));
      }
    }
    const stretch = Math.floor(offset / STRETCH);
    return this.#secondHalves[stretch]! + secondHalves(this.text, stretch * STRETCH, offset);
  }
}

const STRETCH = 1024;

function secondHalves(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to && at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) count++;
  return count;
}

/** A stretch of a file: from `start` up to, not including, `end`. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}
