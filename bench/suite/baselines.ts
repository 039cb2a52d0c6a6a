/** Runs that were saved to compare others with. They are of one machine, and not kept in Git. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Run } from './run.js';

export async function saveBaseline(name: string, run: Run, folder: string): Promise<string> {
  const file = fileOf(name, folder);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(run)}\n`);
  return file;
}

/** @throws if there is none of that name, saying how to make one */
export async function readBaseline(name: string, folder: string): Promise<Run> {
  const text = await readFile(fileOf(name, folder), 'utf8').catch((): never => {
    throw new Error(`There is no baseline ${name}: save one with \`npm run bench:check -- --save-baseline ${name}\`.`);
  });
  return JSON.parse(text) as Run;
}

function fileOf(name: string, folder: string): string {
  if (!/^[\w.-]+$/.test(name))
    throw new Error(`A baseline's name has letters, digits, \`.\`, \`-\` and \`_\`, not ${JSON.stringify(name)}.`);
  return path.join(folder, `${name}.json`);
}
