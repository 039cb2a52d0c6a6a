/**
 * Changes → builds, one at a time.
 *
 * In: the files that changed. Out: a report of each time that was compiled. What always holds: what changes meanwhile is
 * compiled behind it; a build that has errors takes the place of none.
 */
import type { Compiled } from '../compile/compile.js';
import type { Build } from '../compile/emit/emit.js';
import type { Recompiler } from '../compile/recompile.js';
import { type ChangedPrompts, changedPrompts } from './changed-prompts.js';

export type CompileReport = Taken | Broken | Failed;

interface Reported {
  /** The files that were compiled anew; `undefined` for all of them. */
  readonly files: readonly string[] | undefined;
  /** From when it was known that they changed to when what came of it was served. */
  readonly milliseconds: number;
}

/** There is a build, which may be the one that there was. */
export interface Taken extends Reported {
  readonly kind: 'taken';
  readonly compiled: Compiled;
  readonly build: Build;
  /** What differs from the build before, if there was one. */
  readonly changed: ChangedPrompts;
  /** Whether it is another one than before. */
  readonly isNew: boolean;
}

/** The prompts have errors. */
export interface Broken extends Reported {
  readonly kind: 'broken';
  readonly compiled: Compiled;
}

/** It could not be compiled at all, because of Git or the disk. It is tried again with the next change. */
export interface Failed extends Reported {
  readonly kind: 'failed';
  readonly error: Error;
}

export interface SessionOptions {
  readonly recompiler: Recompiler;
  /** Takes a build that is new, before it is reported. */
  readonly take: (build: Build, milliseconds: number) => void;
  readonly report: (report: CompileReport) => void;
}

const NOTHING: ChangedPrompts = { templates: [], bundles: [] };

export class Session {
  readonly #options: SessionOptions;
  /** What is to be compiled; `undefined` for all of it. */
  #waiting: Set<string> | undefined = new Set();
  /** Whether more may have changed than is waiting. */
  #isStale = false;
  #last: Build | undefined;
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Has changes compiled.
   *
   * @param files - paths below the root; `undefined` to look at every file
   */
  change(files: ReadonlySet<string> | undefined): void {
    if (files === undefined) this.#waiting = undefined;
    else for (const file of files) this.#waiting?.add(file);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Settles when nothing is being compiled any more, and nothing will be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    while (!this.#isClosed && this.#waiting?.size !== 0) {
      const files = this.#waiting;
      this.#waiting = new Set();
      const report = await this.#compile(files);
      if (this.#isClosed) return;
      // Whoever compiles may not have got to know of these changes.
      this.#isStale = report.kind === 'failed';
      this.#options.report(report);
    }
  }

  async #compile(changed: ReadonlySet<string> | undefined): Promise<CompileReport> {
    const began = performance.now();
    const files = changed && [...changed].toSorted();
    const milliseconds = (): number => performance.now() - began;
    try {
      const compiled = await this.#options.recompiler.compile(this.#isStale ? undefined : changed);
      const { build } = compiled;
      if (build === undefined) return { kind: 'broken', files, compiled, milliseconds: milliseconds() };
      const isNew = build.manifestDigest !== this.#last?.manifestDigest;
      const before = this.#last;
      this.#last = build;
      if (!this.#isClosed) this.#options.take(build, milliseconds());
      const served = milliseconds();
      const prompts = isNew && before !== undefined ? changedPrompts(before, build) : NOTHING;
      return { kind: 'taken', files, compiled, build, changed: prompts, isNew, milliseconds: served };
    } catch (error) {
      return { kind: 'failed', files, error: error as Error, milliseconds: milliseconds() };
    }
  }
}
