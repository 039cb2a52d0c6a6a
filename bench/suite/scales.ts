/** How much is measured: a few minutes, some ten, or all of it. */
import type { Scale } from './bench.js';

const DEFAULT: Scale = {
  sizes: [100, 1000, 10_000],
  rounds: { function: { counted: 21, warmup: 6 }, process: { counted: 7, warmup: 0 } },
  time: 20,
  load: 1,
};

export const SCALES = {
  quick: { ...DEFAULT, sizes: [100, 1000], rounds: { function: { counted: 15, warmup: 5 }, process: { counted: 6, warmup: 0 } }, time: 15 },
  default: DEFAULT,
  full: { ...DEFAULT, sizes: [100, 1000, 10_000, 50_000] },
} satisfies { readonly [name: string]: Scale };

export type ScaleName = keyof typeof SCALES;
