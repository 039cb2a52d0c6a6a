import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/**
 * Packages that are built in: those that a server needs for its first render. Node takes a while to find and load a file,
 * and these have 150 of them.
 */
const BUILT_IN = ['ajv', 'commander', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse', 'jsonc-parser', 'lru-cache'];

/** Builds `lib/`: the library and the command line, for Node, with their other dependencies left outside. */
export default defineConfig(({ command }) => ({
  plugins: [licenses()],
  // Scripts and benches, which are run from the sources, take packages as Node does.
  ssr: { noExternal: command === 'build' ? BUILT_IN : [] },
  build: {
    outDir: 'lib',
    emptyOutDir: true,
    ssr: true,
    target: 'node20.19',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        // Names stay, for stack traces; what is not read is loaded sooner.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
        codeSplitting: { groups: [{ name: startChunk, debugName: 'start' }] },
      },
    },
  },
}));

/**
 * What every command needs, and what a server needs for its first render besides. Not `main.ts`: it waits for the command
 * at its top level, so that what the command loads may not import it.
 */
const START = { command: ['src/cli/program.ts', 'src/cli/io.ts'], server: ['src/cli/serve.ts', 'src/server/serve.ts'] };

const reached = new Map<string, ReadonlySet<string>>();

/** Which of two files a module goes into: of the forty that these would be otherwise, each has to be found and loaded. */
function startChunk(id: string, context: ChunkingContext): string | null {
  for (const [chunk, files] of Object.entries(START)) {
    let modules = reached.get(chunk);
    if (modules === undefined) reached.set(chunk, (modules = importedFrom(files, context)));
    if (modules.has(id)) return chunk;
  }
  return null;
}

interface ChunkingContext {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** All that some files import, directly or not, save for what they load later. */
function importedFrom(files: readonly string[], context: ChunkingContext): Set<string> {
  const found = new Set(files.map((file) => path.resolve(file)));
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}

/** Puts the licenses of the packages that are built in beside what they are built into, as they ask for. */
function licenses(): Plugin {
  return {
    name: 'licenses',
    generateBundle() {
      const folders = new Set([...this.getModuleIds()].flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
      const texts = [...folders].toSorted().map((folder) => {
        const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
        const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
        if (file === undefined) throw new Error(`${name} has no license file`);
        return `${name} ${version}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}
