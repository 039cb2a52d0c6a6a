/** What differs between two builds. */
import type { Build } from '../compile/emit/emit.js';

/** Templates or bundles, as `id@version`, sorted. */
export type PromptNames = readonly string[];

export interface ChangedPrompts {
  readonly templates: PromptNames;
  readonly bundles: PromptNames;
}

/** The versions that one of two builds has and the other has not, or has otherwise. */
export function changedPrompts(before: Build | undefined, after: Build): ChangedPrompts {
  return {
    templates: changedAmong(before?.templates ?? [], after.templates),
    bundles: changedAmong(before?.bundles ?? [], after.bundles),
  };
}

interface Linked {
  readonly prompt: { readonly id: string; readonly version: string };
  readonly reference: { readonly digest: string };
}

/** Most of ten thousand are the same at the same place: only what is between the first and the last that differ is looked up. */
function changedAmong(before: readonly Linked[], after: readonly Linked[]): string[] {
  const isSame = (a: Linked | undefined, b: Linked | undefined): boolean => a === b || a?.reference.digest === b?.reference.digest;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && isSame(before[start], after[start])) start++;
  let end = 0;
  while (end < most - start && isSame(before.at(-1 - end), after.at(-1 - end))) end++;
  const old = new Map(before.slice(start, before.length - end).map((one) => [nameOf(one), one]));
  const changed: string[] = [];
  for (const one of after.slice(start, after.length - end)) {
    const name = nameOf(one);
    if (!isSame(old.get(name), one)) changed.push(name);
    old.delete(name);
  }
  return [...changed, ...old.keys()].toSorted();
}

function nameOf({ prompt: { id, version } }: Linked): string {
  return `${id}@${version}`;
}
