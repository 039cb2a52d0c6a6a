import path from 'node:path';
import { planPrune, prune as pruneFolder } from '../builds/prune.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { EXIT, type ExitCode, type Terminal } from './io.js';

export interface PruneOptions {
  readonly dir: string;
  readonly keep: number;
  readonly dryRun: boolean;
}

/** `promptc prune`: removes the objects that neither the present build nor one of the last builds needs. */
export async function prune(terminal: Terminal, { dir, keep, dryRun }: PruneOptions): Promise<ExitCode> {
  const disk = new NodeDisk(path.resolve(terminal.cwd, dir));
  if (dryRun) {
    const { objects } = await planPrune(disk, keep);
    terminal.out(objects.map((object) => `${object}\n`).join(''));
    terminal.err(`Would remove ${counted(objects.length)} that no build needs.\n`);
  } else {
    terminal.err(`Removed ${counted(await pruneFolder(disk, keep))} that no build needs.\n`);
  }
  return EXIT.fine;
}

function counted(objects: number): string {
  return `${objects} object${objects === 1 ? '' : 's'}`;
}
