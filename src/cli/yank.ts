import semver from 'semver';
import { Diagnostics } from '../base/diagnostic.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { LOCK_FILE, type LockEntry } from '../format/lock.js';
import { formatLock } from '../versions/lock.js';
import { openVersions } from '../versions/project-versions.js';
import { comparedText } from './compare.js';
import { printDiagnostics } from './diagnostics/format.js';
import { visible } from './diagnostics/visible.js';
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
  const versions = await openVersions({ root, disk, output: undefined, env: terminal.env, isEdited: true }, diagnostics);
  await printDiagnostics(terminal, diagnostics.sorted(), { format: 'text', root });
  if (versions === undefined) return EXIT.promptErrors;

  const { lock, entries: published } = versions.published;
  const entry = named(version, kind, lock.entries);
  if (entry.yanked !== undefined) throw new UsageError(`The ${entry.kind} ${version} is yanked already: ${visible(entry.yanked)}`);
  if (![...published.values()].some(({ hash }) => hash === entry.hash)) {
    const draft = `The ${entry.kind} ${version} is not published yet, so nobody uses it: edit its file, or delete it.`;
    const { base } = versions;
    const refusal = base.kind === 'revision' ? draft : `Only what is published can be yanked.`;
    throw new UsageError(`${refusal} ${comparedText(base)}`);
  }
  const entries = lock.entries.map((one) => (one === entry ? { ...one, yanked: reason.trim() } : one));
  await disk.write(LOCK_FILE, new TextEncoder().encode(formatLock({ entries })), { sync: true });
  terminal.err(`The ${entry.kind} ${version} is yanked: defaults and ranges pass over it.\n`);
  terminal.err(entry.kind === 'bundle' ? defaultText(entry, entries) : usersText(version, entries));
  terminal.err('Run `promptc build`, and commit prompts/promptc.lock.\n');
  return EXIT.fine;
}

function named(version: string, kind: LockEntry['kind'] | undefined, entries: readonly LockEntry[]): LockEntry {
  const found = entries.filter((entry) => `${entry.id}@${entry.version}` === version && (kind === undefined || entry.kind === kind));
  if (found.length > 1) throw new UsageError(`Both a template and a bundle are ${version}. Say which, with --kind.`);
  const [entry] = found;
  if (entry !== undefined) return entry;
  const [id] = version.split('@');
  const known = entries.filter((one) => one.id === id && (kind === undefined || one.kind === kind)).map((one) => one.version);
  const hint =
    known.length === 0
      ? 'A version is written as id@1.2.0.'
      : `Of ${id} it records ${[...new Set(known)].toSorted(semver.rcompare).join(', ')}.`;
  throw new UsageError(`${LOCK_FILE} records no ${kind ?? 'template or bundle'} ${visible(version)}. ${hint}`);
}

/** What requests get that name no version. */
function defaultText({ id }: LockEntry, entries: readonly LockEntry[]): string {
  const usable = entries.filter((one) => one.kind === 'bundle' && one.id === id && one.yanked === undefined);
  const best = semver.maxSatisfying(
    usable.map((one) => one.version),
    '*',
  );
  return best === null
    ? `No version of ${id} is left as the default: requests have to name one.\n`
    : `Requests that name no version get ${id}@${best}.\n`;
}

/** The bundles that were published with a template, and stay as they are. */
function usersText(version: string, entries: readonly LockEntry[]): string {
  const users = entries.filter((one) => one.kind === 'bundle' && one.yanked === undefined && Object.values(one.slots).includes(version));
  if (users.length === 0) return '';
  const names = users.map((one) => `${one.id}@${one.version}`).join(', ');
  return `What was published with it still has it: ${names}. \`promptc bump\` raises the bundles whose range takes another version.\n`;
}
