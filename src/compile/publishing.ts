/**
 * What compiling asks of whoever knows what was published: the lock, and the history behind it.
 *
 * The working tree comes first: a version that it holds is compiled from it, and only what it no longer holds is
 * brought from elsewhere.
 */
import type { Diagnostics } from '../base/diagnostic.js';
import type { RecordedSlots, TemplateIndex } from './check/references.js';
import type { Marks } from './emit/build-index.js';
import type { LinkedBundleFile, LinkedPrompts, LinkedTemplate } from './link/link.js';
import type { Sources } from './model.js';

export interface Publishing extends Marks {
  /**
   * Adds the published template versions that the tree does not hold to the index, and returns them. Of all versions
   * the index learns which are yanked.
   */
  templates(index: TemplateIndex, diagnostics: Diagnostics): Promise<readonly LinkedTemplate[]>;
  /** Which template versions a bundle version was linked to before. */
  recorded(id: string, version: string): RecordedSlots | undefined;
  /** The published bundle versions that the tree does not hold. */
  bundles(linked: LinkedPrompts, diagnostics: Diagnostics): Promise<readonly LinkedBundleFile[]>;
  /** Holds what the tree makes to what is published. */
  hold(linked: LinkedPrompts, sources: Sources, diagnostics: Diagnostics): Promise<void>;
  /** Whether anything depends on what the tree makes of a version, beside what refers to it: then all of it is compiled. */
  holds(kind: 'template' | 'bundle', id: string, version: string): boolean;
  /** The published versions that it was found to make otherwise, such as `template tone@1.2.0`. */
  readonly edited: readonly string[];
}
