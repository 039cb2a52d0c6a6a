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
import { type Level, LEVELS, type RuleLevels } from '../format/diff-rule.js';
import { LOCK_FILE, type LockedBundle, type LockEntry } from '../format/lock.js';
import { diffProjects } from './diff/diff-projects.js';
import type { ProjectDiff, PromptDiff, Verdict } from './diff/project-diff.js';
import { templateView } from './diff/project-view.js';
import { versionCover } from './diff/version-cover.js';
import { findLags, type Lag } from './lags.js';
import { nameOf } from './lock.js';
import { nextVersion, raisedVersion } from './next-version.js';
import type { PublishedPrompts } from './published.js';
import { isExact, referencesOf, takes } from './references.js';

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
  /** Every template version that a reference can mean, by id. */
  readonly #byId = new Map<string, LinkedTemplate[]>();
  readonly #raised = new Map<Template | Bundle, Bump>();

  constructor(request: BumpRequest) {
    const { build, published } = request;
    this.#request = request;
    this.#templates = build.templates.filter(({ prompt }) => isInTree(prompt));
    this.#bundles = build.bundles.filter(({ prompt }) => isInTree(prompt));
    for (const linked of build.templates) this.#byId.set(linked.prompt.id, [...(this.#byId.get(linked.prompt.id) ?? []), linked]);
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
      const diffs = entry === undefined && this.#isHeld(prompt) ? [] : diff.bundles;
      this.#raise('bundle', prompt, [...this.#ownCauses(prompt, entry, isEdited, diffs), ...followed]);
    }
    const bumps = [...this.#raised.values()];
    const bundles = this.#bundles.map(({ prompt }) => prompt);
    return { bumps, lags: findLags(bundles, bumps, this.#request.published) };
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
    if (entry !== undefined && !isEdited) return [];
    const change = changeOf(prompt, diffs);
    const why = change?.findings[0]?.rule ?? 'edited';
    const from = change?.before;
    if (isEdited) return [{ level: change?.verdict ?? 'none', why, from: isBelow(prompt.version, from) ? from : undefined }];
    // A draft that somebody gave too low a version, or that has changed since it got its version.
    const isUncovered = level === 'auto' && change?.version?.covered === false;
    return isUncovered ? [{ level: change.verdict, why, from }] : [];
  }

  /** Whether a bundle's own file says something else than what was published, whatever became of its templates. */
  #isEdited(bundle: Bundle, entry: LockedBundle): boolean {
    const hashes: { [slot: string]: string } = {};
    for (const [slot, reference] of referencesOf(bundle)) {
      const name = isExact(reference) ? `${reference.id}@${reference.wanted}` : entry.slots[slot];
      const template = this.#request.published.entries.get(`template ${name}`);
      if (template?.id !== reference.id || !takes(reference, template.version)) return true;
      hashes[slot] = template.hash;
    }
    return bundleHash(bundle, hashes) !== entry.hash;
  }

  /** Whether a bundle was compiled with an edit of a published version that it may go on to be linked to as it was. */
  #isHeld(bundle: Bundle): boolean {
    return referencesOf(bundle).some(([slot, { wanted }]) => {
      const now = bundle.slots[slot]!;
      return wanted !== undefined && this.#raised.has(now) && this.#published('template', now) !== undefined;
    });
  }

  /** The templates that a published bundle is linked to anew once it is raised. */
  #followed(bundle: Bundle, entry: LockedBundle): Cause[] {
    return referencesOf(bundle).flatMap(([slot, reference]): Cause[] => {
      if (isExact(reference) || (!this.#isMeant(bundle.id) && !this.#isMeant(reference.id))) return [];
      const now = bundle.slots[slot]!;
      const next = this.#next(reference);
      if (next === undefined) return [];
      const name = `${next.id}@${this.#versionOf(next)}`;
      if (name === entry.slots[slot]) return [];
      const isYanked = next !== now && this.#isYanked(now);
      // A version that was published since is taken along with the next change, and is no reason for one.
      const isOlder = reference.wanted !== undefined && this.#request.published.entries.has(`template ${name}`);
      if (isOlder && !isYanked) return [];
      const why = isYanked ? `${now.id}@${now.version} is yanked` : `follows ${name}`;
      return [{ level: this.#verdict(bundle, now, next), why }];
    });
  }

  /** The template that a reference means once versions are raised: without a version, the one in the tree. */
  #next(reference: Reference): Template | undefined {
    return (this.#byId.get(reference.id) ?? [])
      .map(({ prompt }) => prompt)
      .filter((one) => takes(reference, this.#versionOf(one)))
      .filter((one) => (reference.wanted === undefined ? isInTree(one) : this.#raised.has(one) || !this.#isYanked(one)))
      .toSorted((a, b) => semver.rcompare(this.#versionOf(a), this.#versionOf(b)))[0];
  }

  /** What a bundle's change weighs, if one template takes another's place in it. */
  #verdict(bundle: Bundle, before: Template, after: Template): Verdict {
    const { diff, rules } = this.#request;
    // Edited in place: the bundle was compiled with it.
    if (before === after) return changeOf(bundle, diff.bundles)?.verdict ?? 'none';
    const viewOf = (template: Template) => {
      const linked = this.#byId.get(template.id)!.find(({ prompt }) => prompt === template)!;
      return { bundles: [], templates: [templateView(linked)] };
    };
    return diffProjects(viewOf(before), viewOf(after), rules).verdict;
  }

  /** As it will be. */
  #versionOf(prompt: Template): string {
    return this.#raised.get(prompt)?.to ?? prompt.version;
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

function isInTree({ source }: Template | Bundle): boolean {
  return source.path !== LOCK_FILE;
}

function changeOf({ id, version }: Template | Bundle, diffs: readonly PromptDiff[]): PromptDiff | undefined {
  return diffs.find((one) => one.id === id && one.after === version);
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
