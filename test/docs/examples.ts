/**
 * The examples of docs/language.md: blocks that belong together, and what promptc makes of them.
 *
 * An example is a `mustache` block (the template), after it blocks `mustache partial=name`, then `json` (the
 * input), and at its end `text` (the output) or `text error` (the diagnostics). Before the template can stand
 * `yaml` (keys of its frontmatter) and `yaml bundle` (keys of its bundle's). `text Handlebars` after the output
 * is what Handlebars prints.
 */
import { CompileError } from '../../src/base/error.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { isPersonaName } from '../../src/format/persona.js';
import { BundleRenderer } from '../../src/generator/bundle-renderer.js';
import { BuildStore } from '../../src/sources/inline.js';
import { StoreSource } from '../../src/sources/store.js';
import type { CodeBlock } from './page.js';

export interface Example {
  readonly name: string;
  readonly frontmatter: string;
  readonly bundle: string;
  readonly template: string;
  readonly partials: { readonly [name: string]: string };
  readonly input: { readonly [name: string]: unknown };
  readonly output: string;
  readonly isError: boolean;
  readonly handlebars: string | undefined;
}

/** Throws if a block belongs to no example. */
export function examplesOf(blocks: readonly CodeBlock[]): Example[] {
  const examples: Example[] = [];
  let pending: CodeBlock[] = [];
  for (const block of blocks) {
    if (block.language === 'text' && block.meta === 'Handlebars') {
      const last = examples.pop();
      if (last === undefined || pending.length > 0) throw new Error(`line ${block.line}: Handlebars' output follows promptc's`);
      examples.push({ ...last, handlebars: block.text });
      continue;
    }
    pending.push(block);
    if (block.language !== 'text') continue;
    examples.push(exampleOf(pending, block));
    pending = [];
  }
  if (pending.length > 0) throw new Error(`line ${pending[0]!.line}: the example has no output`);
  return examples;
}

function exampleOf(blocks: readonly CodeBlock[], last: CodeBlock): Example {
  const take = (language: string, meta: string): string | undefined => {
    const found = blocks.filter((block) => block.language === language && block.meta === meta);
    if (found.length > 1) throw new Error(`line ${found[1]!.line}: a second ${language} block`);
    return found[0]?.text;
  };
  const partials = blocks.filter((block) => block.language === 'mustache' && block.meta.startsWith('partial='));
  const template = take('mustache', '');
  if (template === undefined) throw new Error(`line ${last.line}: the example has no template`);
  const known = [take('yaml', ''), take('yaml', 'bundle'), template, take('json', ''), last.text].filter((text) => text !== undefined);
  if (known.length + partials.length !== blocks.length) throw new Error(`line ${last.line}: the example has a block of no known kind`);
  return {
    name: `line ${last.line}, ${last.heading}`,
    frontmatter: take('yaml', '') ?? '',
    bundle: take('yaml', 'bundle') ?? '',
    template,
    partials: Object.fromEntries(partials.map(({ meta, text }) => [meta.slice('partial='.length), text])),
    input: JSON.parse(take('json', '') ?? '{}') as Example['input'],
    output: last.text,
    isError: last.meta === 'error',
    handlebars: undefined,
  };
}

/** What promptc prints: the text, or every diagnostic as `code: message`. */
export async function promptcOutput(example: Example): Promise<string> {
  const own = Object.keys(example.input).filter((name) => !isPersonaName(name));
  // What an example does not declare is `any`, so that only what it is about is checked.
  const inputs = Object.fromEntries(own.map((name) => [name, 'any']));
  const declared = /^inputs:/m.test(example.frontmatter) || own.length === 0 ? [] : [`inputs: ${JSON.stringify(inputs)}`];
  const head = ['---', 'id: example', 'version: 1.0.0', 'role: user', ...declared, example.frontmatter, '---', ''];
  const { build, diagnostics } = await compile(
    new MemoryDisk({
      'prompts/templates/example.md': head.join('\n') + example.template,
      'prompts/bundles/example.md': `---\nid: example\nversion: 1.0.0\nslots: { task: example }\n${example.bundle}\n---\n`,
      ...Object.fromEntries(Object.entries(example.partials).map(([name, text]) => [`prompts/partials/${name}.md`, `${text}\n`])),
    }),
  );
  if (example.isError) return diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n');
  if (build === undefined) throw new CompileError(diagnostics);
  const source = new StoreSource(new BuildStore(build));
  const payload: { [name: string]: unknown } = { inputs: Object.fromEntries(own.map((name) => [name, example.input[name]])) };
  for (const [name, value] of Object.entries(example.input)) if (isPersonaName(name)) payload[name] = value;
  return (await new BundleRenderer({ bundles: source, templates: source }).render('example', undefined, payload)).rendered_prompt;
}
