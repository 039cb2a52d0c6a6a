/** The library as its users run it. */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

export type Library = typeof import('../../src/index.js');

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The library, built. */
export function buildLibrary(): Promise<Library> {
  return buildSource('src/index.ts') as Promise<Library>;
}

/**
 * Builds a file of the sources as `npm run build` does, and loads it. Benches time this and not the modules
 * that vite-node makes: those reach every import through a getter, which nobody's process does.
 *
 * @param file - from the repository's root
 */
export async function buildSource(file: string): Promise<unknown> {
  const name = path.basename(file, '.ts');
  const folder = path.join(ROOT, 'node_modules/.cache/promptc-bench', name);
  await build({ root: ROOT, logLevel: 'error', build: { outDir: folder, rolldownOptions: { input: { [name]: file } } } });
  return import(pathToFileURL(path.join(folder, `${name}.js`)).href);
}
