/** The project's own prompts, compiled in memory: what benches render. */
import { fileURLToPath } from 'node:url';
import { compile } from '../../src/compile/compile.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Payload } from '../../src/format/payload.js';
import { PromptGenerator } from '../../src/index.js';
import { BuildStore } from '../../src/sources/inline.js';
import { StoreSource } from '../../src/sources/store.js';

export interface Corpus {
  readonly generator: PromptGenerator;
  /** The payload of a bundle's first example. */
  example(bundle: string): Payload;
}

/** Compiles `prompts/`. */
export async function openCorpus(): Promise<Corpus> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { build, diagnostics, examples } = await compile(new NodeDisk(root));
  if (build === undefined) throw new Error(`The prompts do not compile: ${diagnostics[0]?.message}`);
  const source = new StoreSource(new BuildStore(build));
  return {
    generator: new PromptGenerator({ bundles: source, templates: source }),
    example(bundle) {
      const found = examples.find((one) => one.bundle === bundle);
      if (found === undefined) throw new Error(`The bundle "${bundle}" has no example.`);
      return found.example.input;
    },
  };
}
