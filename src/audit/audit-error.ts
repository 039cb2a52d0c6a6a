import { PromptcError } from '../base/error.js';

/** A log that cannot be opened, read or written. */
export function auditError(message: string, cause?: unknown): PromptcError {
  return new PromptcError('audit_failed', message, [], cause === undefined ? undefined : { cause });
}

/** What the system says of a failure: `ENOSPC`, say. */
export function systemCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
