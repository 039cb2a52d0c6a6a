import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/**
 * Packages that are built in: those that a server needs for its first render. Node takes a while to find and load a file,
 * and these have 150 of them.
 */
const BUILT_IN = ['ajv', 'commander', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse', 'jsonc-parser', 'lru-cache', 'semver'];

/** Builds `lib/`: the library and the command line, for Node, with their other dependencies left outside. */
export default defineConfig({
  plugins: [licenses()],
  ssr: { noExternal: BUILT_IN },
  build: {
    outDir: 'lib',
    emptyOutDir: true,
    ssr: true,
    target: 'node20.19',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

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
