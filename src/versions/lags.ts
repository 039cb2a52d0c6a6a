/** Bundles that refer to a template which is raised, and do not go along with it. */
import type { Bundle } from '../compile/model.js';
import type { SlotName } from '../format/artifact.js';
import type { Bump } from './bump.js';
import type { PublishedPrompts } from './published.js';
import { isExact, referencesOf, takes } from './references.js';

export interface Lag {
  readonly bundle: Bundle;
  readonly slot: SlotName;
  /** The new version of the template, as `id@version`. */
  readonly template: string;
  /**
   * Why it does not: its reference is exact, or is a range without the new version, or is a draft's, and the lock holds
   * it to an older version; `gone` for an exact reference to a draft, a version that is no more.
   */
  readonly reason: 'exact' | 'range' | 'recorded' | 'gone';
}

/** @param bundles - those of the working tree */
export function findLags(
  bundles: readonly Bundle[],
  bumps: readonly Bump[],
  published: Pick<PublishedPrompts, 'entries' | 'recorded'>,
): Lag[] {
  const raised = new Set(bumps.map(({ prompt }) => prompt));
  const templates = new Map(bumps.filter(({ kind }) => kind === 'template').map((bump) => [bump.prompt.id, bump]));
  return bundles.flatMap((bundle) =>
    referencesOf(bundle).flatMap(([slot, reference]): Lag[] => {
      const bump = templates.get(reference.id);
      if (bump === undefined) return [];
      const lag = { bundle, slot, template: `${reference.id}@${bump.to}` };
      if (isExact(reference)) {
        const isGone = raised.has(bundle.slots[slot]!) && !published.entries.has(`template ${reference.id}@${reference.wanted}`);
        return [{ ...lag, reason: isGone ? 'gone' : 'exact' }];
      }
      if (!takes(reference, bump.to)) return [{ ...lag, reason: 'range' }];
      if (reference.wanted === undefined || raised.has(bundle)) return [];
      const recorded = published.recorded(bundle.id, bundle.version)?.slots[slot];
      return recorded !== undefined && published.entries.has(`template ${recorded}`) ? [{ ...lag, reason: 'recorded' }] : [];
    }),
  );
}
