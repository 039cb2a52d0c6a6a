import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './io.js';

/** A project's folder, from where the command runs. */
export async function resolveRoot(cwd: string, root: string): Promise<string> {
  const folder = path.resolve(cwd, root);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new UsageError(`There is no folder ${folder}. Pass the one that holds prompts/ with --root.`);
  return folder;
}
