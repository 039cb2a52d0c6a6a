/**
 * The text of one file, as every phase sees it: decoded, with LF line ends. Offsets count UTF-16 code
 * units of `text`; lines and columns are computed from them when a diagnostic is printed.
 */
export class SourceText {
  #lineStarts: number[] | undefined;

  constructor(
    /** Where it came from: a path with forward slashes, relative to the project's root. */
    readonly path: string,
    readonly text: string,
  ) {}

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
    const column = [...this.text.slice(starts[low], offset)].length + 1;
    return { line: low + 1, column };
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
}

/** A stretch of a file: from `start` up to, not including, `end`. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}
