/** Why a try to mirror came to nothing, as a sentence for an operator. */
export class MirrorError extends Error {
  override readonly name = 'MirrorError';

  constructor(
    message: string,
    /** How long the host asks to be left alone. */
    readonly retryAfterMilliseconds = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
