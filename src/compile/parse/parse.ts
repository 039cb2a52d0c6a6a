/**
 * Files → frontmatter, bodies and syntax trees.
 *
 * In: decoded files. Out: for each, what could be read of it. What always holds: every file is parsed,
 * whatever is wrong with the others.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { SourceText } from '../../base/span.js';
import type { CompileCache } from '../cache/compile-cache.js';
import type { CompileLimits } from '../config.js';
import type { ParsedBundle, ParsedTemplate, Partial, PartialSource } from '../model.js';
import { splitFrontmatter } from './frontmatter.js';
import { parseTemplate } from './template/parse-template.js';

/** Partials by name; of two files for one name the first counts, and that is reported. */
export function parsePartials(
  sources: readonly PartialSource[],
  limits: CompileLimits,
  diagnostics: Diagnostics,
  cache?: CompileCache,
): Map<string, Partial> {
  const partials = new Map<string, Partial>();
  for (const partial of sources) {
    const before = partials.get(partial.name);
    if (before === undefined) {
      const parseNow = (found: Diagnostics): Partial => parsePartial(partial, limits, found);
      partials.set(partial.name, cache?.partial(partial.source, parseNow, diagnostics) ?? parseNow(diagnostics));
    } else {
      const related = [{ message: 'the other one', span: unshown(before.source) }];
      diagnostics.report('discover/duplicate-partial', unshown(partial.source), { name: partial.name }, { related });
    }
  }
  return partials;
}

export function parseTemplateFile(source: SourceText, limits: CompileLimits, diagnostics: Diagnostics): ParsedTemplate {
  const before = diagnostics.errorCount;
  const { frontmatter, body } = splitFrontmatter(source, 'template', limits.yamlDepth, diagnostics);
  // A file whose frontmatter cannot be found has no body to speak of.
  if (body.text === '' && diagnostics.errorCount === before) diagnostics.report('parse/empty-body', endOf(source), { kind: 'template' });
  const nodes = parseTemplate(body.text, source, body.start, limits.blockDepth, diagnostics);
  return { source, frontmatter, body, nodes };
}

export function parseBundleFile(source: SourceText, limits: CompileLimits, diagnostics: Diagnostics): ParsedBundle {
  const { frontmatter } = splitFrontmatter(source, 'bundle', limits.yamlDepth, diagnostics);
  return { source, frontmatter };
}

export function parsePartial({ name, source }: PartialSource, limits: CompileLimits, diagnostics: Diagnostics): Partial {
  const text = withoutFinalLineEnds(source.text);
  if (text.trim() === '') diagnostics.report('parse/empty-body', endOf(source), { kind: 'partial' });
  return { name, source, text, nodes: parseTemplate(text, source, 0, limits.blockDepth, diagnostics) };
}

export function wholeFile(source: SourceText) {
  return { source, start: 0, end: Math.max(1, source.line(1).length) };
}

/** A file as such, whatever its text. */
function unshown({ path }: SourceText) {
  return { source: new SourceText(path, ''), start: 0, end: 1 };
}

/** The last line that has something. */
function endOf(source: SourceText) {
  const end = source.text.trimEnd().length;
  return end === 0 ? { source, start: 0, end: 1 } : { source, start: source.text.lastIndexOf('\n', end - 1) + 1, end };
}

/** Not by a pattern, which would try each line end anew. */
function withoutFinalLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}
