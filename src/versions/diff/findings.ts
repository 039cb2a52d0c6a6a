import type { SlotName } from '../../format/artifact.js';
import { LEVELS, RULE_IDS, type RuleLevels } from '../../format/diff-rule.js';
import type { Change } from './change.js';
import type { Cause, Finding, Verdict } from './project-diff.js';

/** Collects what changed in one prompt, as far as its rule is not off. */
export class Findings {
  readonly #list: Finding[] = [];
  #changes = 0;

  constructor(readonly levels: RuleLevels) {}

  report({ rule, message, detail }: Change, extras: { slot?: SlotName; through?: readonly Cause[] } = {}): void {
    this.#changes++;
    const level = this.levels[rule];
    if (level === 'off') return;
    const { slot, through = [] } = extras;
    this.#list.push({
      rule,
      level,
      message,
      through,
      ...(slot === undefined ? {} : { slot }),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  /** How many changes there are, those included whose rule is off. */
  get changeCount(): number {
    return this.#changes;
  }

  /** The heaviest first, then in the order of the rules, then as they were reported. */
  sorted(): Finding[] {
    return this.#list.toSorted(
      (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || RULE_IDS.indexOf(a.rule) - RULE_IDS.indexOf(b.rule),
    );
  }
}

export function heaviest(verdicts: readonly Verdict[]): Verdict {
  return LEVELS.find((level) => verdicts.includes(level)) ?? 'none';
}
