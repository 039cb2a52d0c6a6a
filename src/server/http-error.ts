import type { Problem } from '../base/error.js';

/** The codes of what can be wrong with a request before any prompt is looked at. */
export type HttpCode =
  | 'bad_request'
  | 'bad_path'
  | 'bad_query'
  | 'empty_body'
  | 'invalid_utf8'
  | 'malformed_json'
  | 'unauthorized'
  | 'forbidden'
  | 'host_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'unsupported_content_encoding'
  | 'expectation_failed'
  | 'batch_full'
  | 'uri_too_long'
  | 'header_too_large'
  | 'no_build'
  | 'overloaded';

/** A request that HTTP's own rules, or the routes', refuse. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly code: HttpCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    /** Headers that the status calls for, such as `allow`. */
    readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(message);
  }
}

/** The error of a request that came when there was no room for it. */
export function overloaded(): HttpError {
  return new HttpError('overloaded', 'The server is busy with other requests. Try again in a moment.', [], { 'retry-after': '1' });
}
