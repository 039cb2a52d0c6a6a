/** A template's text to what is run of it: operations here, a syntax tree or a function in other engines. */
import { Eta } from 'eta';
import Handlebars from 'handlebars';
import { Liquid } from 'liquidjs';
import Mustache from 'mustache';
import { KILOBYTE } from '../render/cases.js';
import { HANDLEBARS_OPTIONS, LIQUID_OPTIONS } from '../render/engines.js';
import { defineBench } from '../suite/bench.js';
import { buildSource } from '../support/library.js';
import { type Runs, timedSeries } from '../support/timed.js';

const SUBJECT = 'promptc, text to operations';
const PEERS = ['Handlebars.parse', 'Handlebars.precompile', 'Mustache parse', 'Liquid parse', 'Eta compile'];
const MOST = 40;

export const parse = defineBench<Runs>({
  name: 'parse',
  measures: 'a template of 1 kB with values, conditions and a loop, from its text to what is run',
  kind: 'function',
  series: ({ time }) => [
    timedSeries(SUBJECT, time, { to: 'Handlebars.parse' }),
    timedSeries('promptc, text to syntax tree', time, { to: SUBJECT }),
    ...PEERS.map((name) => timedSeries(name, time, { to: SUBJECT })),
  ],
  goals: () => [
    { what: '1 kB to operations, µs', series: SUBJECT, most: MOST },
    { what: 'promptc next to Handlebars.parse (40 µs to 410)', series: SUBJECT, to: 'Handlebars.parse', most: round(MOST / 410) },
    {
      what: 'promptc next to Handlebars.precompile (40 µs to 1,850)',
      series: SUBJECT,
      to: 'Handlebars.precompile',
      most: round(MOST / 1850),
    },
  ],
  charts: () => [{ name: 'parse', title: 'A template of 1 kB, from text to what is run', figure: 'µs', series: [SUBJECT, ...PEERS] }],
  profiled: () => SUBJECT,
  async prepare(): Promise<Runs> {
    const parts = (await buildSource('bench/support/parse-parts.ts')) as typeof import('../support/parse-parts.js');
    const { limits } = parts.DEFAULT_CONFIG;
    const text = KILOBYTE.handlebars;
    const noPartials = new Map();
    const tree = () => {
      const source = new parts.SourceText('a.md', text);
      const diagnostics = new parts.Diagnostics();
      const nodes = parts.parseTemplate(text, source, 0, limits.blockDepth, diagnostics);
      if (diagnostics.errorCount > 0) throw new Error('the template does not parse');
      return { source, nodes };
    };
    const [liquid, eta] = [new Liquid(LIQUID_OPTIONS), new Eta({ autoEscape: false })];
    return new Map<string, () => { readonly length: number }>([
      [SUBJECT, () => parts.lower(tree(), noPartials).operations],
      ['promptc, text to syntax tree', () => tree().nodes],
      ['Handlebars.parse', () => Handlebars.parse(text).body],
      ['Handlebars.precompile', () => Handlebars.precompile(text, HANDLEBARS_OPTIONS) as string],
      // A writer keeps what it parsed once.
      ['Mustache parse', () => new Mustache.Writer().parse(KILOBYTE.mustache)],
      ['Liquid parse', () => liquid.parse(KILOBYTE.liquid)],
      ['Eta compile', () => eta.compile(KILOBYTE.eta)],
    ]);
  },
});

function round(ratio: number): number {
  return Number(ratio.toFixed(3));
}
