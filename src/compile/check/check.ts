/** Whether a template makes sense: its names and types, what it declares and does not use, and what nobody sees in it. */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { ParsedTemplate, Partial } from '../model.js';
import type { DeclaredTemplate } from './declare.js';
import { checkInvisibleCharacters } from './invisible-characters.js';
import { checkTypes } from './types.js';
import { checkUnusedInputs } from './unused.js';

/**
 * What always holds: a mistake is reported once; what has an error needs no warning that could follow from it.
 *
 * @param partials - those to walk into: none, if something is wrong with how the template includes them
 */
export function checkTemplate(
  file: ParsedTemplate,
  { inputs }: DeclaredTemplate,
  partials: ReadonlyMap<string, Partial>,
  diagnostics: Diagnostics,
): void {
  if (inputs !== 'unknown') {
    const used = checkTypes({ source: file.source, nodes: file.nodes, inputs }, partials, diagnostics);
    checkUnusedInputs(inputs, used, diagnostics);
  }
  checkInvisibleCharacters(file.source, diagnostics);
}
