/** What a server sends → an answer. Nothing of it is trusted: not its form, not its length. */
import { isObject, type Json } from '../../../base/json.js';
import { type Answer, MOST_ANSWER_BYTES, type Tokens } from '../answerer.js';
import { asSentence, AttemptError } from './attempt-error.js';
import { eventData } from './event-stream.js';

/** What an answer has around it: names of keys, escapes, and, piece by piece, a frame for each word. */
const MOST_BODY_BYTES = 4 * MOST_ANSWER_BYTES;

/** @throws AttemptError */
export async function readChatAnswer(response: Response): Promise<Answer> {
  const type = response.headers.get('content-type') ?? '';
  return /^text\/event-stream\b/i.test(type) ? readStreamed(response) : readWhole(response, type);
}

/** The text of a response, no longer than an answer may be. */
export async function readText(response: Response): Promise<string> {
  let text = '';
  for await (const piece of pieces(response)) text += piece;
  return text;
}

async function* pieces({ body }: Response): AsyncGenerator<string, void> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) throw new AttemptError(`The endpoint sent more than ${MOST_BODY_BYTES} bytes.`, 'answer', false);
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

async function readWhole(response: Response, type: string): Promise<Answer> {
  const text = await readText(response);
  if (text.trim() === '') throw new AttemptError('The endpoint answered with nothing.', 'answer', true);
  if (isPage(type, text)) {
    const hint = 'Is it the address of the API, such as https://api.example.com/v1?';
    throw new AttemptError(`The endpoint answered with a web page. ${hint}`, 'all', false);
  }
  const value = parse(text);
  const tokens = tokensOf(value);
  return { text: contentOf(value), ...(tokens && { tokens }) };
}

async function readStreamed(response: Response): Promise<Answer> {
  let text = '';
  let tokens: Tokens | undefined;
  let isWhole = false;
  let hasText = false;
  for await (const data of eventData(pieces(response))) {
    isWhole ||= data === '[DONE]';
    if (data === '[DONE]') break;
    const value = parse(data);
    const choice = firstChoice(value);
    const delta = isObject(choice) && isObject(choice['delta']) ? choice['delta'] : {};
    if (typeof delta['content'] === 'string') {
      hasText = true;
      text += delta['content'];
    }
    if (isObject(choice) && typeof choice['finish_reason'] === 'string') isWhole = true;
    tokens = tokensOf(value) ?? tokens;
  }
  if (!isWhole) throw new AttemptError('The endpoint broke off in the middle of an answer.', 'answer', true);
  if (!hasText) throw new AttemptError('The endpoint finished its answer without any text.', 'answer', false);
  return { text, ...(tokens && { tokens }) };
}

export function isPage(type: string, text: string): boolean {
  return /^text\/html\b/i.test(type) || /^\s*<(?:!doctype|html)\b/i.test(text);
}

function parse(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new AttemptError('The endpoint answered with what is not JSON. Does it complete chats as OpenAI does?', 'answer', true);
  }
  const error = errorIn(value);
  if (error !== undefined) throw new AttemptError(`The endpoint says: ${asSentence(error)}`, 'answer', true);
  return value;
}

/** What a server says is wrong, as OpenAI's and others write it. */
export function errorIn(value: Json): string | undefined {
  if (!isObject(value) || value['error'] === undefined || value['error'] === null) return undefined;
  const { error } = value;
  if (isObject(error) && typeof error['message'] === 'string') return error['message'];
  return typeof error === 'string' ? error : JSON.stringify(error);
}

function firstChoice(value: Json): Json | undefined {
  const choices = isObject(value) ? value['choices'] : undefined;
  return Array.isArray(choices) ? choices[0] : undefined;
}

function contentOf(value: Json): string {
  const choice = firstChoice(value);
  if (!isObject(choice) || !isObject(choice['message']))
    throw new AttemptError('The endpoint answered without `choices`. Does it complete chats as OpenAI does?', 'all', false);
  const { content, refusal } = choice['message'];
  if (typeof content === 'string') return content;
  const why = typeof refusal === 'string' ? ` It refused: ${asSentence(refusal)}` : '';
  throw new AttemptError(`The endpoint finished its answer without any text.${why}`, 'answer', false);
}

function tokensOf(value: Json): Tokens | undefined {
  const usage = isObject(value) ? value['usage'] : undefined;
  if (!isObject(usage)) return undefined;
  return { prompt: countOf(usage['prompt_tokens']), completion: countOf(usage['completion_tokens']) };
}

function countOf(value: Json | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
