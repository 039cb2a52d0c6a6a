import type { AnswerText } from './answer-text.js';
import type { Breach, Constraint, Found } from './constraint.js';
import { shown } from './counted.js';

const FORMATS = ['json', 'markdown', 'plain'] as const;
type Format = (typeof FORMATS)[number];

/** What an answer is written in. */
export const format: Constraint<Format> = {
  name: 'FORMAT',
  schema: {
    enum: [...FORMATS],
    description: 'What an answer is written in: JSON and nothing else, Markdown, or plain text without Markdown.',
  },
  merge: (a, b) => (a === b ? a : undefined),
  directive: (value) => DIRECTIVES[value],
  check: (value) => CHECKS[value],
};

const DIRECTIVES: { readonly [format in Format]: string } = {
  json: 'Answer with JSON only: no text around it, no code fence.',
  markdown: 'Format the answer as Markdown.',
  plain: 'Answer in plain text, without Markdown.',
};

const CHECKS: { readonly [format in Format]: (answer: AnswerText) => Iterable<Breach> } = {
  json: checkJson,
  markdown: checkMarkdown,
  plain: checkPlain,
};

export function* checkJson(answer: AnswerText): Generator<Breach> {
  if (answer.json !== undefined) return;
  const { trimmed, text } = answer;
  const isFenced = text.startsWith('```', trimmed.start);
  yield {
    message: `The answer is no JSON${isFenced ? ': it stands in a code fence' : ''}.`,
    span: trimmed,
    actual: shown(text.slice(trimmed.start, trimmed.end)),
    limit: 'json',
    retryHint: 'Answer with one JSON value and nothing else: no text before or behind it, and no code fence.',
  };
}

function* checkMarkdown({ text, lines, openFence, trimmed }: AnswerText): Generator<Breach> {
  if (openFence !== undefined) {
    yield breach('markdown', text, openFence, 'opens a block of code that is never closed', 'Close every block of code with its fence.');
  }
  const first = lines.find(({ isBlank }) => !isBlank);
  if (first === undefined || openFence !== undefined) return;
  const last = lines.findLast(({ isBlank }) => !isBlank)!;
  const opening = text.slice(first.start, first.end);
  if (!/^\s*(?:`{3,}|~{3,})\s*(?:markdown|md)\s*$/i.test(opening) || !lines.every(({ isCode, isBlank }) => isCode || isBlank)) return;
  yield breach(
    'markdown',
    text,
    { start: first.start, end: Math.min(last.end, trimmed.end) },
    'is wrapped in a block of code, so that its source would be shown',
    'Write the Markdown itself, not in a code fence.',
  );
}

/**
 * What nobody writes in plain text. Lists with dashes or numbers are plain text as well, and so is `2**3**4`; in scripts without
 * white space between words, bold text stands within others.
 */
const MARKDOWN =
  /^[ ]{0,3}#{1,6}[ \t]+\S.*|^[ \t]*(?:`{3,}|~{3,}).*|(?<=^|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\p{L}\p{N}*])\*\*(?=[^\s*])[^*\n]{1,500}\*\*|(?<![\p{L}\p{N}_])__(?=[^\s_])[^_\n]{1,500}__(?![\p{L}\p{N}_])|`[^`\n]{1,500}`|!?\[[^[\]\n]{0,500}\]\([^()\s]{1,500}\)|^[ ]{0,3}>[ \t].*|^\|.*\|[ \t]*$/gmu;

function* checkPlain({ text }: AnswerText): Generator<Breach> {
  for (const { 0: found, index } of text.matchAll(MARKDOWN)) {
    yield breach('plain', text, { start: index, end: index + found.length }, 'holds Markdown', 'Write plain text, without Markdown');
  }
}

function breach(limit: Format, text: string, span: Found, what: string, hint: string): Breach {
  const found = text.slice(span.start, span.end);
  return {
    message: `The answer ${what}: ${shown(found)}.`,
    span,
    actual: shown(found),
    limit,
    retryHint: limit === 'plain' ? `${hint} such as ${shown(found)}.` : hint,
  };
}
