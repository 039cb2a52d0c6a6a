/** A project folder that is watched, and what was told of it. */
import { onTestFinished, vi } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/compile/config.js';
import { ProjectWatcher, type WatchOptions } from '../../src/dev/watch.js';

export interface Watching {
  readonly watcher: ProjectWatcher;
  /** The batches, each sorted. */
  readonly batches: string[][];
  readonly polling: string[];
  /** Every file that was told of since the last time, once a batch with some file came. */
  told(...files: string[]): Promise<string[]>;
}

/** How long anything may take on a busy machine. */
export const DEADLINE = { timeout: 10_000, interval: 5 };

export async function watchProject(root: string, options: Partial<WatchOptions> = {}): Promise<Watching> {
  const batches: string[][] = [];
  const polling: string[] = [];
  const watcher = new ProjectWatcher({
    root,
    debounce: DEFAULT_CONFIG.dev.debounce,
    onChange: (files) => void batches.push([...files].toSorted()),
    onPolling: (reason) => void polling.push(reason),
    ...options,
  });
  onTestFinished(() => watcher.close());
  await watcher.start();
  return {
    watcher,
    batches,
    polling,
    async told(...files) {
      await vi.waitFor(() => {
        const missing = files.filter((file) => !batches.flat().includes(file));
        if (missing.length > 0) throw new Error(`nothing was told of ${missing.join(', ')}`);
      }, DEADLINE);
      return [...new Set(batches.splice(0).flat())].toSorted();
    },
  };
}
