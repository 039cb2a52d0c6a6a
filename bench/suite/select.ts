/** Which benches run, and at what scale: the part of the command lines that all have. */
import type { Bench } from './bench.js';
import { BENCHES } from '../benches/all.js';
import type { ScaleName } from './scales.js';

export const SCALE_OPTIONS = { quick: { type: 'boolean', default: false }, full: { type: 'boolean', default: false } } as const;

export function scaleOf({ quick, full }: { readonly quick: boolean; readonly full: boolean }): ScaleName {
  if (quick && full) throw new Error('--quick and --full are two scales: give one of them.');
  return quick ? 'quick' : full ? 'full' : 'default';
}

/** The named benches, or those that run without being named. */
export function selectBenches(names: readonly string[]): readonly Bench[] {
  const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown !== undefined) throw new Error(`There is no bench ${unknown}, but there are ${BENCHES.map(({ name }) => name).join(', ')}.`);
  return BENCHES.filter(({ name, onlyByName }) => (names.length === 0 ? onlyByName !== true : names.includes(name)));
}
