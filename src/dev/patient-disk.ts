/**
 * A disk for work that can wait: between files others have their turn, and the work ends when it is told to.
 *
 * A build is written objects first and its manifest last, so that it can end at any file and nothing is half there.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Disk, DiskEntry } from '../compile/discover/disk.js';

/** How long others may have to wait at a time. */
const SLICE_MILLISECONDS = 2;

export class PatientDisk implements Disk {
  #began = performance.now();

  constructor(
    private readonly disk: Disk,
    private readonly signal: AbortSignal,
  ) {}

  async list(folder: string): Promise<DiskEntry[]> {
    await this.#turn();
    return this.disk.list(folder);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    await this.#turn();
    return this.disk.read(path);
  }

  async size(path: string): Promise<number | undefined> {
    await this.#turn();
    return this.disk.size(path);
  }

  async isFile(path: string): Promise<boolean> {
    await this.#turn();
    return this.disk.isFile(path);
  }

  async modified(path: string): Promise<Date | undefined> {
    await this.#turn();
    return this.disk.modified(path);
  }

  async write(path: string, bytes: Uint8Array, options?: { sync?: boolean }): Promise<void> {
    await this.#turn();
    await this.disk.write(path, bytes, options);
  }

  async remove(path: string): Promise<void> {
    await this.#turn();
    await this.disk.remove(path);
  }

  /** @throws an `AbortError` */
  async #turn(): Promise<void> {
    this.signal.throwIfAborted();
    if (performance.now() - this.#began < SLICE_MILLISECONDS) return;
    await turn();
    this.signal.throwIfAborted();
    this.#began = performance.now();
  }
}
