/**
 * The keys of a running server: a file, looked at whenever it changes.
 *
 * What always holds: once open, there are keys. A file that is broken, unreadable or gone leaves those in force that it
 * held last, since otherwise half a line would lock everybody out; it is reported, and looked at until it is good.
 */
import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { Keyring } from './keyring.js';
import { KeysError } from './keys-error.js';
import { readKeys, statKeys } from './read-keys.js';

export interface KeysReport {
  /**
   * `loaded`: other keys are in force. `broken`, `missing`: the file cannot be used, and the keys of before stay in
   * force. `exposed`: others may read or write it.
   */
  readonly kind: 'loaded' | 'broken' | 'missing' | 'exposed';
  readonly message: string;
}

export interface KeyFileOptions {
  /** Takes what the operator should know; each thing once, until it changes. */
  readonly report: (report: KeysReport) => void;
  /** How often the file is looked at, in milliseconds, since events of the file system get lost. */
  readonly every?: number;
}

const EVERY = 2000;
/** Editors that write in place cut a file off first; so long they may take to fill it. */
const SETTLE = 50;
/** File systems count time in steps of up to this, in milliseconds: within one, a file can change and look the same. */
const CLOCK_STEP = 2000;

export class KeyFile {
  readonly #file: string;
  readonly #report: KeyFileOptions['report'];
  #keyring = new Keyring([]);
  /** The state of the file that is in force; `undefined` if it is to be read again whatever its state. */
  #state: string | undefined;
  #digest: string | undefined;
  #exposure: string | undefined;
  /** The last thing that was wrong with it. */
  #trouble: string | undefined;
  #isLooking = false;
  #timer: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;
  #isClosed = false;

  private constructor(file: string, report: KeyFileOptions['report']) {
    this.#file = file;
    this.#report = report;
  }

  /**
   * Reads a keys file, and goes on looking at it until it is closed. That keeps no process alive.
   *
   * @throws KeysError if it cannot be used
   */
  static async open(file: string, { report, every = EVERY }: KeyFileOptions): Promise<KeyFile> {
    const opened = new KeyFile(file, report);
    await opened.#read();
    opened.#timer = setInterval(() => opened.#look(), every).unref();
    opened.#watch();
    return opened;
  }

  /** The keys in force. Ask for it anew at every request. */
  get keyring(): Keyring {
    return this.#keyring;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }

  /** Watches the folder, since most programs put a new file in the place of the old one. */
  #watch(): void {
    try {
      this.#watcher = watch(path.dirname(this.#file), { persistent: false }, () => {
        this.#settling ??= setTimeout(() => {
          this.#settling = undefined;
          this.#look();
        }, SETTLE).unref();
      });
      this.#watcher.on('error', () => this.#watcher!.close());
    } catch {
      // The system has no more watchers to give. Then looking every few seconds has to do.
    }
  }

  /** Reads the file unless it is as it was. Changes while it is read are found the next time. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#read()
      .catch((error: unknown) => this.#keep(error))
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async #read(): Promise<void> {
    const { state, since } = await statKeys(this.#file);
    if (state === this.#state) return;
    const { keys, digest, exposure } = await readKeys(this.#file);
    // What was still being read when it was closed concerns nobody.
    if (this.#isClosed) return;
    this.#state = Date.now() - since > CLOCK_STEP ? state : undefined;
    if (digest !== this.#digest || this.#trouble !== undefined) {
      const isFirst = this.#digest === undefined;
      this.#keyring = new Keyring(keys);
      this.#digest = digest;
      this.#trouble = undefined;
      if (!isFirst) this.#report({ kind: 'loaded', message: `The keys file ${this.#file} was read again: ${counted(keys.length)}.` });
    }
    if (exposure !== undefined && exposure !== this.#exposure) this.#report({ kind: 'exposed', message: exposure });
    this.#exposure = exposure;
  }

  #keep(error: unknown): void {
    const { message } = error as Error;
    this.#state = undefined;
    if (message === this.#trouble || this.#isClosed) return;
    this.#trouble = message;
    const kept = `Until then what was read of it before stays in force: ${counted(this.#keyring.size)}.`;
    this.#report({ kind: error instanceof KeysError && error.isMissing ? 'missing' : 'broken', message: `${message} ${kept}` });
  }
}

function counted(keys: number): string {
  return keys === 1 ? '1 key' : `${keys} keys`;
}
