/** Compiling and writing a project: what `build` does, and what scripts do as well. */
import path from 'node:path';
import { type Diagnostic, Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { type Compiled, compile } from '../compile/compile.js';
import { CONFIG_FILE, type Limits } from '../compile/config.js';
import { readConfig } from '../compile/discover/config-file.js';
import { PROMPTS_FOLDER } from '../compile/discover/discover.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { type Written, writeBuild } from '../compile/emit/write.js';
import { openRepository } from '../versions/git/open.js';
import { originOf } from '../versions/origin.js';

/**
 * The limits that the configuration in a folder sets, for rendering builds that lie elsewhere.
 *
 * @returns `undefined` if the configuration has errors, which are in `diagnostics`
 */
export async function readLimits(root: string): Promise<{ diagnostics: readonly Diagnostic[]; limits: Limits | undefined }> {
  const diagnostics = new Diagnostics();
  const { limits } = await readConfig(new NodeDisk(root), diagnostics);
  return { diagnostics: diagnostics.sorted(), limits: diagnostics.errorCount > 0 ? undefined : limits };
}

/** @param root - the folder that holds `prompts/` */
export function compileProject(root: string): Promise<Compiled> {
  return compile(new NodeDisk(root));
}

/**
 * Compiles a project and, if nothing is wrong with it, writes it.
 *
 * @param out - the output folder, from `root`
 */
export async function buildProject(root: string, out: string): Promise<{ compiled: Compiled; written: Written | undefined }> {
  const compiled = await compileProject(root);
  if (compiled.build === undefined) return { compiled, written: undefined };
  const origin = await originOf(await openRepository(root), [PROMPTS_FOLDER, CONFIG_FILE]);
  const folder = path.resolve(root, out);
  try {
    return { compiled, written: await writeBuild(compiled.build, origin, new NodeDisk(folder)) };
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new PromptcError(
      'output_failed',
      `The build cannot be written to ${folder}: ${reason}. The build that was there is as it was.`,
      [],
      { cause },
    );
  }
}
