import type { Digest } from '../../base/digest.js';
import type { SourceText } from '../../base/span.js';
import type { ObjectReference } from '../../format/artifact.js';
import type { LinkedTemplate } from '../link/link.js';
import type { ParsedTemplate, Partial, Template } from '../model.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import type { TemplateRecord } from './records.js';

/**
 * A template that has not changed since it was compiled: what most of a build asks of it is at hand, and the rest is
 * compiled when somebody asks for it.
 */
export class KnownTemplate implements Template, ParsedTemplate {
  readonly id: string;
  readonly version: string;
  readonly description: string | undefined;
  /** The names of all partials that it includes, directly or not, sorted. */
  readonly includes: readonly string[];
  readonly linked: LinkedTemplate;
  readonly frontmatter: Frontmatter;
  readonly #whole: () => Template;

  /** @param compile - compiles it again */
  constructor(
    readonly source: SourceText,
    readonly record: TemplateRecord,
    readonly partials: readonly Partial[],
    compile: () => LinkedTemplate,
  ) {
    this.id = record.id;
    this.version = record.version;
    this.description = record.description;
    this.includes = partials.map(({ name }) => name);
    let compiled: LinkedTemplate | undefined;
    const whole = (): LinkedTemplate => (compiled ??= compile());
    this.#whole = () => whole().prompt;
    this.linked = new KnownLinkedTemplate(this, record, whole);
    this.frontmatter = lazyFrontmatter(source, () => whole().prompt.frontmatter);
  }

  get role(): Template['role'] {
    return this.#whole().role;
  }

  get adapterVersion(): Template['adapterVersion'] {
    return this.#whole().adapterVersion;
  }

  get inputs(): Template['inputs'] {
    return this.#whole().inputs;
  }

  get constraints(): Template['constraints'] {
    return this.#whole().constraints;
  }

  get body(): Template['body'] {
    return this.#whole().body;
  }

  get nodes(): Template['nodes'] {
    return this.#whole().nodes;
  }
}

class KnownLinkedTemplate implements LinkedTemplate {
  readonly hash: Digest;
  readonly reference: ObjectReference;
  readonly #whole: () => LinkedTemplate;

  constructor(
    readonly prompt: KnownTemplate,
    { hash, artifact }: TemplateRecord,
    whole: () => LinkedTemplate,
  ) {
    this.hash = hash;
    this.reference = artifact;
    this.#whole = whole;
  }

  get partials(): readonly Partial[] {
    return this.prompt.partials;
  }

  get artifact(): LinkedTemplate['artifact'] {
    return this.#whole().artifact;
  }

  get bytes(): Uint8Array {
    return this.#whole().bytes;
  }

  get places(): LinkedTemplate['places'] {
    return this.#whole().places;
  }
}

/** Frontmatter that is read when somebody asks for more than which file it is in. */
export function lazyFrontmatter(source: SourceText, whole: () => Frontmatter): Frontmatter {
  return {
    get value() {
      return whole().value;
    },
    locate: (path, part) => (path.length === 0 ? { source, start: 0, end: 1 } : whole().locate(path, part)),
    isRefused: (path) => whole().isRefused(path),
  };
}
