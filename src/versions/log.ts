/**
 * The published versions of a prompt: which commit brought each, and what each changed.
 *
 * In: a repository. Out: the versions that the lock at HEAD records. What always holds: each is compiled from its own
 * files, as they were published, so that no old state of the project has to compile as a whole.
 */
import semver from 'semver';
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { SourceText } from '../base/span.js';
import type { Config } from '../compile/config.js';
import { type Lock, LOCK_FILE, type LockedBundle, type LockedTemplate, type LockEntry } from '../format/lock.js';
import { diffProjects } from './diff/diff-projects.js';
import type { Verdict } from './diff/project-diff.js';
import { type BundleView, type ProjectView, type TemplateView, templateView } from './diff/project-view.js';
import type { Repository } from './git/repository.js';
import { History, lackOfBlobs } from './history.js';
import { LockLines } from './lock-lines.js';
import { byName, nameOf } from './lock.js';
import { findPublications, type Publication } from './publications.js';

export interface LoggedVersion extends Publication {
  readonly entry: LockEntry;
  /**
   * What it changed since the highest version below it that was there before; `new` if there was none. Absent if the
   * files of one of the two are not at hand, or are not what was published.
   */
  readonly verdict?: Verdict | 'new';
}

export interface VersionLog {
  /** By kind, the highest version first. */
  readonly versions: readonly LoggedVersion[];
  /** What of the history is not at hand, as sentences for people. */
  readonly gaps: readonly string[];
}

/** @param lock - the lock at HEAD */
export async function logVersions(repository: Repository, lock: Lock, id: string, config: Pick<Config, 'diff'>): Promise<VersionLog> {
  const entries = lock.entries.filter((entry) => entry.id === id);
  const publications = await findPublications(repository, entries);
  const gaps: string[] = [];
  if ([...publications.values()].some(({ commit }) => commit === undefined)) {
    const { command } = await lackOfBlobs(repository);
    const why = repository.isShallow ? 'is shallow, and does not reach back to every version' : 'does not have every lock that there was';
    gaps.push(`This clone ${why}. Run \`${command}\`.`);
  }
  const views = await viewsOf(entries, lock, repository).catch((error: unknown) => {
    if (!(error instanceof PromptcError) || error.code !== 'history_missing') throw error;
    if (gaps.length === 0) gaps.push(error.message);
    return new Map<LockEntry, ProjectView>();
  });
  const versions = entries
    .toSorted((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : semver.rcompare(a.version, b.version)))
    .map((entry): LoggedVersion => {
      const before = predecessor(entry, publications);
      const verdict = before === undefined ? 'new' : verdictBetween(views.get(before), views.get(entry), config);
      return { entry, ...publications.get(entry)!, ...(verdict && { verdict }) };
    });
  return { versions, gaps };
}

/** The highest version below another that was there when the other came. */
function predecessor(entry: LockEntry, publications: ReadonlyMap<LockEntry, Publication>): LockEntry | undefined {
  const { age } = publications.get(entry)!;
  return [...publications.keys()]
    .filter(({ kind, version }) => kind === entry.kind && semver.lt(version, entry.version))
    .filter((other) => publications.get(other)!.age >= age)
    .toSorted((a, b) => semver.rcompare(a.version, b.version))[0];
}

function verdictBetween(before: ProjectView | undefined, after: ProjectView | undefined, { diff: { rules } }: Pick<Config, 'diff'>) {
  return before && after && diffProjects(before, after, rules).verdict;
}

/** Each version as it was published, without its examples, which no lock holds; without those that are not what it says. */
async function viewsOf(entries: readonly LockEntry[], lock: Lock, repository: Repository): Promise<Map<LockEntry, ProjectView>> {
  // A build says what is wrong with an entry, and where; here its verdict is not known.
  const lines = new LockLines(new SourceText(LOCK_FILE, ''), new Map());
  const history = new History({ output: undefined, repository }, lines, new Diagnostics());
  const all = byName(lock.entries);
  const bundles = entries.filter((entry): entry is LockedBundle => entry.kind === 'bundle');
  const used = new Set<LockEntry | undefined>(entries.filter(({ kind }) => kind === 'template'));
  for (const name of bundles.flatMap(({ slots }) => Object.values(slots))) used.add(all.get(`template ${name}`));
  const linked = await history.templates([...used].filter((entry): entry is LockedTemplate => entry?.kind === 'template'));
  const linkedByName = new Map(linked.map((one) => [nameOf(one.artifact), one]));
  const templates = new Map(linked.map((one): [string, TemplateView] => [one.artifact.hash, templateView(one)]));

  const views = new Map<string, ProjectView>([...templates].map(([hash, view]) => [hash, { bundles: [], templates: [view] }]));
  for (const { artifact } of await history.bundles(bundles, linkedByName)) {
    const slots = Object.entries(artifact.slots).map(([slot, { hash }]) => [slot, templates.get(hash)!]);
    const view: BundleView = {
      artifact,
      constraints: artifact.constraints,
      slots: Object.fromEntries(slots) as BundleView['slots'],
      examples: [],
    };
    views.set(artifact.hash, { bundles: [view], templates: [] });
  }
  return new Map(entries.flatMap((entry) => (views.has(entry.hash) ? [[entry, views.get(entry.hash)!] as const] : [])));
}
