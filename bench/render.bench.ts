/**
 * What a render costs, next to the least that its text and hashes can cost and next to other engines.
 *
 *     npx vite-node bench/render.bench.ts [--json <file>]
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../src/base/canonical-json.js';
import { sha256 } from '../src/base/digest.js';
import { supportAgentPeers } from './render/peers.js';
import type { SupportValues } from './render/templates.js';
import { openCorpus } from './support/corpus.js';
import { type Competitor, median, ratio, timeInterleaved, type Timing } from './support/rounds.js';
import { formatTable } from './support/table.js';

const BUNDLE = 'support-agent';
const ROUNDS = { rounds: 31, warmup: 5, time: 40 };
/** The most that a render may take, in times the floor. */
const TARGET = 2;
/** How far from promptc's the length of a peer's text may be before the two do different work. */
const TOLERANCE = 0.03;

const { values: options } = parseArgs({ options: { json: { type: 'string' } } });
const { generator, example } = await openCorpus();
const payload = example(BUNDLE);
const result = await generator.renderFromBundle(BUNDLE, undefined, payload);
const { inputs, ...persona } = payload;
/** The payload with its defaults: what the hashes are taken over. */
const complete = { ...persona, inputs: { locale: 'en-GB', ...inputs } };
/** What templates see: that, side by side, and the parameter of a partial. */
const values = { ...persona, ...complete.inputs, source: 'customers' } as unknown as SupportValues;

const floor = joinAndHash();
const subject: Competitor = {
  name: 'promptc',
  run: async () => (await generator.renderFromBundle(BUNDLE, undefined, payload)).rendered_prompt,
};
const peers = await supportAgentPeers(values);
const hashingPeers = peers.map(hashing);

console.log(`A prompt of ${result.rendered_prompt.length} characters, a payload of ${canonicalJson(complete).length}.`);
for (const peer of peers) console.log(await comparedText(peer));

const timings = await timeInterleaved([floor, subject, ...peers, ...hashingPeers], ROUNDS);
const rows = timings.map((timing) => ({
  name: timing.name,
  microseconds: median(timing.rounds),
  toFloor: ratio(timing, timingOf(floor)),
  toPromptc: ratio(timing, timingOf(subject)),
}));
const hashingRows = rows.filter(({ name }) => hashingPeers.some((peer) => peer.name === name));
const toFloor = ratio(timingOf(subject), timingOf(floor));
const nearest = hashingRows.reduce((a, b) => (b.toPromptc < a.toPromptc ? b : a));
const targets = [
  { target: `at most ${TARGET} times the floor`, reached: toFloor <= TARGET, figure: `${toFloor.toFixed(2)} times` },
  {
    target: 'faster than each peer that hashes too',
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

/**
 * The least that a render with its hashes can cost: the prompt's lines, joined, and both hashes. It makes
 * the very text and hashes that promptc makes.
 */
function joinAndHash(): Competitor {
  const { rendered_prompt, prompt_hash, personality_hash } = result;
  // Cloned, so that each line is a string of its own and not a window into the prompt.
  const lines = structuredClone(rendered_prompt.split(/(?<=\n)/));
  let digests: readonly string[] = [];
  const run = (): string => {
    let prompt = '';
    for (const line of lines) prompt += line;
    digests = [sha256(prompt), sha256(canonicalJson(complete))];
    return prompt;
  };
  if (run() !== rendered_prompt || digests[0] !== prompt_hash || digests[1] !== personality_hash) {
    throw new Error('The floor makes something else than promptc does.');
  }
  return { name: 'floor: join and hash', run };
}

/** A peer that also takes the two hashes that promptc takes. */
function hashing({ name, run }: Competitor): Competitor {
  const hash = (text: string): string => {
    digests = [sha256(text), sha256(canonicalJson(complete))];
    return text;
  };
  let digests: readonly string[] = [];
  const first = run();
  return {
    name: `${name} + hashes`,
    run: typeof first === 'string' ? () => hash(run() as string) : async () => hash(await run()),
  };
}

/** Says whether a peer does the same work. */
async function comparedText({ name, run }: Competitor): Promise<string> {
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
