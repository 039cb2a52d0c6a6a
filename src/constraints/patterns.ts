/** What MATCHES and NOT_MATCHES have in common. */

/** The most patterns of one constraint, which all have to be looked for. */
const MOST_PATTERNS = 20;

/** Of a list of patterns. Whether they are patterns, the compiler looks at itself. */
export const PATTERNS_SCHEMA = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 1000 }, maxItems: MOST_PATTERNS };

/** The constraints whose values are patterns. */
export const PATTERN_CONSTRAINTS: readonly string[] = ['MATCHES', 'NOT_MATCHES'];

/** Patterns as people and models know them: between slashes, on one line. */
export function listedPatterns(patterns: readonly string[]): string {
  return patterns.map(asLiteral).join(', ');
}

export function asLiteral(pattern: string): string {
  return `/${pattern.replaceAll(/\\[\s\S]|[/\n\r]/g, (part) => ESCAPES[part] ?? part)}/`;
}

const ESCAPES: { readonly [part: string]: string } = { '/': '\\/', '\n': '\\n', '\r': '\\r', '\\\n': '\\n', '\\\r': '\\r' };
