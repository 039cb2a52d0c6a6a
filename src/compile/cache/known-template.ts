import type { Diagnostic } from '../../base/diagnostic.js';
import type { Digest } from '../../base/digest.js';
import type { SourceText, Span } from '../../base/span.js';
import type { ObjectReference, TemplateArtifact } from '../../format/artifact.js';
import type { LinkedTemplate } from '../link/link.js';
import type { Input, Partial, Template } from '../model.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import type { TextNode } from '../parse/template/ast.js';
import { nodesOfType } from '../parse/template/walk.js';
import type { TemplateRecord } from './records.js';

/** What can be had of a template beyond its record. */
export interface TemplateMaterials {
  readonly bytes: () => Uint8Array;
  readonly artifact: () => TemplateArtifact;
  /** All of it, compiled again. */
  readonly whole: () => LinkedTemplate;
  /** Where its texts stand in its file, start and end in turn, if that is known. */
  readonly texts?: Uint32Array | undefined;
  /** What was found in compiling it, if that was in this build. */
  readonly found?: readonly Diagnostic[];
}

/**
 * A template that nothing is wrong with, compiled now or in an earlier build: what most of a build asks of it is at hand, what
 * bundles ask of it is in its artifact, and for the rest it is compiled again.
 */
export class KnownTemplate implements Template {
  readonly id: string;
  readonly version: string;
  readonly description: string | undefined;
  /** The names of all partials that it includes, directly or not, sorted. */
  readonly includes: readonly string[];
  readonly linked: LinkedTemplate;
  readonly frontmatter: Frontmatter;
  readonly #materials: TemplateMaterials;
  #whole: LinkedTemplate | undefined;

  constructor(
    readonly source: SourceText,
    readonly record: TemplateRecord,
    readonly partials: readonly Partial[],
    materials: TemplateMaterials,
  ) {
    this.id = record.id;
    this.version = record.version;
    this.description = record.description;
    this.includes = partials.map(({ name }) => name);
    this.linked = new KnownLinkedTemplate(this, materials, () => this.whole);
    this.frontmatter = lazyFrontmatter(source, () => this.whole.prompt.frontmatter);
    this.#materials = materials;
  }

  get role(): Template['role'] {
    return this.#materials.artifact().role;
  }

  get adapterVersion(): Template['adapterVersion'] {
    return this.#materials.artifact().adapter_version;
  }

  get constraints(): Template['constraints'] {
    return this.#materials.artifact().constraints;
  }

  get inputs(): Template['inputs'] {
    const { inputs } = this.#materials.artifact();
    if (inputs === undefined) return undefined;
    return new Map(
      Object.entries(inputs).map(([written, schema]) => {
        const optional = written.endsWith('?');
        const name = optional ? written.slice(0, -1) : written;
        return [name, new KnownInput(name, optional, schema, () => this.whole.prompt.inputs!.get(name)!.span)];
      }),
    );
  }

  get body(): Template['body'] {
    return this.whole.prompt.body;
  }

  get nodes(): Template['nodes'] {
    return this.whole.prompt.nodes;
  }

  /** Its own texts, those of its partials left out. */
  get texts(): readonly TextNode[] {
    const { texts } = this.#materials;
    if (texts === undefined) return nodesOfType(this.nodes, 'text');
    return Array.from({ length: texts.length / 2 }, (_, i) => {
      const [start, end] = [texts[2 * i]!, texts[2 * i + 1]!];
      return { type: 'text', text: this.source.text.slice(start, end), start, end };
    });
  }

  /** What was found in compiling it, if that was in this build. */
  get found(): readonly Diagnostic[] | undefined {
    return this.#materials.found;
  }

  /** All of it, compiled again. */
  get whole(): LinkedTemplate {
    return (this.#whole ??= this.#materials.whole());
  }
}

class KnownInput implements Input {
  constructor(
    readonly name: string,
    readonly optional: boolean,
    readonly schema: Input['schema'],
    private readonly place: () => Span,
  ) {}

  get span(): Span {
    return this.place();
  }
}

class KnownLinkedTemplate implements LinkedTemplate {
  readonly hash: Digest;
  readonly reference: ObjectReference;
  readonly #materials: TemplateMaterials;
  readonly #all: () => LinkedTemplate;

  constructor(
    readonly prompt: KnownTemplate,
    materials: TemplateMaterials,
    all: () => LinkedTemplate,
  ) {
    this.hash = prompt.record.hash;
    this.reference = prompt.record.artifact;
    this.#materials = materials;
    this.#all = all;
  }

  get partials(): readonly Partial[] {
    return this.prompt.partials;
  }

  get artifact(): TemplateArtifact {
    return this.#materials.artifact();
  }

  get bytes(): Uint8Array {
    return this.#materials.bytes();
  }

  get places(): LinkedTemplate['places'] {
    return this.#all().places;
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
