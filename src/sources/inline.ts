/** Sources over values that are compiled in memory. */
import { PromptcError } from '../base/error.js';
import type { Config } from '../compile/config.js';
import type { Build } from '../compile/emit/emit.js';
import { compileInline, type InlineContent } from '../compile/inline.js';
import { objectPath, type ObjectReference } from '../format/artifact.js';
import type { ManifestFile } from './read-manifest.js';
import { type Store, StoreSource } from './store.js';

/** A build that was never written. */
export class BuildStore implements Store {
  readonly #manifest: ManifestFile;

  constructor(readonly build: Build) {
    const { manifest, manifestBytes: bytes, manifestDigest: digest } = build;
    this.#manifest = { manifest, bytes, digest };
  }

  manifest(): Promise<ManifestFile> {
    return Promise.resolve(this.#manifest);
  }

  object({ digest }: ObjectReference): Promise<Uint8Array> {
    const bytes = this.build.objects.get(objectPath(digest))?.bytes;
    if (bytes !== undefined) return Promise.resolve(bytes);
    return Promise.reject(new PromptcError('artifact_missing', `The artifact ${digest} is not among the given values.`));
  }
}

/** Bundles from values. */
export class InlineBundleSource extends StoreSource {
  /**
   * @param content - the bundles and the templates and partials that they need
   * @throws CompileError
   */
  constructor(content: InlineContent, config?: Config) {
    super(new BuildStore(compileInline(content, config)));
  }
}

/** Templates from values. */
export class InlineTemplateSource extends StoreSource {
  /**
   * @param content - the templates, and the partials that they include
   * @throws CompileError
   */
  constructor({ templates, partials = {} }: Pick<InlineContent, 'templates' | 'partials'>, config?: Config) {
    super(new BuildStore(compileInline({ templates, partials }, config)));
  }
}
