/**
 * The template language alone: text → parse → lower → load → run, without files, frontmatter or checks of
 * names. What an author writes wrong throws here, so that a test which means to render fails loudly.
 */
import { type Diagnostic, Diagnostics } from '../../src/base/diagnostic.js';
import { SourceText } from '../../src/base/span.js';
import { lower } from '../../src/compile/lower/lower.js';
import type { Node } from '../../src/compile/parse/template/ast.js';
import { parseTemplate } from '../../src/compile/parse/template/parse-template.js';
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from '../../src/render/limits.js';
import { load, type Program, run } from '../../src/render/machine.js';

export interface Partials {
  readonly [name: string]: string;
}

/** What a template prints for an input. */
export function render(template: string, input: unknown = {}, partials: Partials = {}, limits: Partial<RenderLimits> = {}): string {
  return run(compile(template, partials), input, 'DIRECTIVES', { ...DEFAULT_RENDER_LIMITS, ...limits });
}

export function compile(template: string, partials: Partials = {}): Program {
  const parsed = new Map(Object.entries(partials).map(([name, text]) => [name, parseSound(text)]));
  const { operations, slots } = lower(parseSound(template), parsed);
  return load(operations, slots);
}

/** Parses anything; the tree stands for little if there are errors. */
export function parse(template: string, blockDepth = 256): { nodes: Node[]; diagnostics: Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const nodes = parseTemplate(template, new SourceText('template.md', template), 0, blockDepth, diagnostics);
  return { nodes, diagnostics: diagnostics.sorted() };
}

/** The code of each error in a template, and the text that it is shown at. */
export function errors(template: string): string[] {
  return parse(template).diagnostics.map(({ code, span }) => `${code} at ${template.slice(span.start, span.end)}`);
}

function parseSound(template: string): { source: SourceText; nodes: Node[] } {
  const { nodes, diagnostics } = parse(template);
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`${first.code}: ${first.message}`);
  return { source: new SourceText('template.md', template), nodes };
}
