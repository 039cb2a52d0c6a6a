/**
 * What is wrong with frontmatter that is no YAML, told to someone who writes prompts.
 *
 * In: the text, js-yaml's reason, and where it stopped. Out: the place of the mistake, which often lies before
 * that, the mistake and its mending in words. The reasons are js-yaml's; what an author did is read from the
 * line. A reason without an explanation here is passed on as it is.
 */

export interface YamlProblem {
  /** Offsets in the YAML text. */
  readonly start: number;
  readonly end: number;
  readonly reason: string;
  readonly hint: string;
}

/** Where js-yaml stopped, and the line that it stopped in. */
interface Stop {
  readonly text: string;
  readonly reason: string;
  readonly at: number;
  readonly line: Line;
}

interface Line {
  readonly text: string;
  /** Where it begins. */
  readonly start: number;
  readonly end: number;
}

type Explain = (stop: Stop) => YamlProblem | undefined;

/** The first that knows what happened explains it. */
const EXPLANATIONS: readonly Explain[] = [
  tab,
  control,
  directive,
  escape,
  unclosedQuote,
  textBehindQuote,
  bracketsInFlow,
  unclosedBracket,
  missingComma,
  textBehindBlockSign,
  specialStart,
  colonInText,
  missingSpace,
  notKeyAndValue,
  indentation,
];

export function yamlProblem(text: string, reason: string, position: number): YamlProblem {
  // At the end of the text, the last line with something in it is the one to show.
  const at = position >= text.length ? Math.max(0, text.trimEnd().length - 1) : position;
  const stop = { text, reason, at, line: lineAt(text, at) };
  for (const explain of EXPLANATIONS) {
    const problem = explain(stop);
    if (problem !== undefined) return problem;
  }
  return { start: at, end: at + 1, reason, hint: 'A text that holds one of : # { } [ ] & * ! | > \' " % @ ` is safest in quotes.' };
}

/** The same for a text that YAML reads as one long text, `key:value` say. */
export function noKeyProblem(text: string, position: number): YamlProblem | undefined {
  const stop = { text, reason: NO_KEY_REASON, at: position, line: lineAt(text, position) };
  return missingSpace(stop) ?? notKeyAndValue(stop);
}

function tab({ reason, line }: Stop): YamlProblem | undefined {
  if (!reason.includes('tab characters') && !(reason.includes('indentation') && /^ *\t/.test(line.text))) return undefined;
  const blank = /^[ \t]*/.exec(line.text)![0];
  return {
    start: line.start,
    end: line.start + Math.max(1, blank.length),
    reason: 'this line is indented with a tab',
    hint: 'Indent with spaces, two for each level.',
  };
}

function control({ text, reason, at }: Stop): YamlProblem | undefined {
  if (!reason.includes('non-printable') && !reason.includes('valid JSON character')) return undefined;
  const found = /[^\t\n\r\x20-\x7e\x85\xa0-\ufffd\u{10000}-\u{10ffff}]/u.exec(text.slice(at));
  const start = at + (found?.index ?? 0);
  const code = text.charCodeAt(start).toString(16).toUpperCase().padStart(4, '0');
  return {
    start,
    end: start + 1,
    reason: `it holds the control character U+${code}`,
    hint: 'Delete it; it cannot be seen in most editors.',
  };
}

function directive({ text, reason }: Stop): YamlProblem | undefined {
  const found = /^%.*$/m.exec(text);
  if (found === null || !reason.includes('directive')) return undefined;
  return {
    start: found.index,
    end: found.index + found[0].length,
    reason: 'a line that begins with "%" instructs the reader of YAML, and no such line is allowed',
    hint: 'Delete this line.',
  };
}

function escape({ text, reason, at }: Stop): YamlProblem | undefined {
  if (!reason.includes('escape sequence') && !reason.includes('hexadecimal')) return undefined;
  const start = text.lastIndexOf('\\', at);
  const end = Math.max(start + 1, Math.min(at + 1, text.length));
  return {
    start,
    end,
    reason: `\`${text.slice(start, end)}\` means nothing in a text in double quotes`,
    hint: 'Write `\\\\` for a backslash, or put the text in single quotes, where a backslash is one.',
  };
}

function unclosedQuote({ text, reason, at }: Stop): YamlProblem | undefined {
  const isAtEnd = /within a (?:double|single) quoted/.test(reason);
  if (!isAtEnd && !reason.includes('deficient indentation')) return undefined;
  const read = isAtEnd ? text : text.slice(0, at);
  for (const { 1: opener, index } of read.matchAll(/(?<![^\s[{,:])(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|#[^\n]*|(["']))/gs)) {
    if (opener !== undefined) return unclosedAt(text, index);
  }
  return undefined;
}

function unclosedAt(text: string, start: number): YamlProblem {
  const quote = text[start]!;
  return {
    start,
    end: start + 1,
    reason: `the text that begins with this ${quote} has no closing ${quote}`,
    hint: `Add ${quote} where the text ends.`,
  };
}

/** `"Say "hi""`, `'Don't'`: the quote in the middle ended the text. */
function textBehindQuote({ text, reason, at, line }: Stop): YamlProblem | undefined {
  const before = text.slice(0, at).trimEnd();
  const quote = before.at(-1);
  const close = before.length - 1;
  if ((quote !== '"' && quote !== "'") || close < line.start || reason.includes('comma')) return undefined;
  const open = text.lastIndexOf(quote, close - 1);
  if (open === -1) return undefined;
  if (open < line.start) return unclosedAt(text, open);
  const other =
    quote === '"'
      ? 'write each quote within it as `\\"`, or put the whole text in single quotes'
      : "write each apostrophe within it as `''`, or put the whole text in double quotes";
  return {
    start: open,
    end: line.end,
    reason: `something follows the closing ${quote} of a text`,
    hint: `If it is part of the text, ${other}.`,
  };
}

/** No word that means something is longer. A pattern that looks for the last one would try every character of a longer one anew. */
const MAX_WORD = 256;

/** Enough of what stands before a place to hold the word there. */
function wordBefore(text: string, at: number, from = 0): string {
  return text.slice(Math.max(from, at - MAX_WORD), at);
}

/** `{ tags: string[] }` */
function bracketsInFlow({ text, reason, at }: Stop): YamlProblem | undefined {
  const word = /[A-Za-z]+$/.exec(wordBefore(text, at))?.[0];
  if (!reason.includes('comma') || word === undefined || !text.startsWith('[]', at)) return undefined;
  return {
    start: at - word.length,
    end: at + 2,
    reason: `between { and } a type that ends in [] must be in quotes`,
    hint: `Write "${word}[]", or give each input a line of its own.`,
  };
}

function unclosedBracket({ text, reason, at }: Stop): YamlProblem | undefined {
  if (!reason.includes('deficient indentation') && !reason.includes('within a flow collection') && !reason.includes('comma'))
    return undefined;
  const start = innermostBracket(text.slice(0, at + 1));
  if (start === undefined || (reason.includes('comma') && lineAt(text, start).start === lineAt(text, at).start)) return undefined;
  const closer = text[start] === '[' ? ']' : '}';
  return { start, end: start + 1, reason: `this "${text[start]!}" is never closed`, hint: `Add "${closer}" where it ends.` };
}

function missingComma({ text, reason, at, line }: Stop): YamlProblem | undefined {
  if (reason.includes("found ','")) {
    return { start: at, end: at + 1, reason: 'a value is missing before this comma', hint: 'Write the value, or delete the comma.' };
  }
  if (!reason.includes('missed comma')) return undefined;
  const key = text[at] === ':' ? /[\w-]+\??\s*$/.exec(wordBefore(text, at, line.start))?.[0] : undefined;
  if (key !== undefined) {
    return {
      start: at - key.length,
      end: at,
      reason: 'a comma is missing before this',
      hint: 'Put commas between the items.',
    };
  }
  const item = /^[^,\]}]*/.exec(text.slice(at, line.end))![0].trimEnd();
  const isSign = /^[^\w\s"']/.test(item);
  return {
    start: at,
    end: at + Math.max(1, item.length),
    reason: isSign ? `a text that begins with "${item[0]!}" must be in quotes here` : 'a comma is missing before this',
    hint: isSign
      ? `Write ${quoted(item)}.`
      : 'Put commas between the items, and quotes around a text that has quotes or brackets within it.',
  };
}

/** `description: | text` */
function textBehindBlockSign({ text, reason, at, line }: Stop): YamlProblem | undefined {
  if (!reason.includes('line break is expected')) return undefined;
  const sign = /[|>][^|>]*$/.exec(text.slice(line.start, at))?.[0][0] ?? '|';
  return {
    start: at,
    end: Math.max(at + 1, line.end),
    reason: `text follows the "${sign}" on its line`,
    hint: `Begin the text on the next line, indented; or put it in quotes, without the "${sign}".`,
  };
}

/** A value that begins with a sign that YAML takes for something else. */
function specialStart({ text, at, line }: Stop): YamlProblem | undefined {
  const { value, start, isValue } = valueIn(line);
  const sign = /^(?:[%@`*&![{]|[-?](?= ))/.exec(value)?.[0];
  if (sign === undefined || !isValue || at < start) return undefined;
  if (/^[\]}]/.test(text.slice(at))) {
    return {
      start: at,
      end: at + 1,
      reason: `this "${text[at]!}" closes nothing`,
      hint: 'Delete it, or put the whole value in quotes if it is a text.',
    };
  }
  return {
    start,
    end: start + value.length,
    reason: `a text that begins with "${sign}" must be in quotes`,
    hint: `Write ${text.slice(line.start, start).trim()} ${quoted(value)}`,
  };
}

/** `description: How: why` */
function colonInText({ text, at, line }: Stop): YamlProblem | undefined {
  const { value, start, isValue } = valueIn(line);
  if (text[at] !== ':' || !isValue || at < start) return undefined;
  return {
    start,
    end: start + value.length,
    reason: 'a text that has ": " within it, or ":" at its end, must be in quotes',
    hint: `Write ${text.slice(line.start, start).trim()} ${quoted(value)}`,
  };
}

/** What js-yaml says where it wanted a key and found none. */
const NO_KEY_REASON = "expected ':' after a mapping key";
const NO_KEY = /after a mapping key|implicit key|document separator/;

/** `id:a` */
function missingSpace({ text, reason, line }: Stop): YamlProblem | undefined {
  if (!NO_KEY.test(reason)) return undefined;
  for (const { start, text: written } of linesUpFrom(text, line)) {
    const found = /^(\s*)([\w-]+\??):([^ \t].*)$/.exec(written);
    if (found === null) continue;
    const [, indent, key, value] = found as unknown as [string, string, string, string];
    const code = value.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return {
      start: start + indent.length,
      end: start + written.trimEnd().length,
      reason: /^\s/.test(value) ? `the space after the ":" is not a plain one but U+${code}` : 'a space is missing after the ":"',
      hint: `Write ${key}: ${value.trim()}`,
    };
  }
  return undefined;
}

/** A line without any `:`. */
function notKeyAndValue({ text, reason, line }: Stop): YamlProblem | undefined {
  if (!NO_KEY.test(reason)) return undefined;
  const found = linesUpFrom(text, line).find((one) => /\S/.test(one.text) && !/^\s*(?:#|- )/.test(one.text) && !/:(?:\s|$)/.test(one.text));
  if (found === undefined) return undefined;
  const written = found.text.trim();
  const equals = /^([\w-]+\??)\s*=\s*(.*)$/.exec(written);
  const start = found.start + found.text.indexOf(written);
  return {
    start,
    end: start + written.length,
    reason: 'this line is not of the form `key: value`',
    hint:
      equals === null
        ? 'Write `key: value`. A text of several lines begins with `key: |`, and its lines are indented.'
        : `Write ${equals[1]!}: ${equals[2]!}`,
  };
}

function indentation({ reason, line }: Stop): YamlProblem | undefined {
  if (!/indentation|document separator|implicit key/.test(reason)) return undefined;
  const written = line.text.trim();
  const start = line.start + line.text.indexOf(written);
  return {
    start,
    end: start + Math.max(1, /^(?:- )?[^:]*/.exec(written)![0].length),
    reason: 'this line does not begin in the column of those that it belongs with',
    hint: 'Begin all keys of one level, and all items of one list, in the same column.',
  };
}

/** What stands behind `key: ` or `- ` on a line, and where; the whole line if there is none of them. */
function valueIn({ text, start }: Line): { value: string; start: number; isValue: boolean } {
  const lead = /^\s*(?:- +)*(?:[^\s:#"'[{][^:]*:\s+)?/.exec(text)![0];
  return { value: text.slice(lead.length).trimEnd(), start: start + lead.length, isValue: /[:-]\s+$/.test(lead) };
}

/** A text as YAML, in the quotes that need no escapes if there are such. */
function quoted(text: string): string {
  return /["\\]/.test(text) && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}

function lineAt(text: string, at: number): Line {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const next = text.indexOf('\n', at);
  const end = next === -1 ? text.length : next;
  return { text: text.slice(start, end), start, end };
}

/** A line and the two before it: where a mistake can be that js-yaml stumbles over later. */
function linesUpFrom(text: string, line: Line): Line[] {
  const lines = [line];
  while (lines.length < 3 && lines.at(-1)!.start > 0) lines.push(lineAt(text, lines.at(-1)!.start - 1));
  return lines;
}

/** The last bracket that is open at the end of a text. */
function innermostBracket(text: string): number | undefined {
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(/(?<![^\s[{,:])(?:"(?:\\.|[^"\\])*"|'[^']*'|#.*)|[[{]|[\]}]/g)) {
    if (found === '[' || found === '{') open.push(index);
    else if (found === ']' || found === '}') open.pop();
  }
  return open.at(-1);
}
