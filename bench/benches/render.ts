/**
 * What a render costs, next to the least that its text and hashes can cost, and next to other engines that take the same
 * hashes. promptc checks its payload besides.
 */
import type { CompletePayload, Payload } from '../../src/format/payload.js';
import { CASES, type RenderCase } from '../render/cases.js';
import { dotprompt, ENGINES, enginesFor, handlebars, langChain, mustache } from '../render/engines.js';
import { floorOf, hashesWith, joinedStrings, type TakeHashes } from '../render/floor.js';
import { DOTPROMPT_TEMPLATE, HANDLEBARS_TEMPLATE, MUSTACHE_TEMPLATE, mustacheView, type SupportValues } from '../render/templates.js';
import { defineBench, type Scale, type Series } from '../suite/bench.js';
import { openCorpus } from '../support/corpus.js';
import { buildLibrary, type Library } from '../support/library.js';
import { type Run, type Runs, timedSeries } from '../support/timed.js';

/** A bundle of four slots, whose texts were written by hand for other engines. */
const BUNDLE = 'support-agent';
const BUNDLE_ENGINES = ['Handlebars', 'Mustache', 'LangChain', 'dotprompt'] as const;
/** How far from promptc's the length of an engine's text may be: a list is written otherwise here and there. */
const TOLERANCE = 0.03;

export const render = defineBench<Runs>({
  name: 'render',
  measures: 'one render by size and feature, checked and with hashes; engines take the hashes too, but for those "without hashes"',
  kind: 'function',
  series,
  goals: () => [
    { what: `${BUNDLE} next to its floor`, series: subjectOf(BUNDLE), to: floorNameOf(BUNDLE), most: 2 },
    ...BUNDLE_ENGINES.map((engine) => ({
      what: `${engine} with hashes next to promptc, ${BUNDLE}`,
      series: `${engine}, ${BUNDLE}`,
      to: subjectOf(BUNDLE),
      least: 1,
    })),
  ],
  charts: () => [
    chartOf(BUNDLE, BUNDLE_ENGINES, 'A prompt of four slots, with hashes'),
    chartOf('loop of 50', ENGINES, 'A loop of 50, with hashes'),
    chartOf('1 kB', ENGINES, 'A text of 1 kB, with hashes'),
  ],
  profiled: () => subjectOf(BUNDLE),
  async prepare() {
    const library = await buildLibrary();
    return new Map([...(await bundleRuns(library)), ...(await Promise.all(CASES.map((one) => caseRuns(library, one)))).flat()]);
  },
});

function series({ time }: Scale): Series<Runs>[] {
  const all = CASES.map(({ name }) => [name, ENGINES] as const);
  const withHashes = [[BUNDLE, BUNDLE_ENGINES] as const, ...all].flatMap(([name, engines]) => [
    timedSeries(floorNameOf(name), time),
    timedSeries(subjectOf(name), time, { to: floorNameOf(name) }),
    ...engines.map((engine) => timedSeries(`${engine}, ${name}`, time, { to: subjectOf(name) })),
  ]);
  return [...withHashes, ...BUNDLE_ENGINES.map((engine) => timedSeries(withoutHashes(engine), time, { to: subjectOf(BUNDLE) }))];
}

function subjectOf(name: string): string {
  return `promptc, ${name}`;
}

function floorNameOf(name: string): string {
  return `floor, ${name}`;
}

function withoutHashes(engine: string): string {
  return `${engine}, ${BUNDLE}, without hashes`;
}

function chartOf(name: string, engines: readonly string[], title: string) {
  const file = `render-${name.replaceAll(' ', '-').toLowerCase()}`;
  return {
    name: file,
    title,
    figure: 'µs',
    series: [floorNameOf(name), subjectOf(name), ...engines.map((engine) => `${engine}, ${name}`)],
  };
}

async function bundleRuns(library: Library): Promise<[string, Run][]> {
  const { source, examples } = await openCorpus();
  const generator = new library.PromptGenerator({ bundles: source, templates: source });
  const payload = examples.get(BUNDLE)!;
  const { inputs, ...persona } = payload;
  const complete = { ...persona, inputs: { locale: 'en-GB', ...inputs } } as CompletePayload;
  /** What templates see: its values side by side, and a parameter that one of them gives to a partial. */
  const values = { ...persona, ...complete.inputs, source: 'customers' } as unknown as SupportValues;
  const engines: { [name in (typeof BUNDLE_ENGINES)[number]]: Run } = {
    Handlebars: handlebars(HANDLEBARS_TEMPLATE, values),
    Mustache: mustache(MUSTACHE_TEMPLATE, mustacheView(values)),
    LangChain: langChain(MUSTACHE_TEMPLATE, mustacheView(values)),
    dotprompt: await dotprompt(DOTPROMPT_TEMPLATE, values),
  };
  const takeHashes = hashesWith(library, complete);
  const runs = await subjectRuns(generator, { name: BUNDLE, payload, complete }, takeHashes);
  for (const [engine, run] of Object.entries(engines)) {
    await expectSameText(engine, run, runs[1]![1], TOLERANCE);
    runs.push([`${engine}, ${BUNDLE}`, hashed(run, takeHashes)], [withoutHashes(engine), run]);
  }
  return runs;
}

async function caseRuns(library: Library, one: RenderCase): Promise<[string, Run][]> {
  const { name, inputs, values, handlebars: content } = one;
  const id = 'case';
  const bundles = new library.InlineBundleSource({
    templates: [{ id, version: '1.0.0', role: 'system', inputs, content }],
    bundles: [{ id, version: '1.0.0', slots: { system: `${id}@1.0.0` } }],
  });
  const generator = new library.PromptGenerator({ bundles, templates: bundles });
  const payload = { inputs: values };
  const complete = { semantic_traits: {}, activity_level: 0, stress: 0, task: '', inputs: values };
  const takeHashes = hashesWith(library, complete);
  const runs = await subjectRuns(generator, { name, id, payload, complete }, takeHashes);
  for (const [engine, run] of Object.entries(await enginesFor(one))) {
    await expectSameText(engine, run, runs[1]![1], 0);
    runs.push([`${engine}, ${name}`, hashed(run, takeHashes)]);
  }
  return runs;
}

interface Subject {
  readonly name: string;
  /** The bundle's, unless it is the name. */
  readonly id?: string;
  readonly payload: Payload;
  readonly complete: CompletePayload;
}

/** The floor, and promptc. */
async function subjectRuns(
  generator: InstanceType<Library['PromptGenerator']>,
  { name, id = name, payload, complete }: Subject,
  takeHashes: TakeHashes,
): Promise<[string, Run][]> {
  const result = await generator.renderFromBundle(id, undefined, payload);
  return [
    [floorNameOf(name), floorOf(result, joinedStrings(result.rendered_prompt, complete), takeHashes)],
    [subjectOf(name), async () => (await generator.renderFromBundle(id, undefined, payload)).rendered_prompt],
  ];
}

/** An engine that takes the hashes of its text and of the payload too. */
function hashed(run: Run, takeHashes: TakeHashes): Run {
  const withHashes = (text: { readonly length: number }) => {
    takeHashes(text as string);
    return text;
  };
  return run() instanceof Promise ? async () => withHashes(await run()) : () => withHashes(run() as string);
}

/** @throws if an engine does other work, so that comparing it would say nothing */
async function expectSameText(engine: string, run: Run, subject: Run, tolerance: number): Promise<void> {
  const [text, expected] = [((await run()) as string).trimEnd(), ((await subject()) as string).trimEnd()];
  if (tolerance === 0 ? text === expected : Math.abs(text.length / expected.length - 1) <= tolerance) return;
  throw new Error(`${engine} makes another text than promptc does, so bench/render has to follow:\n${text}\n───\n${expected}`);
}
