import { existsSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_FILE } from '../format/config-file.js';
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../render/limits.js';
import type { Terminal } from './io.js';

/**
 * The limits that the configuration in the folder of a command sets, for rendering builds that lie elsewhere.
 *
 * @returns `undefined` if the configuration has errors, which are printed
 */
export async function readRenderLimits(terminal: Terminal): Promise<RenderLimits | undefined> {
  const root = terminal.cwd;
  // What reads it takes longer to load than a server to start.
  if (!existsSync(path.join(root, CONFIG_FILE))) return DEFAULT_RENDER_LIMITS;
  const { readConfig } = await import('../compile/discover/config-file.js');
  const { NodeDisk } = await import('../compile/discover/node-disk.js');
  const { Diagnostics } = await import('../base/diagnostic.js');
  const { printDiagnostics } = await import('./diagnostics/format.js');
  const diagnostics = new Diagnostics();
  const { limits } = await readConfig(new NodeDisk(root), diagnostics);
  await printDiagnostics(terminal, diagnostics.sorted(), { format: 'text', root });
  return diagnostics.errorCount > 0 ? undefined : limits;
}
