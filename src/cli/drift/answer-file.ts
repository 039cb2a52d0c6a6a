/** A file of answers, line by line, in bounded memory; it can be read again from its beginning. */
import { type FileHandle, open } from 'node:fs/promises';
import { linesForwards, MAX_LINE_BYTES } from '../../audit/line-file.js';
import type { AnswerLine } from '../../drift/reading/answer.js';
import { UsageError } from '../io.js';
import type { Step } from '../status-line.js';

const MEBIBYTE = 1024 * 1024;

export class AnswerFile {
  private constructor(private readonly handle: FileHandle) {}

  static async open(file: string): Promise<AnswerFile> {
    try {
      const handle = await open(file, 'r');
      if ((await handle.stat()).isFile()) return new AnswerFile(handle);
      await handle.close();
    } catch (error) {
      throw new UsageError(`The answers ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
    }
    throw new UsageError(
      `${file} is no file. Answers are read more than once, so that they cannot come through a pipe: write them to a file.`,
    );
  }

  /** Every line that is not empty. */
  async *lines(step: Step): AsyncGenerator<AnswerLine> {
    const { size } = await this.handle.stat();
    let number = 0;
    let start = 0;
    for await (const { text, end, isUnfinished = false } of linesForwards(this.handle)) {
      number++;
      const bytes = end - start - (isUnfinished ? 0 : 1);
      start = end;
      step(Math.ceil(end / MEBIBYTE), Math.ceil(size / MEBIBYTE));
      if (text.trim() !== '') yield { number, text };
      else if (bytes > MAX_LINE_BYTES) yield { number, problem: `is longer than ${MAX_LINE_BYTES / MEBIBYTE} MiB` };
      else if (text === '' && bytes > 0) yield { number, problem: 'is not UTF-8' };
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
