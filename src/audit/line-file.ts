/** Reading a file of lines from either end, in bounded memory, up to where it ended when reading began. */
import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';

export interface FileLine {
  /** Without its line end. Empty for what is no text, or longer than any record. */
  readonly text: string;
  /** Where the line ends in the file: behind its line end. */
  readonly end: number;
  /** Set if the file ends before the line does. */
  readonly isUnfinished?: boolean;
}

/** No record comes near it, unless the limit of payloads was raised very far. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;
const LINE_END = 0x0a;

/** Every line, the first one first. */
export async function* linesForwards(file: FileHandle): AsyncGenerator<FileLine> {
  const { size } = await file.stat();
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer): void => {
    length += piece.length;
    if (length > MAX_LINE_BYTES) pieces = [];
    else pieces.push(piece);
  };
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    const chunk = await readRange(file, at, Math.min(at + CHUNK_BYTES, size));
    let from = 0;
    for (let to = chunk.indexOf(LINE_END); to !== -1; to = chunk.indexOf(LINE_END, from)) {
      take(chunk.subarray(from, to));
      yield { text: textOf(Buffer.concat(pieces)), end: at + to + 1 };
      [pieces, length, from] = [[], 0, to + 1];
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (length > 0) yield { text: textOf(Buffer.concat(pieces)), end: size, isUnfinished: true };
}

/**
 * Every line that has an end, the last one first.
 *
 * @param needle - only lines that hold it; they are found without looking at the others
 */
export async function* linesBackwards(file: FileHandle, needle?: string): AsyncGenerator<FileLine> {
  let { size: start } = await file.stat();
  /** The end of a line that begins in an earlier chunk, with its line end. */
  let rest = Buffer.alloc(0);
  let isInUnfinished = true;
  while (start > 0) {
    const end = start;
    start = Math.max(0, end - CHUNK_BYTES);
    let bytes = Buffer.concat([await readRange(file, start, end), rest]);
    if (isInUnfinished) {
      bytes = bytes.subarray(0, bytes.lastIndexOf(LINE_END) + 1);
      isInUnfinished = bytes.length === 0;
    }
    const whole = start === 0 ? 0 : bytes.indexOf(LINE_END) + 1;
    for (const { from, to } of rangesBackwards(bytes.subarray(whole), needle)) {
      yield { text: textOf(bytes.subarray(whole + from, whole + to)), end: start + whole + to + 1 };
    }
    rest = bytes.subarray(0, whole);
    // What is too long is read on, but not kept: a line that is cut is no record either.
    if (rest.length > MAX_LINE_BYTES) rest = Buffer.from('\n');
  }
}

/** The places of lines, the last one first, without their line ends. */
function* rangesBackwards(lines: Buffer, needle: string | undefined): Generator<{ from: number; to: number }> {
  let end = lines.length;
  while (end > 0) {
    const within = needle === undefined ? end - 1 : lines.lastIndexOf(needle, end - 1);
    if (within === -1) return;
    const to = needle === undefined ? within : lines.indexOf(LINE_END, within);
    const from = within === 0 ? 0 : lines.lastIndexOf(LINE_END, within - 1) + 1;
    yield { from, to };
    end = from;
  }
}

function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : '';
}

async function readRange(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(to - from);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length);
    // It became shorter meanwhile.
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
