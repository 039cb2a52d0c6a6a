/** Which partials brought a change of a text. */
import type { Change } from './change.js';
import { VALUE } from './instructions.js';
import type { Cause } from './project-diff.js';
import type { TemplateView } from './project-view.js';

/** @param changed - the partials whose texts differ */
export function partialCauses(change: Change, before: TemplateView, after: TemplateView, changed: readonly string[]): Cause[] {
  const isCause = (partial: string): boolean => {
    const [old, fresh] = [before, after].map(({ partials }) => partials.get(partial) ?? '') as [string, string];
    if (change.sentences !== undefined) {
      const texts = [old, fresh].map((text) => text.replaceAll(/\s+/g, ' '));
      return change.sentences.some(
        (sentence) => texts.some((text) => holds(text, sentence)) && !texts.every((text) => holds(text, sentence)),
      );
    }
    return change.rule !== 'logic-changed' || tagsOf(old) !== tagsOf(fresh);
  };
  return changed.filter(isCause).map((partial) => ({ partial }));
}

/** Whether all that a sentence says stands in a text, whatever the values in between. */
function holds(text: string, sentence: string): boolean {
  return sentence.split(VALUE).every((part) => text.includes(part.trim()));
}

function tagsOf(text: string): string {
  return (text.match(/\{\{[^}]*\}\}/g) ?? []).join('\n');
}
