/** The project's own prompts, compiled in memory: what benches render. */
import { fileURLToPath } from 'node:url';
import { compile } from '../../src/compile/compile.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Payload } from '../../src/format/payload.js';
import { BuildStore } from '../../src/sources/inline.js';
import { StoreSource } from '../../src/sources/store.js';

export interface Corpus {
  readonly source: StoreSource;
  /** The payload of each bundle's first example. */
  readonly examples: ReadonlyMap<string, Payload>;
}

/** Compiles `prompts/`. */
export async function openCorpus(): Promise<Corpus> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { build, diagnostics, examples } = await compile(new NodeDisk(root));
  if (build === undefined) throw new Error(`The prompts do not compile: ${diagnostics[0]?.message}`);
  return {
    source: new StoreSource(new BuildStore(build)),
    // Of entries with one key, a map keeps the last.
    examples: new Map(examples.toReversed().map(({ bundle, example }) => [bundle.id, example.input as Payload])),
  };
}
