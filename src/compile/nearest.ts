import { closestMatch } from 'leven';

/**
 * The candidate that a misspelt name most likely meant, or `undefined` if none is near: one that differs in
 * case or in Unicode's form only, else one with two letters swapped, else one that differs in at most a third of
 * the name's letters, and at least one.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates];
  const folded = fold(name);
  let swapped: string | undefined;
  for (const candidate of known) {
    const other = fold(candidate);
    if (other === folded) return candidate;
    if (isSwapped(folded, other)) swapped ??= candidate;
  }
  return swapped ?? closestMatch(name.slice(0, 64), known, { maxDistance: Math.max(1, Math.floor(name.length / 3)) });
}

/** Whether two neighbouring letters have changed places, which an edit distance takes for two mistakes. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** As many keys as a bundle has, and a few more; of longer lists nobody reads all. */
const MOST_LISTED = 16;

/** "Did you mean …?" for a misspelt name; without a near one, the list of what there is, if it is short. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates];
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (known.length === 0 || known.length > MOST_LISTED) return undefined;
  return `Known here: ${known.join(', ')}.`;
}
