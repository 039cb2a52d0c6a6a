/** Errors → problem documents (RFC 9457): the one table from codes to statuses. */
import { STATUS_CODES } from 'node:http';
import { type ErrorCode, type Problem, PromptcError } from '../base/error.js';
import { type HttpCode, HttpError, overloaded } from './http-error.js';

/** What an error is answered with, as `application/problem+json`. */
export interface ProblemDocument {
  /** Always this: `code` says what `type` would, and the title is the status's own. */
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode | HttpCode | 'internal';
  /** Each thing that is wrong, if it has a place: a JSON Pointer into the body, or `?name` for a query parameter. */
  readonly errors?: readonly Problem[];
}

export const PROBLEM_TYPE = 'application/problem+json';

/** By code. */
export const STATUS: { readonly [code in ProblemDocument['code']]: number } = {
  bad_request: 400,
  bad_path: 400,
  bad_query: 400,
  empty_body: 400,
  invalid_utf8: 400,
  malformed_json: 400,
  payload_invalid: 400,
  version_invalid: 400,
  bundle_unsupported_model: 400,
  unauthorized: 401,
  forbidden: 403,
  host_not_allowed: 403,
  not_found: 404,
  bundle_not_found: 404,
  template_not_found: 404,
  version_not_found: 404,
  no_default_version: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_large: 413,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unsupported_content_encoding: 415,
  expectation_failed: 417,
  prompt_too_large: 422,
  render_too_long: 422,
  batch_full: 422,
  uri_too_long: 414,
  header_too_large: 431,
  no_build: 503,
  overloaded: 503,
  artifact_missing: 500,
  artifact_corrupt: 500,
  artifact_unsupported: 500,
  audit_failed: 500,
  content_invalid: 500,
  compile_failed: 500,
  output_failed: 500,
  git_failed: 500,
  base_unresolved: 500,
  history_missing: 500,
  internal: 500,
};

/** Compiling and reading Git are not the server's work: should it meet one of these, that is its own fault. */
type ForeignCode = 'content_invalid' | 'compile_failed' | 'output_failed' | 'git_failed' | 'base_unresolved' | 'history_missing';

/** The codes that clients meet. */
export type ServerCode = Exclude<ProblemDocument['code'], ForeignCode>;

/** Every code that a problem can have. */
export const PROBLEM_CODES = Object.keys(STATUS) as readonly ProblemDocument['code'][];

/** What a client is told of any error. Of the server's own faults it learns the code, and nothing of the inside. */
export function problemOf(error: unknown): ProblemDocument {
  const known = error instanceof PromptcError || error instanceof HttpError ? error : isShortage(error) ? overloaded() : undefined;
  const code = known?.code ?? 'internal';
  const status = STATUS[code];
  const head = { type: 'about:blank', title: STATUS_CODES[status]!, status } as const;
  if (known === undefined || (status >= 500 && status !== 503))
    return { ...head, detail: 'The server is at fault; its log says more.', code };
  const { message: detail, problems } = known;
  return { ...head, detail, code, ...(problems.length === 0 ? {} : { errors: problems }) };
}

/** Whether the process, or the machine, has as many files and connections open as it may. That passes. */
function isShortage(error: unknown): boolean {
  return error instanceof Error && ['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code!);
}
