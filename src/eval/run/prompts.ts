/** The prompts that a run asks with: those of a project that was compiled in memory. */
import semver from 'semver';
import { PromptcError } from '../../base/error.js';
import type { Compiled } from '../../compile/compile.js';
import { didYouMean } from '../../compile/nearest.js';
import { BundleRenderer } from '../../generator/bundle-renderer.js';
import type { RenderResult } from '../../render/render-bundle.js';
import { BuildStore } from '../../sources/inline.js';
import { StoreSource } from '../../sources/store.js';
import type { SuiteCase } from '../suites/suite.js';

type Build = NonNullable<Compiled['build']>;

export class EvalPrompts {
  readonly #build: Build;
  readonly #source: StoreSource;
  readonly #renderer: BundleRenderer;

  constructor(build: Build, { limits }: Compiled['config']) {
    this.#build = build;
    this.#source = new StoreSource(new BuildStore(build));
    this.#renderer = new BundleRenderer({ bundles: this.#source, templates: this.#source, limits });
  }

  /** @throws PromptcError whose message says what the case asks for and does not get */
  async render(asked: SuiteCase): Promise<RenderResult> {
    const { bundle, semver: wanted, input = {}, example } = asked;
    if (!Object.hasOwn(this.#build.index.bundles, bundle)) {
      const hint = didYouMean(bundle, Object.keys(this.#build.index.bundles)) ?? '`promptc build` compiles those that there are.';
      throw new PromptcError('bundle_not_found', `There is no bundle "${bundle}". ${hint}`);
    }
    if (example === undefined) return this.#renderer.render(bundle, wanted, input);
    const { version } = await this.#source.bundle(bundle, wanted);
    return this.#renderer.render(bundle, version, this.#example(bundle, version, example));
  }

  #example(bundle: string, version: string, name: string): unknown {
    const examples = this.#build.bundles.find(({ prompt }) => prompt.id === bundle && prompt.version === version)?.prompt.examples ?? [];
    const found = examples.find((example) => example.name === name);
    if (found !== undefined) return found.input;
    const known = examples.length === 0 ? 'it has none' : `it has ${examples.map((example) => example.name).join(', ')}`;
    // Those of an older version are in its file, and that is another one by now.
    const isOld = semver.neq(version, this.#newest(bundle));
    const hint = isOld ? ' Write the payload down as `input`.' : '';
    throw new PromptcError('content_invalid', `The bundle ${bundle}@${version} has no example "${name}"; ${known}.${hint}`);
  }

  #newest(bundle: string): string {
    return Object.keys(this.#build.index.bundles[bundle]!.versions).toSorted(semver.rcompare)[0]!;
  }
}
