import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject } from '../../base/json.js';
import { PATTERN_CONSTRAINTS } from '../../constraints/patterns.js';
import { readWritten } from '../../constraints/severity.js';
import { compilePattern, PatternError } from '../../format/pattern.js';
import type { Frontmatter } from '../parse/frontmatter.js';

/** Whether the patterns among the constraints of a file are patterns, which no schema can say. */
export function checkConstraintPatterns(frontmatter: Frontmatter, diagnostics: Diagnostics): void {
  const constraints = frontmatter.value['constraints'];
  if (!isObject(constraints)) return;
  for (const name of PATTERN_CONSTRAINTS) {
    const written = constraints[name];
    if (written === undefined) continue;
    const { value } = readWritten(written);
    const at = ['constraints', name, ...(isObject(written) ? ['value'] : [])];
    for (const [i, pattern] of (Array.isArray(value) ? value : []).entries()) {
      if (typeof pattern !== 'string') continue;
      try {
        compilePattern(pattern);
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        const args = { name, problem: `holds a pattern that ${error.message}` };
        diagnostics.report('check/constraint-value', frontmatter.locate([...at, i]), args, { hint: error.hint });
      }
    }
  }
}
