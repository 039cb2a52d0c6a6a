/**
 * The language against Handlebars, which it promises to render like: 20,000 cases, each a random template
 * with a random input.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.js';
import { DEFAULT_RENDER_LIMITS } from '../../src/render/limits.js';
import { run } from '../../src/render/machine.js';
import { Choices } from './choices.js';
import { generateInput } from './generated-input.js';
import { FEATURES, type Feature, type GeneratedTemplate, generateTemplate, INDEX } from './generated-template.js';
import { compileWithHandlebars, standing, Undecided } from './handlebars-oracle.js';
import { compile } from './render.js';

/** Each is tried with two inputs; Handlebars leaves some undecided, about one case in twenty. */
const TEMPLATES = 10_800;
const LEAST_CASES = 20_000;
/** More than enough: it takes ten or so. */
const SECONDS = 300;
/** Of the cases, how many must use each feature. */
const LEAST_SHARE = 0.01;

/** `PROMPTC_SEED=… npx vitest run test/language/differential.test.ts` repeats a run. */
const seed = Number(process.env['PROMPTC_SEED'] ?? Date.now() % 2 ** 31);

const generatedCase = fc.tuple(fc.noBias(bytes(350)), fc.noBias(bytes(100)), fc.noBias(bytes(100))).map(([template, ...inputs]) => ({
  generated: generateTemplate(new Choices(template)),
  inputs: inputs.map((input) => generateInput(new Choices(input))),
}));

function bytes(most: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: 30, maxLength: most, size: 'max' });
}

test('renders random templates as Handlebars does', { timeout: SECONDS * 1000 }, () => {
  console.log(`PROMPTC_SEED=${seed}`);
  const counts = new Map<Feature, number>(FEATURES.map((feature) => [feature, 0]));
  let cases = 0;
  fc.assert(
    fc.property(generatedCase, ({ generated, inputs }) => {
      const [handlebars, promptc] = [compileWithHandlebars(generated), compileWithPromptc(generated)];
      const features = [...generated.features, ...featuresOfPartials(generated)];
      for (const input of inputs) {
        const expected = unlessUndecided(() => handlebars(input));
        if (expected === undefined) continue;
        const rendered = promptc(input);
        if (rendered !== expected) throw new Error(explain(generated, input, expected, rendered));
        cases++;
        for (const feature of features) counts.set(feature, counts.get(feature)! + 1);
      }
    }),
    { seed, numRuns: TEMPLATES },
  );
  console.log(`${cases} cases: ${[...counts].map(([feature, count]) => `${feature} ${count}`).join(', ')}`);
  expect(cases).toBeGreaterThanOrEqual(LEAST_CASES);
  expect([...counts].filter(([, count]) => count < cases * LEAST_SHARE)).toEqual([]);
});

function unlessUndecided(render: () => string): string | undefined {
  try {
    return render();
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}

function compileWithPromptc({ template, partials }: GeneratedTemplate): (input: JsonObject) => string {
  const written = (text: string): string => text.replaceAll(INDEX, '');
  const program = compile(written(template), Object.fromEntries(Object.entries(partials).map(([name, text]) => [name, written(text)])));
  return (input) => run(program, input, '', DEFAULT_RENDER_LIMITS);
}

function featuresOfPartials({ template, partials, inclusions }: GeneratedTemplate): Feature[] {
  const texts = [template, ...Object.values(partials)];
  const alone = Object.values(inclusions).filter(
    (tag) =>
      standing(
        tag,
        texts.find((text) => text.includes(tag))!,
      ).isAlone,
  );
  if (alone.length === 0) return [];
  const isIndented = alone.some((tag) => texts.some((text) => text.includes(` ${tag}`) || text.includes(`\t${tag}`)));
  return isIndented ? ['partial on its own line', 'indented partial'] : ['partial on its own line'];
}

function explain({ template, partials }: GeneratedTemplate, input: JsonObject, handlebars: string, promptc: string): string {
  const parts = Object.entries({ template, partials, input, handlebars, promptc });
  return parts.map(([label, value]) => `${label.padEnd(10)} ${JSON.stringify(value).replaceAll(INDEX, '')}`).join('\n');
}
