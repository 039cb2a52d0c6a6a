/**
 * Lines → answers.
 *
 * In: lines of JSON. Out: the answers that they hold, one at a time. What always holds: a line that is no answer is
 * reported with its number, and the others are read.
 */
import { isObject, type JsonObject } from '../../base/json.js';
import { locateJsonError } from '../../format/json-error.js';
import type { Answer, AnswerLine, Problem } from './answer.js';
import type { RenderLog } from './render-log.js';
import { parseTime, TIME_FORM } from './time.js';

export interface ReadOptions {
  /** Where bundle, version and time come from; each line has its own without it. */
  readonly renders?: RenderLog | undefined;
  readonly report: (problem: Problem) => void;
}

/** The longest id and version that a line may have. */
const LONGEST_NAME = 256;

const FORM = '{"time": "2026-03-05T09:26:53Z", "bundle": "support-agent", "version": "2.1.0", "prompt_hash": "sha256:…", "text": "…"}';
const JOINED_FORM = '{"prompt_hash": "sha256:…", "text": "…"}';

export async function* readAnswers(lines: AsyncIterable<AnswerLine>, { renders, report }: ReadOptions): AsyncGenerator<Answer> {
  const taken = renders?.begin();
  for await (const line of lines) {
    const found = 'problem' in line ? line.problem : parseLine(line.text, renders === undefined ? FORM : JOINED_FORM);
    const answer = typeof found === 'string' ? found : taken === undefined ? ownAnswer(found) : joinedAnswer(found, taken);
    if (typeof answer === 'string') report({ line: line.number, message: answer });
    else yield { line: line.number, ...answer };
  }
}

/** The prompt hash of a line, if it has one; for looking up what is to be joined. */
export function promptHashOf(line: AnswerLine): string | undefined {
  const found = 'text' in line ? parseLine(line.text, JOINED_FORM) : '';
  return typeof found === 'string' || typeof found['prompt_hash'] !== 'string' ? undefined : found['prompt_hash'];
}

type Read = Omit<Answer, 'line'> | string;

/** A string that goes on to the end of the line. */
const UNENDED = /^"(?:[^"\\]|\\.)*\\?$/s;

function parseLine(text: string, form: string): JsonObject | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { offset, message } = locateJsonError(text);
    if (offset >= text.trimEnd().length || UNENDED.test(text.slice(offset)))
      return `ends at column ${text.length + 1}, before its JSON does: it was cut off`;
    return `is not JSON: column ${offset + 1}: ${message}`;
  }
  return isObject(value) ? value : `is no answer, which looks like ${form}`;
}

function ownAnswer(line: JsonObject): Read {
  const { bundle, version, text } = line;
  const time = timeOf(line);
  if (typeof time === 'string') return time;
  if (time === undefined) return `has no "time", which is ${TIME_FORM}`;
  if (!isName(bundle)) return 'has no "bundle": the id of the bundle that the prompt came from';
  if (!isName(version)) return 'has no "version": the version of the bundle, as a string such as "2.1.0"';
  if (typeof text !== 'string') return NO_TEXT;
  return { time, bundle, version, text };
}

const NO_TEXT = 'has no "text": the answer of the model, as a string';

function joinedAnswer(line: JsonObject, renders: ReturnType<RenderLog['begin']>): Read {
  const { prompt_hash: hash, text } = line;
  const time = timeOf(line);
  if (typeof time === 'string') return time;
  if (typeof hash !== 'string') return 'has no "prompt_hash", by which it is found in the audit log';
  if (typeof text !== 'string') return NO_TEXT;
  const render = renders(hash, time);
  if (render === undefined) return 'has a "prompt_hash" that the audit log does not hold';
  return { time: time ?? render.time, bundle: render.bundle, version: render.version, text };
}

/** @returns `undefined` if there is none, and in words what is wrong with one */
function timeOf({ time }: JsonObject): number | string | undefined {
  if (time === undefined) return undefined;
  return (typeof time === 'string' ? parseTime(time) : undefined) ?? `has a "time" that is not ${TIME_FORM}`;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME;
}
