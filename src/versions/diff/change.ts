import type { RuleId } from '../../format/diff-rule.js';
import type { Sentence } from './sentence.js';
import type { TextChange } from './text-change.js';

/** Something that differs, and the rule that it falls under. */
export interface Change {
  readonly rule: RuleId;
  readonly message: Sentence;
  /** The input or constraint that it is about. */
  readonly name?: string;
  /** The sentences of a text that it is about, those that are gone and those that came. */
  readonly sentences?: readonly string[];
  /** Both sides, where a sentence does not hold them. */
  readonly detail?: TextChange;
}
