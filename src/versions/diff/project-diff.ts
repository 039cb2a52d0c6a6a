/** What differs between two projects, as values: prompt by prompt, and what each difference weighs. */
import type { Digest } from '../../base/digest.js';
import type { Role, SlotName } from '../../format/artifact.js';
import type { Level, RuleId } from '../../format/diff-rule.js';
import type { PromptSizes, YankedVersion } from './project-view.js';
import type { Sentence } from './sentence.js';
import type { TextChange } from './text-change.js';
import type { VersionCover } from './version-cover.js';

/** The heaviest of several levels; `none` if no rule has found anything. */
export type Verdict = Level | 'none';

export interface ProjectDiff {
  readonly verdict: Verdict;
  /** Whether every version covers what changed in its prompt. */
  readonly covered: boolean;
  /** Those that differ, by id and version. */
  readonly bundles: readonly BundleDiff[];
  /** The same; also those that bundles use. */
  readonly templates: readonly TemplateDiff[];
  /** What is yanked since. It weighs nothing: no version is another than it was. */
  readonly yanked: readonly YankedVersion[];
}

/** One bundle or template, before and after. */
export interface PromptDiff {
  readonly id: string;
  /** The version before; absent if it is new. */
  readonly before?: string;
  /** The version after; absent if it is gone. */
  readonly after?: string;
  readonly verdict: Verdict;
  /** Absent if there is no published version to compare with. */
  readonly version?: VersionCover;
  /** The heaviest first. */
  readonly findings: readonly Finding[];
}

export interface BundleDiff extends PromptDiff {
  /** Those that differ, in the order in which they are assembled. */
  readonly slots: readonly SlotDiff[];
  /** All of them, by name. */
  readonly examples: readonly ExampleDiff[];
  readonly sizes?: { readonly before?: PromptSizes; readonly after?: PromptSizes };
}

export interface TemplateDiff extends PromptDiff {
  readonly texts: readonly TextDiff[];
  /** The bundles of this diff that show the same change in one of their slots. */
  readonly bundles: readonly string[];
}

/** Something that changed, and what it weighs. */
export interface Finding {
  readonly rule: RuleId;
  readonly level: Level;
  readonly message: Sentence;
  readonly slot?: SlotName;
  /** What brought the change into the prompt, if that is not the prompt's own file. */
  readonly through: readonly Cause[];
  /** Both sides, where a sentence does not hold them. */
  readonly detail?: TextChange;
}

/** A partial, or a template in its versions before and after. */
export type Cause = { readonly partial: string } | { readonly before?: TemplateName; readonly after?: TemplateName };

export interface TemplateName {
  readonly id: string;
  readonly version: string;
  readonly role: Role;
}

export interface SlotDiff {
  readonly slot: SlotName;
  readonly before?: TemplateName;
  readonly after?: TemplateName;
  readonly texts: readonly TextDiff[];
}

/** A text that differs: a template's own, or that of a partial. */
export interface TextDiff {
  readonly partial?: string;
  readonly change: TextChange;
}

export interface ExampleDiff {
  readonly name: string;
  readonly before?: RenderedExample;
  readonly after?: RenderedExample;
  /** Whether the example itself was edited, so that it does not show what the prompt's change does. */
  readonly edited: boolean;
  /** Absent if both sides render the same, and if the example is gone. */
  readonly change?: TextChange;
}

export interface RenderedExample {
  readonly prompt: string;
  readonly hash: Digest;
}
