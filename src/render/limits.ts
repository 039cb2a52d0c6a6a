/** What a render may cost. */
export interface RenderLimits {
  /** The rendered prompt, in bytes of UTF-8. */
  readonly promptBytes: number;
  /** The payload, in bytes of its canonical JSON. */
  readonly payloadBytes: number;
  /** How deep a payload may be nested. */
  readonly payloadDepth: number;
  /** Operations run, loops included, for each template; as many values may its helpers look through. */
  readonly steps: number;
}

export const DEFAULT_RENDER_LIMITS: RenderLimits = {
  promptBytes: 4 * 1024 * 1024,
  payloadBytes: 1024 * 1024,
  payloadDepth: 64,
  steps: 10_000_000,
};
