/** Every bench, in the order in which they run. */
import type { Bench } from '../suite/bench.js';
import { build } from './build.js';
import { check } from './check.js';
import { parse } from './parse.js';
import { render } from './render.js';

export const BENCHES: readonly Bench[] = [render, parse, check, build];
