/** A thread that compiles templates for a build: the same code on the same texts, and so the same bytes. */
import { workerData } from 'node:worker_threads';
import { Diagnostics } from '../../base/diagnostic.js';
import { SourceText } from '../../base/span.js';
import { KnownTemplate } from '../cache/known-template.js';
import { PartialGraph } from '../check/partials.js';
import { parsePartials, parseTemplateFile } from '../parse/parse.js';
import { TemplateCompiler } from '../templates.js';
import type { FileText, TemplateResult, ThreadData } from './messages.js';

// The first of the two is the pool's own.
const [, { partials: files, limits, checks }] = workerData as [unknown, ThreadData];

/** Nobody reads these: what something is wrong with is compiled again by the build itself. */
const diagnostics = new Diagnostics();
const partials = parsePartials(
  files.map(({ name, path, text }) => ({ name, source: new SourceText(path, text) })),
  limits,
  diagnostics,
);
const graph = new PartialGraph(partials, limits, diagnostics);
const compiler = new TemplateCompiler({ partials, graph, limits, checks, diagnostics });

export default function compileTemplates(templates: readonly FileText[]): TemplateResult[] {
  return templates.map(({ path, text }) => {
    const source = new SourceText(path, text);
    const { template } = compiler.compile(source, (found) => parseTemplateFile(source, limits, found));
    if (!(template instanceof KnownTemplate)) return undefined;
    return { record: template.record, bytes: template.linked.bytes, texts: template.textPlaces };
  });
}
