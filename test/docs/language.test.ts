/** docs/language.md: its examples are run, its tables are held to the code. */
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { trimBody } from '../../src/base/trim-body.js';
import { DEFAULT_CONFIG } from '../../src/compile/config.js';
import { HELPER_NAMES } from '../../src/format/operation.js';
import { type Example, examplesOf, promptcOutput } from './examples.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('language.md');
const examples = examplesOf(page.blocks);
const compared = examples.filter((example) => example.handlebars !== undefined);

describe('docs/language.md', () => {
  it('has its examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(35);
    expect(compared.length).toBeGreaterThanOrEqual(9);
    expect(examples.filter((example) => example.isError).length).toBeGreaterThanOrEqual(1);
  });

  it.each(examples.map((example) => [example.name, example] as const))('%s', async (_name, example) => {
    expect(await promptcOutput(example)).toBe(trimBody(example.output));
  });

  it.each(compared.map((example) => [example.name, example] as const))('Handlebars, %s', (_name, example) => {
    expect(handlebarsOutput(example)).toBe(example.handlebars);
    expect(example.handlebars).not.toBe(example.output);
  });

  it('shows a Handlebars example only where it differs', () => {
    const headings = new Set(compared.map((example) => example.name.replace(/^.*?, /, '')));
    expect([...headings]).toEqual(['Differences from Handlebars']);
  });

  it('describes every helper', () => {
    const described = tableRows(section(page, '## Helpers')).flatMap(([usage]) =>
      [...usage!.matchAll(/[({]([a-z]+) /g)].map((match) => match[1]!),
    );
    expect([...new Set(described)].toSorted()).toEqual(HELPER_NAMES.toSorted());
  });

  it('gives the limits as they are by default', () => {
    const rows = tableRows(section(page, '## Limits')).slice(1);
    const units: { readonly [unit: string]: number } = { MiB: 1024 * 1024 };
    const limits: readonly (readonly [string, number])[] = Object.entries(DEFAULT_CONFIG.limits);
    const settings = rows.filter(([, , setting]) => setting !== 'none');
    expect(settings.length).toBe(7);
    for (const [, limit, setting] of settings) {
      const [number, unit = ''] = limit!.replaceAll(',', '').split(' ');
      expect([setting, Number(number) * (units[unit] ?? 1)]).toEqual(limits.find(([name]) => name === setting));
    }
  });

  const leftOut = tableRows(section(page, '## What is left out'))
    .slice(1)
    .flatMap(([written]) => written!.split(/`, `/).map((tag) => tag.replaceAll('`', '')));

  it('lists what is left out', () => {
    expect(leftOut.length).toBeGreaterThanOrEqual(20);
  });

  it.each(leftOut)('refuses %s', async (tag) => {
    const template = tag === '{{^}}' ? '{{#if name}}a{{^}}b{{/if}}' : tag.startsWith('{{else') ? `{{#if name}}a${tag}b{{/if}}` : tag;
    const output = await promptcOutput({
      name: tag,
      frontmatter: '',
      bundle: '',
      template: `${template} {{name}} {{json list}}`,
      partials: { list: 'a' },
      input: { name: 'a', list: [] },
      output: '',
      isError: true,
      handlebars: undefined,
    });
    expect(output).toMatch(/^(?:parse|check)\//);
  });
});

function handlebarsOutput({ template, partials, input }: Example): string {
  const handlebars = Handlebars.create();
  for (const [name, text] of Object.entries(partials)) handlebars.registerPartial(name, text);
  return trimBody(handlebars.compile(template, { noEscape: true })(input));
}
