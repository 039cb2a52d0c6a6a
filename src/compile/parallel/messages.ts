/** What goes between a build and the threads that help it. */
import type { CompileLimits } from '../config.js';
import type { TemplateRecord } from '../cache/records.js';

/** A file as a message. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

/** What a thread knows from its beginning. */
export interface ThreadData {
  readonly partials: readonly (FileText & { readonly name: string })[];
  readonly limits: CompileLimits;
  readonly checks: boolean;
}

/** What a template came to; `undefined` for one that something is wrong with. */
export type TemplateResult =
  | {
      readonly record: TemplateRecord;
      readonly bytes: Uint8Array;
      /** Where its texts stand in its file, if that is known. */
      readonly texts: Uint32Array | undefined;
    }
  | undefined;
