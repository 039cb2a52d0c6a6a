/**
 * The last good build → the output folder, when nothing has changed for a while.
 *
 * What always holds: nothing is written that calls another text by the name of a published version. Whoever serves the folder
 * later, or renders from it, could not tell.
 */
import type { Compiled } from '../compile/compile.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import type { Build } from '../compile/emit/emit.js';
import { writeBuild } from '../compile/emit/write.js';
import { MANIFEST_FILE } from '../format/artifact.js';
import { openRepository } from '../versions/git/open.js';
import { originOf } from '../versions/origin.js';
import { PROJECT_PATHS } from '../versions/project-versions.js';
import { PatientDisk } from './patient-disk.js';

export interface OutputOptions {
  /** The folder that holds `prompts/`. */
  readonly root: string;
  readonly folder: string;
  readonly report: (report: OutputReport) => void;
}

export type OutputReport =
  | { readonly kind: 'written'; readonly build: Build }
  /** The folder stays as it is, for these published versions are edited. Told once, until they no longer are. */
  | { readonly kind: 'kept'; readonly edited: readonly string[] }
  /** It cannot be written. Told once for each reason. */
  | { readonly kind: 'unwritable'; readonly reason: string };

/** After the last change. */
const QUIET_MILLISECONDS = 1000;

export class Output {
  readonly #options: OutputOptions;
  #timer: NodeJS.Timeout | undefined;
  #writing: { readonly ended: Promise<void>; readonly stop: AbortController } | undefined;
  /** What was told last. */
  #told = '';

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Has a build written when it is quiet, in place of one that waits or is being written. */
  offer(build: Build, { edited }: Compiled): void {
    this.#stop();
    if (edited.length > 0) this.#tell(edited.join(' '), { kind: 'kept', edited });
    else this.#timer = setTimeout(() => this.#begin(build), QUIET_MILLISECONDS);
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#writing?.ended;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#writing?.stop.abort();
  }

  #begin(build: Build): void {
    const before = this.#writing?.ended;
    const stop = new AbortController();
    const ended = this.#write(build, before, stop.signal);
    this.#writing = { ended, stop };
  }

  async #write(build: Build, before: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
    const { root, folder, report } = this.#options;
    await before;
    try {
      const disk = new PatientDisk(new NodeDisk(folder), signal);
      const present = await disk.read(MANIFEST_FILE);
      if (present === undefined || Buffer.compare(present, build.manifestBytes) !== 0) {
        await writeBuild(build, await originOf(await openRepository(root), PROJECT_PATHS), disk);
        report({ kind: 'written', build });
      }
      this.#told = '';
    } catch (error) {
      if (signal.aborted) return;
      const { code, message } = error as NodeJS.ErrnoException;
      this.#tell(message, { kind: 'unwritable', reason: code ?? message });
    }
  }

  #tell(what: string, report: OutputReport): void {
    if (what !== this.#told) this.#options.report(report);
    this.#told = what;
  }
}
