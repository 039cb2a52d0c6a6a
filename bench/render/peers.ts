/** Other engines, each as fast as its public interface allows: compiled or parsed once, rendered often. */
import { PromptTemplate } from '@langchain/core/prompts';
import { Dotprompt } from 'dotprompt';
import Handlebars from 'handlebars';
import Mustache from 'mustache';
import type { Competitor } from '../support/rounds.js';
import { DOTPROMPT_TEMPLATE, HANDLEBARS_TEMPLATE, MUSTACHE_TEMPLATE, mustacheView, type SupportValues } from './templates.js';

/** The helpers that Handlebars' own set lacks. */
const HELPERS = {
  eq: (a: unknown, b: unknown) => a === b,
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b,
  and: (a: unknown, b: unknown) => Boolean(a) && Boolean(b),
  default: (value: unknown, fallback: unknown) => value ?? fallback,
  length: (list: readonly unknown[]) => list.length,
};

/** The engines, ready to render the bundle support-agent with these values. */
export async function supportAgentPeers(values: SupportValues): Promise<Competitor[]> {
  return [handlebars(values), mustache(values), await dotprompt(values), langChain(values)];
}

function handlebars(values: SupportValues): Competitor {
  const engine = Handlebars.create();
  for (const [name, helper] of Object.entries(HELPERS)) engine.registerHelper(name, helper);
  const knownHelpers = Object.fromEntries(Object.keys(HELPERS).map((name) => [name, true]));
  const template = engine.compile(HANDLEBARS_TEMPLATE, { noEscape: true, knownHelpers, knownHelpersOnly: true });
  return { name: 'Handlebars', run: () => template(values) };
}

function mustache(values: SupportValues): Competitor {
  // Not computed for every render: the view is not the engine's work.
  const view = mustacheView(values);
  const writer = new Mustache.Writer();
  const options = { escape: (text: string) => text };
  writer.parse(MUSTACHE_TEMPLATE);
  return { name: 'Mustache', run: () => writer.render(MUSTACHE_TEMPLATE, view, undefined, options) };
}

async function dotprompt(values: SupportValues): Promise<Competitor> {
  const render = await new Dotprompt({ helpers: HELPERS }).compile(DOTPROMPT_TEMPLATE);
  const data = { input: values };
  return {
    name: 'dotprompt',
    async run() {
      const { messages } = await render(data);
      let text = '';
      for (const { content } of messages) for (const part of content) text += part.text ?? '';
      return text;
    },
  };
}

/** With the mustache format: the other one, f-string, has neither conditions nor loops, and parses its template for every render. */
function langChain(values: SupportValues): Competitor {
  const view = mustacheView(values);
  const template = PromptTemplate.fromTemplate(MUSTACHE_TEMPLATE, { templateFormat: 'mustache' });
  return { name: 'LangChain', run: () => template.format(view) };
}
