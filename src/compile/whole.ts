import type { Diagnostic } from '../base/diagnostic.js';
import type { KnownBundle } from './cache/known-bundle.js';
import type { KnownTemplate } from './cache/known-template.js';
import type { Ignore } from './check/ignores.js';
import type { PartialGraph } from './check/partials.js';
import type { TemplateIndex } from './check/references.js';
import type { Compiled } from './compile.js';
import type { Config } from './config.js';
import type { Build } from './emit/emit.js';
import type { LinkedTemplate } from './link/link.js';
import type { Partial, Template } from './model.js';
import type { Publishing } from './publishing.js';

/** All that a build was made of, for one that differs by a few edits, which takes it over. */
export interface Whole {
  readonly checks: boolean;
  readonly config: Config;
  readonly publishing: Publishing | undefined;
  readonly partials: ReadonlyMap<string, Partial>;
  readonly graph: PartialGraph;
  readonly index: TemplateIndex;
  /** By path. */
  readonly templates: Map<string, KnownTemplate>;
  readonly bundles: Map<string, KnownBundle>;
  /** Those that the tree no longer holds as well. */
  readonly linked: Map<Template, LinkedTemplate>;
  readonly ignores: readonly Ignore[];
  /** What was found in each file that is no partial, by path; without those in which nothing was. */
  readonly found: Map<string, readonly Diagnostic[]>;
  /** What was found beside that. */
  readonly foundElsewhere: readonly Diagnostic[];
  readonly build: Build;
  readonly exampleCount: number;
  readonly edited: Compiled['edited'];
}
