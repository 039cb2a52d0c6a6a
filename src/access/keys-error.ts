/** A keys file that cannot be used, or not be changed; the message says what to do. */
export class KeysError extends Error {
  override readonly name = 'KeysError';

  constructor(
    message: string,
    /** Whether there is no such file. */
    readonly isMissing = false,
  ) {
    super(message);
  }
}
