/** Every bench, in the order in which they run. */
import type { Bench } from '../suite/bench.js';
import { answers } from './answers.js';
import { build } from './build.js';
import { check } from './check.js';
import { edit } from './edit.js';
import { lock } from './lock.js';
import { parse } from './parse.js';
import { render } from './render.js';
import { server } from './server.js';
import { start } from './start.js';
import { swap } from './swap.js';

export const BENCHES: readonly Bench[] = [render, parse, check, build, edit, answers, start, server, lock, swap];
