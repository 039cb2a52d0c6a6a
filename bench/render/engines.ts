/** Other engines, each as fast as its public interface allows: compiled or parsed once, rendered often. */
import { PromptTemplate } from '@langchain/core/prompts';
import { Dotprompt } from 'dotprompt';
import { Eta } from 'eta';
import Handlebars from 'handlebars';
import { Liquid } from 'liquidjs';
import Mustache from 'mustache';
import type { Run } from '../support/timed.js';
import type { RenderCase } from './cases.js';

/** The helpers that Handlebars' own set lacks. */
const HELPERS = {
  eq: (a: unknown, b: unknown) => a === b,
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b,
  and: (a: unknown, b: unknown) => Boolean(a) && Boolean(b),
  default: (value: unknown, fallback: unknown) => value ?? fallback,
  length: (list: readonly unknown[]) => list.length,
};

/** Handlebars, as it is used for prompts: nothing is escaped. */
export const HANDLEBARS_OPTIONS = {
  noEscape: true,
  knownHelpers: Object.fromEntries(Object.keys(HELPERS).map((name) => [name, true])),
  knownHelpersOnly: true,
};

type Values = Record<string, unknown>;

export function handlebars(template: string, values: object): Run {
  const engine = Handlebars.create();
  for (const [name, helper] of Object.entries(HELPERS)) engine.registerHelper(name, helper);
  const render = engine.compile(template, HANDLEBARS_OPTIONS);
  return () => render(values);
}

export function mustache(template: string, view: object): Run {
  const writer = new Mustache.Writer();
  const options = { escape: (text: string) => text };
  writer.parse(template);
  return () => writer.render(template, view, undefined, options);
}

export async function dotprompt(template: string, values: object): Promise<Run> {
  const render = await new Dotprompt({ helpers: HELPERS }).compile(template);
  const data = { input: values as Values };
  return async () => {
    const { messages } = await render(data);
    let text = '';
    for (const { content } of messages) for (const part of content) text += part.text ?? '';
    return text;
  };
}

/** With the mustache format: the other one, f-string, has neither conditions nor loops, and parses its template for every render. */
export function langChain(template: string, view: object): Run {
  const prompt = PromptTemplate.fromTemplate(template, { templateFormat: 'mustache' });
  return () => prompt.format(view as Values);
}

function eta(template: string, values: object): Run {
  // Trims one line end behind a tag, as a block's tag on a line of its own is trimmed in Handlebars.
  const engine = new Eta({ autoEscape: false, autoTrim: [false, 'nl'] });
  const render = engine.compile(template);
  return () => engine.render(render, values);
}

export const LIQUID_OPTIONS = { trimTagRight: true, greedy: false };

function liquid(template: string, values: object): Run {
  const engine = new Liquid(LIQUID_OPTIONS);
  const parsed = engine.parse(template);
  return () => engine.renderSync(parsed, values) as string;
}

/** All of them, ready to render a case. */
export async function enginesFor({
  handlebars: text,
  mustache: flags,
  view,
  eta: code,
  liquid: tags,
  values,
}: RenderCase): Promise<{ [name: string]: Run }> {
  return {
    Handlebars: handlebars(text, values),
    Mustache: mustache(flags, view),
    Eta: eta(code, values),
    Liquid: liquid(tags, values),
    LangChain: langChain(flags, view),
    dotprompt: await dotprompt(text, values),
  };
}

export const ENGINES = ['Handlebars', 'Mustache', 'Eta', 'Liquid', 'LangChain', 'dotprompt'] as const;
