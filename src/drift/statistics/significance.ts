/** The share of random orders that came to as much as what was seen, which is counted as one of them. */
export function significance(deviate: number, byChance: Float64Array): number {
  let asMuch = 1;
  for (const other of byChance) if (other >= deviate) asMuch++;
  return asMuch / (byChance.length + 1);
}

/** The greatest of several groups, order by order: what chance comes to in a report of them all. */
export function greatestByChance(groups: readonly Float64Array[], orders: number): Float64Array {
  const greatest = new Float64Array(orders).fill(-Infinity);
  for (const group of groups) for (let i = 0; i < orders; i++) greatest[i] = Math.max(greatest[i]!, group[i]!);
  return greatest;
}
