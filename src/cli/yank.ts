import { Diagnostics } from '../base/diagnostic.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { LOCK_FILE, type LockEntry } from '../format/lock.js';
import { formatLock } from '../versions/lock.js';
import { openVersions } from '../versions/project-versions.js';
import { printDiagnostics } from './diagnostics/format.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { resolveRoot } from './root.js';

export interface YankOptions {
  readonly root: string;
  readonly reason: string;
  readonly kind?: LockEntry['kind'];
}

/** `promptc yank`: says in the lock that a published version is not to be used any more. */
export async function yank(terminal: Terminal, version: string, { root: dir, reason, kind }: YankOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, dir);
  if (reason.trim() === '') throw new UsageError('Say why, with --reason: whoever asks for the version reads it.');
  const disk = new NodeDisk(root);
  const diagnostics = new Diagnostics();
  const versions = await openVersions({ root, disk, output: undefined, env: terminal.env }, diagnostics);
  await printDiagnostics(terminal, diagnostics.sorted(), { format: 'text', root });
  if (versions === undefined) return EXIT.promptErrors;

  const { lock, entries: published } = versions.published;
  const found = lock.entries.filter((entry) => `${entry.id}@${entry.version}` === version && (kind === undefined || entry.kind === kind));
  const [entry] = found;
  if (entry === undefined)
    throw new UsageError(`prompts/promptc.lock records no ${kind ?? 'template or bundle'} ${version}. It is written as id@1.2.0.`);
  if (found.length > 1) throw new UsageError(`Both a template and a bundle are ${version}. Say which, with --kind.`);
  if (entry.yanked !== undefined) throw new UsageError(`${version} is yanked already: ${entry.yanked}`);
  if (versions.base.kind === 'revision' && ![...published.values()].some((one) => one.hash === entry.hash)) {
    throw new UsageError(`${version} is not published yet, so nobody can use it: change the file, or delete it.`);
  }
  const entries = lock.entries.map((one) => (one === entry ? { ...one, yanked: reason.trim() } : one));
  await disk.write(LOCK_FILE, new TextEncoder().encode(formatLock({ entries })), { sync: true });
  terminal.err(
    `The ${entry.kind} ${version} is yanked: defaults and ranges pass over it. Run \`promptc build\`, and commit prompts/promptc.lock.\n`,
  );
  return EXIT.fine;
}
