import path from 'node:path';
import { findLeftovers } from '../builds/leftovers.js';
import { planPrune, prune as pruneFolder } from '../builds/prune.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { counted } from './counted.js';
import { EXIT, type ExitCode, type Terminal } from './io.js';

export interface PruneOptions {
  readonly dir: string;
  readonly keep: number;
  readonly dryRun: boolean;
}

/**
 * `promptc prune`: removes the objects that neither the present build nor one of the last builds needs, and what builds
 * that were killed have left unfinished.
 */
export async function prune(terminal: Terminal, { dir, keep, dryRun }: PruneOptions): Promise<ExitCode> {
  const disk = new NodeDisk(path.resolve(terminal.cwd, dir));
  if (dryRun) {
    const { objects } = await planPrune(disk, keep);
    const leftovers = await findLeftovers(disk);
    terminal.out([...objects, ...leftovers].map((file) => `${file}\n`).join(''));
    terminal.err(`Would remove ${listed(objects.length, leftovers.length)}.\n`);
  } else {
    const objects = await pruneFolder(disk, keep);
    const leftovers = await findLeftovers(disk);
    for (const file of leftovers) await disk.remove(file);
    terminal.err(`Removed ${listed(objects, leftovers.length)}.\n`);
  }
  return EXIT.fine;
}

function listed(objects: number, leftovers: number): string {
  const needless = `${counted(objects, 'object')} that no build needs`;
  return leftovers === 0 ? needless : `${needless}, and ${counted(leftovers, 'file')} that a killed build did not finish`;
}
