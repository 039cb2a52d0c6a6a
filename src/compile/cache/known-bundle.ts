import type { Diagnostic } from '../../base/diagnostic.js';
import type { Digest } from '../../base/digest.js';
import type { SourceText } from '../../base/span.js';
import type { BundleArtifact, ObjectReference } from '../../format/artifact.js';
import type { LinkedBundleFile } from '../link/link.js';
import type { Bundle } from '../model.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import { lazyFrontmatter } from './known-template.js';
import type { BundleRecord } from './records.js';

/** What can be had of a bundle beyond its record. */
export interface BundleMaterials {
  readonly bytes: () => Uint8Array;
  readonly artifact: () => BundleArtifact;
  /** All of it, compiled again. */
  readonly whole: () => LinkedBundleFile;
  /** What was found in compiling it, if that was in this build. */
  readonly found?: readonly Diagnostic[];
}

/** A bundle that nothing is wrong with, nor with the templates in its slots: see KnownTemplate. */
export class KnownBundle implements Bundle {
  readonly id: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly linked: LinkedBundleFile;
  readonly frontmatter: Frontmatter;
  readonly #materials: BundleMaterials;
  #whole: LinkedBundleFile | undefined;

  constructor(
    readonly source: SourceText,
    readonly record: BundleRecord,
    readonly slots: Bundle['slots'],
    readonly references: Bundle['references'],
    materials: BundleMaterials,
  ) {
    this.id = record.id;
    this.version = record.version;
    this.description = record.description;
    this.tags = record.tags;
    this.linked = new KnownLinkedBundle(this, materials);
    this.frontmatter = lazyFrontmatter(source, () => this.whole.prompt.frontmatter);
    this.#materials = materials;
  }

  get config(): Bundle['config'] {
    return this.whole.prompt.config;
  }

  get output(): Bundle['output'] {
    return this.whole.prompt.output;
  }

  get constraints(): Bundle['constraints'] {
    return this.whole.prompt.constraints;
  }

  get constraintsInPrompt(): Bundle['constraintsInPrompt'] {
    return this.whole.prompt.constraintsInPrompt;
  }

  get locale(): Bundle['locale'] {
    return this.whole.prompt.locale;
  }

  get examples(): Bundle['examples'] {
    return this.whole.prompt.examples;
  }

  get budget(): Bundle['budget'] {
    return this.whole.prompt.budget;
  }

  /** What was found in compiling it, if that was in this build. */
  get found(): readonly Diagnostic[] | undefined {
    return this.#materials.found;
  }

  /** All of it, compiled again. */
  get whole(): LinkedBundleFile {
    return (this.#whole ??= this.#materials.whole());
  }
}

class KnownLinkedBundle implements LinkedBundleFile {
  readonly hash: Digest;
  readonly reference: ObjectReference;
  readonly #materials: BundleMaterials;

  constructor(
    readonly prompt: KnownBundle,
    materials: BundleMaterials,
  ) {
    this.hash = prompt.record.hash;
    this.reference = prompt.record.artifact;
    this.#materials = materials;
  }

  get artifact(): LinkedBundleFile['artifact'] {
    return this.#materials.artifact();
  }

  get bytes(): Uint8Array {
    return this.#materials.bytes();
  }
}
