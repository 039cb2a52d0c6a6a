/** Comparisons that many bundles share, since they share templates and examples: each is made once. */
import type { Change } from './change.js';
import { instructionChanges } from './instruction-changes.js';
import type { TemplateView } from './project-view.js';
import { type TextChange, textChange } from './text-change.js';

export class SharedComparisons {
  readonly #texts = new PairMap<string, TextChange>();
  readonly #instructions = new PairMap<TemplateView, readonly Change[]>();

  textChange(before: string, after: string): TextChange {
    return this.#texts.get(before, after, () => textChange(before, after));
  }

  instructionChanges(before: TemplateView, after: TemplateView): readonly Change[] {
    return this.#instructions.get(before, after, () => instructionChanges(before.artifact.operations, after.artifact.operations));
  }
}

/** Values by two keys. */
class PairMap<Key, Value> {
  readonly #rows = new Map<Key, Map<Key, Value>>();

  get(first: Key, second: Key, make: () => Value): Value {
    const row = this.#rows.get(first) ?? new Map<Key, Value>();
    this.#rows.set(first, row);
    const value = row.get(second) ?? make();
    row.set(second, value);
    return value;
  }
}
