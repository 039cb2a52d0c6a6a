/** What is written and never used: inputs of a template, and partials. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { isPersonaName } from '../../format/persona.js';
import type { ParsedTemplate, Partial, Template } from '../model.js';
import { wholeFile } from '../parse/parse.js';
import { includedPartials } from './partials.js';

/** What a template declares, and what its text uses. */
export interface Usage {
  readonly declared: Template['inputs'];
  readonly used: ReadonlySet<string> | 'all';
}

/** A narrowing of one of the four inputs that every template has needs no use: it is a rule for callers. */
export function checkUnusedInputs(
  usage: ReadonlyMap<ParsedTemplate, Usage>,
  partials: ReadonlyMap<string, Partial>,
  diagnostics: Diagnostics,
): void {
  const broken = diagnostics.brokenFiles;
  for (const [file, { declared, used }] of usage) {
    const { source } = file;
    if (declared === undefined || used === 'all' || broken.has(source.path)) continue;
    // What cannot be read may be what uses it.
    if (broken.size > 0 && includedPartials(file, partials).some((name) => broken.has(partials.get(name)!.source.path))) continue;
    for (const { name, span } of declared.values()) {
      if (used.has(name) || isPersonaName(name)) continue;
      diagnostics.about(source.path, () => diagnostics.report('check/unused-input', span, { name }));
    }
  }
}

export function checkUnusedPartials(
  templates: readonly ParsedTemplate[],
  partials: ReadonlyMap<string, Partial>,
  diagnostics: Diagnostics,
): void {
  // What cannot be read may be what includes it, under a name that is misspelt.
  if (diagnostics.errorCount > 0) return;
  const used = new Set(templates.flatMap((template) => includedPartials(template, partials)));
  for (const { name, source } of partials.values()) {
    if (!used.has(name)) diagnostics.report('check/unused-partial', wholeFile(source), { name });
  }
}
