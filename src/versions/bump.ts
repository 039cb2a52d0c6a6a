/**
 * Which versions have to be raised, and to what.
 *
 * In: what is published, what the working tree makes, and the difference between the two. Out: new versions, and the
 * bundles that do not follow. What always holds: a version that is published already is raised only if its content
 * changed or changes with a template, or if it is asked for; a draft, only if it does not cover what changed; a
 * reference is never rewritten.
 */
import semver from 'semver';
import type { Build } from '../compile/emit/emit.js';
import { bundleHash, type LinkedBundleFile, type LinkedTemplate } from '../compile/link/link.js';
import type { Bundle, Reference, Template } from '../compile/model.js';
import type { SlotName } from '../format/artifact.js';
import { type Level, LEVELS, type RuleLevels } from '../format/diff-rule.js';
import { LOCK_FILE, type LockedBundle, type LockEntry } from '../format/lock.js';
import { diffProjects } from './diff/diff-projects.js';
import type { ProjectDiff, PromptDiff, Verdict } from './diff/project-diff.js';
import { templateView } from './diff/project-view.js';
import { versionCover } from './diff/version-cover.js';
import { nameOf } from './lock.js';
import { nextVersion, raisedVersion } from './next-version.js';
import type { PublishedPrompts } from './published.js';

export interface Bump {
  readonly kind: LockEntry['kind'];
  readonly prompt: Template | Bundle;
  readonly to: string;
  readonly level: Level;
  /** For people: the heaviest rule that found something, what is followed, or that it was asked for. */
  readonly why: string;
  /** What the new version should say and does not, since a lower level was asked for. */
  readonly tooLittleFor?: Level;
}

/** A bundle with a reference that does not go along with a template that is raised. */
export interface Lag {
  readonly bundle: Bundle;
  readonly slot: SlotName;
  /** What is raised, and what it is raised to. */
  readonly template: string;
  /**
   * Why it stays: the reference is exact, or a range that does not take the new version; or the lock records an older
   * one for a draft. An exact reference to a draft means a version that is no more.
   */
  readonly reason: 'exact' | 'range' | 'recorded' | 'gone';
}

export interface BumpRequest {
  readonly build: Build;
  readonly published: Pick<PublishedPrompts, 'entries' | 'recorded' | 'yanked'>;
  /** What differs between the base and the working tree. */
  readonly diff: ProjectDiff;
  readonly rules: RuleLevels;
  /** Only these, and what follows from them; all that changed, if it is empty. */
  readonly ids: readonly string[];
  /** `auto` for as much as changed. */
  readonly level: Level | 'auto';
}

/** @returns what to raise, templates first */
export function planBumps(request: BumpRequest): { readonly bumps: readonly Bump[]; readonly lags: readonly Lag[] } {
  return new Planner(request).plan();
}

/** Why something is raised, and how far that has to be; without a level, no further than anything. */
interface Cause {
  readonly level: Verdict;
  readonly why: string;
  /** What it is raised from, if that is not its own version. */
  readonly from?: string | undefined;
}

const ASKED: Cause = { level: 'none', why: 'asked for' };

class Planner {
  readonly #request: BumpRequest;
  readonly #templates: readonly LinkedTemplate[];
  readonly #bundles: readonly LinkedBundleFile[];
  /** Every version that there is, or will be. */
  readonly #taken: Set<string>;
  readonly #raised = new Map<Template | Bundle, Bump>();

  constructor(request: BumpRequest) {
    const { build, published } = request;
    const inTree = ({ prompt }: { prompt: Template | Bundle }): boolean => prompt.source.path !== LOCK_FILE;
    this.#request = request;
    this.#templates = build.templates.filter(inTree);
    this.#bundles = build.bundles.filter(inTree);
    this.#taken = new Set([
      ...published.entries.keys(),
      ...this.#templates.map(({ prompt }) => nameOf({ kind: 'template', ...prompt })),
      ...this.#bundles.map(({ prompt }) => nameOf({ kind: 'bundle', ...prompt })),
    ]);
  }

  plan() {
    const { diff } = this.#request;
    for (const { prompt, artifact } of this.#templates) {
      const entry = this.#published('template', prompt);
      const isEdited = entry !== undefined && entry.hash !== artifact.hash;
      this.#raise('template', prompt, this.#ownCauses(prompt, entry, isEdited, diff.templates));
    }
    for (const { prompt, artifact } of this.#bundles) {
      const entry = this.#published('bundle', prompt) as LockedBundle | undefined;
      const isEdited = entry !== undefined && entry.hash !== artifact.hash && this.#isEdited(prompt, entry);
      const followed = entry === undefined ? [] : this.#followed(prompt, entry);
      this.#raise('bundle', prompt, [...this.#ownCauses(prompt, entry, isEdited, diff.bundles), ...followed]);
    }
    return { bumps: [...this.#raised.values()], lags: this.#bundles.flatMap(({ prompt }) => this.#lags(prompt)) };
  }

  #raise(kind: Bump['kind'], prompt: Template | Bundle, causes: readonly Cause[]): void {
    const [heaviest] = causes.toSorted((a, b) => rank(a.level) - rank(b.level));
    if (heaviest === undefined) return;
    const { id, version } = prompt;
    const isTaken = (one: string): boolean => this.#taken.has(nameOf({ kind, id, version: one }));
    const { level: wanted } = this.#request;
    const change = atLeastPatch(heaviest.level);
    const level = wanted === 'auto' ? change : wanted;
    const from = heaviest.from ?? version;
    const to = wanted === 'auto' ? nextVersion(from, level, isTaken) : raisedVersion(from, level, isTaken);
    this.#taken.add(nameOf({ kind, id, version: to }));
    const isTooLittle = !versionCover(from, to, change).covered;
    this.#raised.set(prompt, { kind, prompt, to, level, why: heaviest.why, ...(isTooLittle && { tooLittleFor: change }) });
  }

  /** What a prompt's own files say. */
  #ownCauses(prompt: Template | Bundle, entry: LockEntry | undefined, isEdited: boolean, diffs: readonly PromptDiff[]): Cause[] {
    const { ids, level } = this.#request;
    if (!this.#isMeant(prompt.id)) return [];
    if (!isEdited && ids.length > 0 && level !== 'auto') return [ASKED];
    const change = diffs.find(({ id, after }) => id === prompt.id && after === prompt.version);
    const why = change?.findings[0]?.rule ?? 'edited';
    const from = change?.before;
    if (isEdited) return [{ level: change?.verdict ?? 'none', why, from: isBelow(prompt.version, from) ? from : undefined }];
    // A draft that somebody gave too low a version, or that has changed since it got its version.
    const isUncovered = entry === undefined && level === 'auto' && change?.version?.covered === false;
    return isUncovered ? [{ level: change.verdict, why, from }] : [];
  }

  /** Whether a bundle's own file says something else than what was published, whatever became of its templates. */
  #isEdited(bundle: Bundle, entry: LockedBundle): boolean {
    const hashes: { [slot: string]: string } = {};
    for (const [slot, reference] of slotsOf(bundle)) {
      const name = isExact(reference) ? `${reference.id}@${reference.wanted}` : entry.slots[slot];
      const template = this.#request.published.entries.get(`template ${name}`);
      if (template === undefined || !isTaken(reference, template)) return true;
      hashes[slot] = template.hash;
    }
    return bundleHash(bundle, hashes) !== entry.hash;
  }

  /** The templates that a published bundle is linked to anew once it is raised. */
  #followed(bundle: Bundle, entry: LockedBundle): Cause[] {
    return slotsOf(bundle).flatMap(([slot, reference]): Cause[] => {
      if (isExact(reference) || (!this.#isMeant(bundle.id) && !this.#isMeant(reference.id))) return [];
      const now = bundle.slots[slot]!;
      const next = this.#next(reference);
      const version = next === undefined ? undefined : (this.#raised.get(next)?.to ?? next.version);
      const name = `${reference.id}@${version}`;
      if (next === undefined || name === entry.slots[slot]) return [];
      const isYanked = this.#isYanked(now);
      // A version that was published since is taken along with the next change, and is no reason for one.
      const isOlder = reference.wanted !== undefined && this.#request.published.entries.has(`template ${name}`);
      if (isOlder && !isYanked) return [];
      const why = isYanked ? `${now.id}@${now.version} is yanked` : `follows ${name}`;
      return [{ level: this.#verdict(bundle, now, next), why }];
    });
  }

  /** The template that a reference would mean, all versions raised. */
  #next({ id, wanted }: Reference): Template | undefined {
    const versionOf = (one: Template): string => this.#raised.get(one)?.to ?? one.version;
    const known = wanted === undefined ? this.#templates : this.#request.build.templates;
    return known
      .map(({ prompt }) => prompt)
      .filter((one) => one.id === id && (wanted === undefined || semver.satisfies(versionOf(one), wanted)))
      .filter((one) => wanted === undefined || this.#raised.has(one) || !this.#isYanked(one))
      .toSorted((a, b) => semver.rcompare(versionOf(a), versionOf(b)))[0];
  }

  /** What a bundle's change weighs, if one template takes another's place in it. */
  #verdict(bundle: Bundle, before: Template, after: Template): Verdict {
    const { build, diff, rules } = this.#request;
    // Edited in place, or taken already: the bundle was compiled with it.
    if (before === after)
      return diff.bundles.find(({ id, after: version }) => id === bundle.id && version === bundle.version)?.verdict ?? 'none';
    const viewOf = (template: Template) => ({
      bundles: [],
      templates: [templateView(build.templates.find(({ prompt }) => prompt === template)!)],
    });
    return diffProjects(viewOf(before), viewOf(after), rules).verdict;
  }

  #lags(bundle: Bundle): Lag[] {
    const raised = this.#raised.get(bundle);
    return slotsOf(bundle).flatMap(([slot, reference]): Lag[] => {
      const bump = [...this.#raised.values()].find(({ kind, prompt }) => kind === 'template' && prompt.id === reference.id);
      if (bump === undefined) return [];
      const lag = { bundle, slot, template: `${reference.id}@${bump.to}` };
      const now = bundle.slots[slot]!;
      if (isExact(reference))
        return [{ ...lag, reason: this.#raised.has(now) && this.#published('template', now) === undefined ? 'gone' : 'exact' }];
      if (!isTaken(reference, { ...bump.prompt, version: bump.to })) return [{ ...lag, reason: 'range' }];
      if (raised !== undefined || reference.wanted === undefined) return [];
      // What a draft was linked to stays, as long as the reference means it.
      const recorded = this.#request.published.recorded(bundle.id, bundle.version)?.slots[slot];
      return recorded !== undefined && this.#request.published.entries.has(`template ${recorded}`) ? [{ ...lag, reason: 'recorded' }] : [];
    });
  }

  #published(kind: Bump['kind'], { id, version }: Template | Bundle): LockEntry | undefined {
    return this.#request.published.entries.get(nameOf({ kind, id, version }));
  }

  #isYanked({ id, version }: Template): boolean {
    return this.#request.published.yanked('template', id, version) !== undefined;
  }

  #isMeant(id: string): boolean {
    return this.#request.ids.length === 0 || this.#request.ids.includes(id);
  }
}

function slotsOf({ references }: Bundle): [SlotName, Reference][] {
  return Object.entries(references) as [SlotName, Reference][];
}

function isExact({ wanted }: Reference): boolean {
  return wanted !== undefined && semver.valid(wanted) !== null;
}

/** Whether a reference can mean a template version. */
function isTaken({ id, wanted }: Reference, template: { readonly id: string; readonly version: string }): boolean {
  return template.id === id && (wanted === undefined || semver.satisfies(template.version, wanted));
}

function isBelow(version: string, other: string | undefined): boolean {
  return other !== undefined && semver.lt(version, other);
}

/** The heaviest first. */
function rank(verdict: Verdict): number {
  return verdict === 'none' ? LEVELS.length : LEVELS.indexOf(verdict);
}

/** A content that differs has another hash, and needs another version, whatever the rules say. */
function atLeastPatch(verdict: Verdict): Level {
  return verdict === 'none' ? 'patch' : verdict;
}
