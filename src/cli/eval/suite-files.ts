/** The suites that a command names: files, and folders of them. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { readSuite, SUITE_ENDINGS } from '../../eval/suites/read-suite.js';
import type { Suite } from '../../eval/suites/suite.js';
import { UsageError } from '../io.js';
import { folderPrefix } from '../repository.js';

/**
 * @param cwd - what the names are relative to
 * @param root - the project, from which suites are called
 */
export async function readSuites(cwd: string, root: string, names: readonly string[]): Promise<readonly Suite[]> {
  const files = new Set<string>();
  for (const name of names) for (const file of await filesOf(cwd, name)) files.add(file);
  const suites: Suite[] = [];
  for (const file of files) suites.push(readSuite(folderPrefix(root, file).replace(/\/$/, ''), await readFile(file)));
  return suites;
}

async function filesOf(cwd: string, name: string): Promise<string[]> {
  const target = path.resolve(cwd, name);
  const found = await stat(target).catch(() => undefined);
  const endings = `.${SUITE_ENDINGS.join(', .')}`;
  if (found === undefined) throw new UsageError(`There is no suite ${target}. Name a file or a folder with suites (${endings}).`);
  if (found.isDirectory()) {
    const files = await fastGlob.glob(`**/*.{${SUITE_ENDINGS.join(',')}}`, { cwd: target, absolute: true });
    if (files.length === 0) throw new UsageError(`The folder ${target} holds no suites (${endings}).`);
    return files.map((file) => path.normalize(file)).toSorted();
  }
  if (!SUITE_ENDINGS.some((ending) => target.endsWith(`.${ending}`)))
    throw new UsageError(`${target} is no suite by its name: suites end in ${endings}.`);
  return [target];
}
