/**
 * A static host, as a mirror asks it.
 *
 * What always holds: no more is read than was asked for, compressed or not; whatever a host sends or fails to send, a
 * request comes to its end within its deadline; only the host that was named is asked; what is read is not trusted, and
 * whoever asked for it checks it.
 */
import { Agent as HttpAgent, get as httpGet, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ENGINE_VERSION } from '../../base/version.js';
import { redirectTarget } from './address.js';
import type { MirrorLimits } from './limits.js';
import { MirrorError } from './mirror-error.js';

export interface Answer {
  readonly bytes: Uint8Array;
  /** To be sent along when the same is asked for again; none if the host gave nothing that can be relied on. */
  readonly conditions: Conditions;
}

/** Request headers. */
export interface Conditions {
  readonly 'if-none-match'?: string;
  readonly 'if-modified-since'?: string;
}

export interface HostOptions {
  readonly limits: MirrorLimits;
  /** Certificates in PEM to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
}

const MAX_REDIRECTS = 5;
/** What compressing may add to what cannot be compressed. */
const COMPRESSION_OVERHEAD = 64 * 1024;

/** Connections are kept until it is closed, and then none is left. */
export class Host {
  readonly #base: URL;
  readonly #limits: MirrorLimits;
  readonly #agent: HttpAgent;
  readonly #secureAgent: HttpsAgent;
  readonly #closed = new AbortController();

  constructor(base: URL, { limits, ca }: HostOptions) {
    this.#base = base;
    this.#limits = limits;
    this.#agent = new HttpAgent({ keepAlive: true });
    this.#secureAgent = new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) });
  }

  /** Aborted once it is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort(new MirrorError('The mirror was closed.'));
    this.#agent.destroy();
    this.#secureAgent.destroy();
  }

  /** The address of a file. */
  address(path: string): string {
    return new URL(path, this.#base).href;
  }

  /**
   * Gets a file.
   *
   * @param limit - how many bytes it may have
   * @returns `undefined` if it has not changed since the answer that the conditions are from
   * @throws MirrorError
   */
  async get(path: string, limit: number, conditions: Conditions = {}): Promise<Answer | undefined> {
    this.closed.throwIfAborted();
    const address = this.address(path);
    const given = new AbortController();
    const close = (): void => given.abort(this.closed.reason);
    this.closed.addEventListener('abort', close);
    const { requestMilliseconds } = this.#limits;
    const deadline = setTimeout(() => {
      given.abort(new MirrorError(`${address} was not there whole within ${seconds(requestMilliseconds)}.`));
    }, requestMilliseconds);
    try {
      return await this.#follow(address, limit, conditions, given);
    } catch (error) {
      if (given.signal.aborted) throw given.signal.reason as Error;
      if (error instanceof MirrorError) throw error;
      throw new MirrorError(`${address} cannot be got: ${systemText(error as NodeJS.ErrnoException)}.`, 0, { cause: error });
    } finally {
      clearTimeout(deadline);
      this.closed.removeEventListener('abort', close);
    }
  }

  async #follow(address: string, limit: number, conditions: Conditions, given: AbortController): Promise<Answer | undefined> {
    let url = new URL(address);
    for (let redirects = 0; ; redirects++) {
      const response = await this.#request(url, conditions, given);
      try {
        const { statusCode, headers } = response;
        if (statusCode === 200) return { bytes: await readBody(response, limit, address), conditions: conditionsOf(headers) };
        if (statusCode === 304 && Object.keys(conditions).length > 0) return undefined;
        if (statusCode === undefined || statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
          throw new MirrorError(statusText(address, statusCode), retryAfter(headers['retry-after']));
        }
        if (redirects === MAX_REDIRECTS) throw new MirrorError(`${address} redirects more than ${MAX_REDIRECTS} times.`);
        const target = redirectTarget(url, headers.location);
        if (target === undefined) {
          throw new MirrorError(
            `${address} redirects to ${JSON.stringify(headers.location)}, which is another host or not as safe, and is not followed. If that is where the build is, name it instead.`,
          );
        }
        url = target;
      } finally {
        // One that was read whole has given its connection back already.
        response.destroy();
      }
    }
  }

  #request(url: URL, conditions: Conditions, given: AbortController): Promise<IncomingMessage> {
    const { idleMilliseconds } = this.#limits;
    const secure = url.protocol === 'https:';
    const options: RequestOptions = {
      agent: secure ? this.#secureAgent : this.#agent,
      headers: { accept: '*/*', 'accept-encoding': 'gzip', 'user-agent': `promptc/${ENGINE_VERSION}`, ...conditions },
      signal: given.signal,
      timeout: idleMilliseconds,
    };
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsGet : httpGet)(url, options, resolve);
      request.on('error', reject);
      request.on('timeout', () => given.abort(new MirrorError(`${url.href} sent nothing for ${seconds(idleMilliseconds)}.`)));
    });
  }
}

async function readBody(response: IncomingMessage, limit: number, address: string): Promise<Uint8Array> {
  const encoding = response.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new MirrorError(
      `${address} comes with content-encoding ${JSON.stringify(encoding)}. Have the host send it as it is, or with gzip.`,
    );
  }
  const body =
    encoding === 'identity'
      ? response
      : pipeline(
          response,
          (compressed: AsyncIterable<Buffer>) => upTo(limit + COMPRESSION_OVERHEAD, compressed, address),
          createGunzip(),
          // What goes wrong reaches whoever reads.
          () => {},
        );
  const chunks: Buffer[] = [];
  for await (const chunk of upTo(limit, body, address)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* upTo(limit: number, chunks: AsyncIterable<Buffer>, address: string): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit) throw new MirrorError(`${address} is longer than the ${limit} bytes that it may have.`);
    yield chunk;
  }
}

/** Hosts make both from a file's time in seconds: within that second, they may stand for what came before or after. */
function conditionsOf({ etag, date, 'last-modified': modified }: IncomingHttpHeaders): Conditions {
  if (modified !== undefined && !(Date.parse(date ?? '') - Date.parse(modified) >= 2000)) return {};
  if (etag !== undefined) return { 'if-none-match': etag };
  return modified === undefined ? {} : { 'if-modified-since': modified };
}

function retryAfter(header: string | undefined): number {
  if (header === undefined) return 0;
  const milliseconds = /^[0-9]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}

function statusText(address: string, status: number | undefined): string {
  if (status === 404 || status === 410) return `${address} is not there (${status}).`;
  return `${address} is answered with status ${status}.`;
}

function systemText({ code, message }: NodeJS.ErrnoException): string {
  // Several addresses of one name: the message is empty, the code is there.
  return message === '' || code === undefined ? (code ?? message) : `${message} (${code})`;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
