import type { Writable } from 'node:stream';
import { EMPTY_HEAD, type AuditHead, type SealedRecord } from './record.js';
import type { AuditStorage } from './storage.js';

/** A log that is written to a stream, for whatever collects it there. It cannot be read back, so each opening begins a new chain. */
export class StreamStorage implements AuditStorage {
  readonly start: AuditHead = EMPTY_HEAD;
  readonly #stream: Writable;
  /** Without a listener the error of a closed pipe would end the process; it reaches the write as well. */
  readonly #onError = (): void => {};

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', this.#onError);
  }

  append(records: readonly SealedRecord[]): Promise<void> {
    const text = records.map(({ line }) => `${line}\n`).join('');
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** The stream is somebody else's, and stays open. */
  async close(): Promise<void> {
    // The error of the last write may still be on its way.
    await new Promise((resolve) => setImmediate(resolve));
    this.#stream.off('error', this.#onError);
  }
}
