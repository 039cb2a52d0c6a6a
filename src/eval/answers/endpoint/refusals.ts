/** Requests that brought no answer → what to do about it. */
import type { Json } from '../../../base/json.js';
import { asSentence, AttemptError } from './attempt-error.js';
import { errorIn, isPage, readText } from './chat-answer.js';
import type { EndpointOptions } from './endpoint.js';

/** Of what a server says; the rest is for its own logs. */
const MOST_SAID = 300;

/** A response that is no success. */
export async function statusError(response: Response, { model, key }: Pick<EndpointOptions, 'model' | 'key'>): Promise<AttemptError> {
  const { status, headers } = response;
  const said = await whatItSays(response);
  const refused = (message: string, reach: 'answer' | 'all', isPassing = false): AttemptError =>
    new AttemptError(`${message}${said}`, reach, isPassing, isPassing ? retryAfter(headers.get('retry-after')) : 0);
  if (status >= 300 && status < 400) {
    const target = headers.get('location') ?? 'nowhere';
    return refused(`The endpoint redirects to ${target} (${status}), and is not followed. If that is the API, name it.`, 'all');
  }
  switch (status) {
    case 401:
    case 403:
      return key === undefined
        ? refused(`The endpoint wants a key (${status}). Put it into an environment variable, and name that with --key-env.`, 'all')
        : refused(`The endpoint does not take the key in ${key.variable} (${status}).`, 'all');
    case 404:
    case 405:
      return refused(`The endpoint has no chat completions there, or no model "${model}" (${status}).`, 'all');
    case 402:
      return refused(`The endpoint wants to be paid (${status}).`, 'all');
    case 429:
      if (/quota|billing|credit/i.test(said)) return refused('The account behind the key is used up (429).', 'all');
      return refused('The endpoint is asked too often (429). A lower --concurrency may help; answers so far are kept.', 'answer', true);
    default:
      return status >= 500 || status === 408 || status === 409 || status === 425
        ? refused(`The endpoint failed (${status}).`, 'answer', true)
        : refused(`The endpoint refuses the request (${status}).`, 'answer');
  }
}

/** As the rest of a message; nothing if it says nothing that a person reads. */
async function whatItSays(response: Response): Promise<string> {
  const text = await readText(response).catch(() => '');
  if (text.trim() === '' || isPage(response.headers.get('content-type') ?? '', text)) return '';
  const said = (messageIn(text) ?? text).replaceAll(/\s+/g, ' ').trim();
  return ` It says: ${asSentence(said.length > MOST_SAID ? `${said.slice(0, MOST_SAID)}…` : said)}`;
}

function messageIn(text: string): string | undefined {
  try {
    return errorIn(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** Seconds, or a date: RFC 9110, section 10.2.3. */
function retryAfter(header: string | null): number {
  if (header === null) return 0;
  const milliseconds = /^[0-9]{1,9}(?:\.[0-9]+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}

/** No response at all, or one that broke off. */
export function connectionError(error: unknown, { host }: URL): AttemptError {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  const code = cause?.code ?? (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  if (code === 'ENOTFOUND') return new AttemptError(`There is no host ${host}, or its name cannot be found now.`, 'all', false);
  if (code === 'ECONNREFUSED') return new AttemptError(`Nothing listens at ${host}. Is the server started?`, 'all', true);
  if (/CERT|SELF_SIGNED|ISSUER|ERR_TLS/.test(code)) {
    const hint = 'NODE_EXTRA_CA_CERTS names a file with more certificates to trust.';
    return new AttemptError(`The certificate of ${host} is not trusted (${code}). ${hint}`, 'all', false);
  }
  return new AttemptError(`The connection to ${host} broke (${code}).`, 'answer', true);
}
