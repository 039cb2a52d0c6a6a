import type { Diagnostic } from './diagnostic.js';

/** The codes of errors that callers meet; the server maps each to one status. */
export type ErrorCode =
  | 'bundle_not_found'
  | 'template_not_found'
  | 'version_not_found'
  | 'version_invalid'
  | 'no_default_version'
  | 'bundle_unsupported_model'
  | 'payload_invalid'
  | 'payload_too_large'
  | 'prompt_too_large'
  | 'render_too_long'
  | 'content_invalid'
  | 'compile_failed'
  | 'output_failed'
  | 'git_failed'
  | 'base_unresolved'
  | 'history_missing'
  | 'artifact_missing'
  | 'artifact_corrupt'
  | 'artifact_unsupported'
  | 'audit_failed';

/** One thing that is wrong with a payload, and where: `path` is a JSON Pointer (RFC 6901). */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Every error that promptc throws for a caller's or an artifact's fault. Anything else thrown is a bug. */
export class PromptcError extends Error {
  override readonly name = 'PromptcError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** For `payload_invalid`: each problem with its path. */
    readonly problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Content that does not compile: `diagnostics` says what is wrong, each with its place. */
export class CompileError extends PromptcError {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((one) => one.severity === 'error');
    const [first] = errors;
    super('compile_failed', errors.length === 1 ? first!.message : `${errors.length} errors, the first: ${first?.message}`);
  }
}
