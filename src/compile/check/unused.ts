/** What is written and never used: inputs of a template, and partials. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { isPersonaName } from '../../format/persona.js';
import type { Partial, Template } from '../model.js';
import { wholeFile } from '../parse/parse.js';

/**
 * A narrowing of one of the four inputs that every template has needs no use: it is a rule for callers. Whoever reports what
 * is found here leaves it out for a template of which something cannot be read: that may be what uses them.
 */
export function checkUnusedInputs(declared: Template['inputs'], used: ReadonlySet<string> | 'all', diagnostics: Diagnostics): void {
  if (declared === undefined || used === 'all') return;
  for (const { name, span } of declared.values()) {
    if (!used.has(name) && !isPersonaName(name)) diagnostics.report('check/unused-input', span, { name });
  }
}

/** @param included - the names of all partials that some template includes */
export function checkUnusedPartials(included: ReadonlySet<string>, partials: ReadonlyMap<string, Partial>, diagnostics: Diagnostics): void {
  // What cannot be read may be what includes it, under a name that is misspelt.
  if (diagnostics.errorCount > 0) return;
  for (const { name, source } of partials.values()) {
    if (!included.has(name)) diagnostics.report('check/unused-partial', wholeFile(source), { name });
  }
}
