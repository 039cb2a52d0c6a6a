/**
 * Which versions have to be raised, and to what.
 *
 * In: what is published, what the working tree makes, and the difference between the two. Out: new versions. What
 * always holds: what is not published may keep its version; an exact reference is left alone.
 */
import semver from 'semver';
import type { Build } from '../compile/emit/emit.js';
import type { Bundle, Template } from '../compile/model.js';
import type { Level } from '../format/diff-rule.js';
import type { SlotName } from '../format/artifact.js';
import { LOCK_FILE, type LockEntry } from '../format/lock.js';
import type { ProjectDiff } from './diff/project-diff.js';
import { leastVersion } from './diff/version-cover.js';
import { nameOf } from './lock.js';

export interface Bump {
  readonly prompt: Template | Bundle;
  readonly kind: LockEntry['kind'];
  readonly to: string;
  readonly level: Level;
  /** Why, as the end of a sentence; for what follows, the template that it refers to. */
  readonly why: string;
}

/** A bundle that keeps an exact reference to a version that is raised. */
export interface Lag {
  readonly bundle: Bundle;
  readonly slot: SlotName;
  readonly template: string;
}

export interface BumpRequest {
  readonly build: Build;
  readonly published: ReadonlyMap<string, LockEntry>;
  readonly diff: ProjectDiff;
  /** Only these, and what follows from them; all that changed, if it is empty. */
  readonly ids: readonly string[];
  readonly level: Level | 'auto';
}

const RANK: { readonly [level in Level]: number } = { patch: 0, minor: 1, major: 2 };

export function planBumps({ build, published, diff, ids, level }: BumpRequest): { bumps: Bump[]; lags: Lag[] } {
  const bumps = new Map<Template | Bundle, Bump>();
  const add = (prompt: Template | Bundle, kind: Bump['kind'], by: Level, why: string): void => {
    const wanted = level === 'auto' ? by : level;
    const before = bumps.get(prompt);
    if (before !== undefined && RANK[before.level] >= RANK[wanted]) return;
    bumps.set(prompt, {
      prompt,
      kind,
      level: wanted,
      to: next(prompt.version, wanted, kind, prompt.id, published),
      why: before?.why ?? why,
    });
  };
  const isMeant = ({ id }: Template | Bundle): boolean => ids.length === 0 || ids.includes(id);
  const inTree = ({ prompt }: { prompt: Template | Bundle }): boolean => prompt.source.path !== LOCK_FILE;

  const templates = build.templates.filter(inTree);
  const bundles = build.bundles.filter(inTree);
  for (const [kind, all, found] of [
    ['template', templates, diff.templates],
    ['bundle', bundles, diff.bundles],
  ] as const) {
    for (const { prompt, artifact } of all) {
      const entry = published.get(nameOf({ kind, ...prompt }));
      if (entry === undefined || !isMeant(prompt)) continue;
      const change = found.find(({ id, after }) => id === prompt.id && after === prompt.version);
      const verdict = change?.verdict === undefined || change.verdict === 'none' ? 'patch' : change.verdict;
      if (entry.hash !== artifact.hash) add(prompt, kind, verdict, change?.findings[0]?.rule ?? 'changed');
      else if (ids.length > 0 && level !== 'auto') add(prompt, kind, level, 'asked for');
    }
  }

  const lags: Lag[] = [];
  for (const { prompt: bundle } of bundles) {
    const isPublished = published.has(nameOf({ kind: 'bundle', ...bundle }));
    for (const [slot, reference] of Object.entries(bundle.references)) {
      const bumped = [...bumps.values()].find(({ kind, prompt }) => kind === 'template' && prompt.id === reference.id);
      if (bumped === undefined) continue;
      if (reference.wanted !== undefined && semver.valid(reference.wanted) !== null) {
        if (reference.wanted !== bumped.to) lags.push({ bundle, slot: slot as SlotName, template: `${reference.id}@${bumped.to}` });
      } else if (isPublished && (reference.wanted === undefined || semver.satisfies(bumped.to, reference.wanted))) {
        add(bundle, 'bundle', bumped.level, `follows ${bumped.prompt.id}@${bumped.to}`);
      }
    }
  }
  return { bumps: [...bumps.values()], lags };
}

/** The lowest version that may follow, and that nobody has published yet. */
function next(version: string, level: Level, kind: Bump['kind'], id: string, published: ReadonlyMap<string, LockEntry>): string {
  let to = leastVersion(version, level);
  while (published.has(nameOf({ kind, id, version: to }))) to = semver.inc(to, semver.prerelease(to) === null ? 'patch' : 'prerelease')!;
  return to;
}
