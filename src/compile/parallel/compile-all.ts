/**
 * Many templates, on all cores.
 *
 * What always holds: the order of results is that of the files, and each is what it would have been on one thread. A thread
 * that cannot be had, or that fails, costs time and nothing else: what it would have done is done here.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type Tinypool from 'tinypool';
import type { Unparsed } from '../compile.js';
import type { ParsedTemplate } from '../model.js';
import type { CompiledTemplate, TemplateCompiler } from '../templates.js';
import type { TemplateResult, ThreadData } from './messages.js';

/** With fewer files to compile, starting a thread takes longer than it saves: docs/performance.md has the figures. */
const FEWEST_FILES = 600;
/** More threads wait for each other: the build hands out and takes in. */
const MOST_THREADS = 4;
/** Files that a thread gets at a time. */
const BATCH = 64;
/** Files that are compiled here between two looks at what came in. */
const OWN_BATCH = 16;

type File = Unparsed<ParsedTemplate>;

/** @param data - what threads need to know beside the files */
export async function compileAll(files: readonly File[], compiler: TemplateCompiler, data: ThreadData): Promise<CompiledTemplate[]> {
  const compiled: CompiledTemplate[] = [];
  const waiting: number[] = [];
  for (const [i, { source }] of files.entries()) {
    const known = compiler.known(source);
    if (known === undefined) waiting.push(i);
    else compiled[i] = known;
  }
  const here = (indexes: readonly number[]): void => {
    for (const i of indexes) compiled[i] ??= compiler.compileNow(files[i]!.source, files[i]!.read);
  };
  const pool = waiting.length < FEWEST_FILES ? undefined : await openPool(data);
  if (pool === undefined) {
    here(waiting);
    return compiled;
  }
  let next = 0;
  const take = (count: number): number[] => waiting.slice(next, (next += count));
  const elsewhere = async (): Promise<void> => {
    for (let indexes = take(BATCH); indexes.length > 0; indexes = take(BATCH)) {
      const texts = indexes.map((i) => ({ path: files[i]!.source.path, text: files[i]!.source.text }));
      const results = (await pool.run(texts).catch(() => [])) as TemplateResult[];
      for (const [n, result] of results.entries()) {
        const i = indexes[n]!;
        if (result !== undefined) compiled[i] = compiler.adopt(files[i]!.source, result, files[i]!.read);
      }
      here(indexes);
    }
  };
  // Two for each thread, so that it need not wait until what it has done is taken in.
  const others = Array.from({ length: 2 * pool.options.maxThreads }, elsewhere);
  for (let indexes = take(OWN_BATCH); indexes.length > 0; indexes = take(OWN_BATCH)) {
    here(indexes);
    await turn();
  }
  await Promise.all(others);
  await pool.destroy();
  return compiled;
}

/** Beside the file that this is built into. */
const THREAD = fileURLToPath(new URL('../template-thread.js', import.meta.url));

/** `undefined` where one core is all that there is, or where this is not built: threads do not run from the sources. */
async function openPool(data: ThreadData): Promise<Tinypool | undefined> {
  const threads = Math.min(MOST_THREADS, availableParallelism() - 1);
  if (threads < 1 || !existsSync(THREAD)) return undefined;
  const { default: Pool } = await import('tinypool');
  return new Pool({ filename: THREAD, workerData: data, minThreads: threads, maxThreads: threads });
}
