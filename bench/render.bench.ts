/**
 * What a render costs, next to the least that its text and hashes can cost and next to other engines.
 *
 *     npx vite-node bench/render.bench.ts [--json <file>]
 *
 * Only ratios mean much on a machine that does other work. It fails nothing: the last line says whether the
 * targets are reached.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { CompletePayload } from '../src/format/payload.js';
import { floorOf, hashesWith, joinedStrings } from './render/floor.js';
import { supportAgentPeers } from './render/peers.js';
import type { SupportValues } from './render/templates.js';
import { openCorpus } from './support/corpus.js';
import { buildLibrary } from './support/library.js';
import { type Competitor, median, ratio, timeInterleaved, type Timing } from './support/rounds.js';
import { formatTable } from './support/table.js';

const BUNDLE = 'support-agent';
const ROUNDS = { rounds: 41, warmup: 6, time: 40 };
/** The most that a render may take, in times the floor. */
const MOST = 2;
/** How far from promptc's the length of a peer's text may be before the two do different work. */
const TOLERANCE = 0.03;

const { values: options } = parseArgs({ options: { json: { type: 'string' } } });
const library = await buildLibrary();
const { source, examples } = await openCorpus();
const payload = examples.get(BUNDLE)!;
const generator = new library.PromptGenerator({ bundles: source, templates: source });
const result = await generator.renderFromBundle(BUNDLE, undefined, payload);

const { inputs, ...persona } = payload;
/** The payload with its defaults. */
const complete = { ...persona, inputs: { locale: 'en-GB', ...inputs } } as CompletePayload;
/** What templates see: its values side by side, and a parameter that one of them gives to a partial. */
const values = { ...persona, ...complete.inputs, source: 'customers' } as unknown as SupportValues;

const strings = joinedStrings(result.rendered_prompt, complete);
const takeHashes = hashesWith(library, complete);
const floor = floorOf(result, strings, takeHashes);
const subject: Competitor = {
  name: 'promptc',
  run: async () => (await generator.renderFromBundle(BUNDLE, undefined, payload)).rendered_prompt,
};
const peers = await supportAgentPeers(values);
const hashingPeers = peers.map(withHashes);

console.log(
  `${BUNDLE}: a prompt of ${result.rendered_prompt.length} characters, joined from ${strings.length} strings; a payload of ${library.canonicalJson(complete).length}.`,
);
for (const peer of peers) console.log(await textComparison(peer));

const timings = await timeInterleaved([floor, subject, ...peers, ...hashingPeers], ROUNDS);
const rows = timings.map((timing) => ({
  name: timing.name,
  microseconds: median(timing.rounds),
  toFloor: ratio(timing, timingOf(floor)),
  toPromptc: ratio(timing, timingOf(subject)),
}));
const { toFloor } = rows.find(({ name }) => name === subject.name)!;
const nearest = rows
  .filter(({ name }) => hashingPeers.some((peer) => peer.name === name))
  .reduce((a, b) => (b.toPromptc < a.toPromptc ? b : a));
const targets = [
  { target: `at most ${MOST} times the floor`, reached: toFloor <= MOST, figure: `${toFloor.toFixed(2)} times` },
  {
    target: 'faster than each engine that takes the hashes too',
    reached: nearest.toPromptc > 1,
    figure: `the nearest, ${nearest.name}, takes ${nearest.toPromptc.toFixed(2)} times as long`,
  },
];

console.log();
console.log(
  formatTable(
    ['', 'µs/render', '× floor', '× promptc'],
    rows.map((row) => [row.name, ...[row.microseconds, row.toFloor, row.toPromptc].map((figure) => figure.toFixed(2))]),
  ),
);
console.log();
console.log(targets.map(({ target, reached, figure }) => `${reached ? 'Reached' : 'NOT reached'}: ${target} (${figure}).`).join(' '));
if (options.json !== undefined) {
  const machine = { node: process.version, platform: process.platform, arch: process.arch, cpus: cpus().length };
  await writeFile(options.json, `${JSON.stringify({ bench: 'render', machine, ...ROUNDS, rows, targets }, null, 2)}\n`);
}

/** A peer that takes the hashes too. */
function withHashes({ name, run }: Competitor): Competitor {
  const hashed = (text: string): string => {
    takeHashes(text);
    return text;
  };
  const isAsync = run() instanceof Promise;
  return { name: `${name} + hashes`, run: isAsync ? async () => hashed(await run()) : () => hashed(run() as string) };
}

/** Says whether a peer does the same work. */
async function textComparison({ name, run }: Competitor): Promise<string> {
  const text = await run();
  const expected = result.rendered_prompt;
  if (text === expected) return `${name} makes the same text.`;
  const off = Math.abs(text.length / expected.length - 1);
  const verdict = off > TOLERANCE ? ': NOT COMPARABLE, bench/render/templates.ts has to follow the prompts' : '';
  return `${name} makes ${text.length} characters, ${(off * 100).toFixed(1)} % off${verdict}.`;
}

function timingOf({ name }: Competitor): Timing {
  return timings.find((timing) => timing.name === name)!;
}
