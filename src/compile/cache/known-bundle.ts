import type { Digest } from '../../base/digest.js';
import type { SourceText } from '../../base/span.js';
import type { ObjectReference } from '../../format/artifact.js';
import type { LinkedBundleFile } from '../link/link.js';
import type { Bundle } from '../model.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import { lazyFrontmatter } from './known-template.js';
import type { BundleRecord } from './records.js';

/** A bundle that has not changed since it was compiled, and neither have the templates in its slots: see KnownTemplate. */
export class KnownBundle implements Bundle {
  readonly id: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly linked: LinkedBundleFile;
  readonly frontmatter: Frontmatter;
  readonly #whole: () => Bundle;

  /** @param compile - compiles it again */
  constructor(
    readonly source: SourceText,
    readonly record: BundleRecord,
    readonly slots: Bundle['slots'],
    readonly references: Bundle['references'],
    compile: () => LinkedBundleFile,
  ) {
    this.id = record.id;
    this.version = record.version;
    this.description = record.description;
    this.tags = record.tags;
    let compiled: LinkedBundleFile | undefined;
    const whole = (): LinkedBundleFile => (compiled ??= compile());
    this.#whole = () => whole().prompt;
    this.linked = new KnownLinkedBundle(this, record, whole);
    this.frontmatter = lazyFrontmatter(source, () => whole().prompt.frontmatter);
  }

  get config(): Bundle['config'] {
    return this.#whole().config;
  }

  get output(): Bundle['output'] {
    return this.#whole().output;
  }

  get constraints(): Bundle['constraints'] {
    return this.#whole().constraints;
  }

  get examples(): Bundle['examples'] {
    return this.#whole().examples;
  }

  get budget(): Bundle['budget'] {
    return this.#whole().budget;
  }
}

class KnownLinkedBundle implements LinkedBundleFile {
  readonly hash: Digest;
  readonly reference: ObjectReference;
  readonly #whole: () => LinkedBundleFile;

  constructor(
    readonly prompt: KnownBundle,
    { hash, artifact }: BundleRecord,
    whole: () => LinkedBundleFile,
  ) {
    this.hash = hash;
    this.reference = artifact;
    this.#whole = whole;
  }

  get artifact(): LinkedBundleFile['artifact'] {
    return this.#whole().artifact;
  }

  get bytes(): Uint8Array {
    return this.#whole().bytes;
  }
}
