/** The library as its users run it. */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

export type Library = typeof import('../../src/index.js');

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds the library as `npm run build` does, and loads it. Benches time this and not the modules that
 * vite-node makes from the sources: those reach every import through a getter, which nobody's render does.
 */
export async function buildLibrary(): Promise<Library> {
  const folder = path.join(ROOT, 'node_modules/.cache/promptc-bench');
  await build({ root: ROOT, logLevel: 'error', build: { outDir: folder } });
  return (await import(pathToFileURL(path.join(folder, 'index.js')).href)) as Library;
}
