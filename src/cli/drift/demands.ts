/** What the bundles of a build demand of answers. */
import { PromptcError } from '../../base/error.js';
import type { Demands } from '../../drift/measuring/broken-constraints.js';
import { DistFolder } from '../../sources/file.js';
import { StoreSource } from '../../sources/store.js';

/** A build that may not be there, and versions that it may not hold: without them, answers are compared all the same. */
export class BuildDemands {
  readonly #source: StoreSource;
  /** The versions that are not known. */
  readonly #unknown: string[] = [];
  #hasBuild: boolean | undefined;

  /** @param name - what the folder is called in notes */
  constructor(
    folder: string,
    private readonly name: string,
  ) {
    this.#source = new StoreSource(new DistFolder(folder));
  }

  async of(bundle: string, version: string): Promise<Demands | undefined> {
    if (!(await this.#isThere())) return undefined;
    const found = await this.#source.bundle(bundle, version).catch((error: unknown) => {
      if (error instanceof PromptcError && UNKNOWN.has(error.code)) return undefined;
      throw error;
    });
    // A range would mean whatever is the newest today.
    if (found?.version === version) return found;
    this.#unknown.push(`${bundle} ${version}`);
    return undefined;
  }

  /** What was not checked for want of a build, in sentences. */
  get notes(): string[] {
    if (this.#hasBuild === false)
      return [`There is no build in ${this.name}, so that no constraint was checked. Run \`promptc build\`, or name one with --dir.`];
    if (this.#unknown.length === 0) return [];
    const [first, ...more] = this.#unknown;
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    return [`The build in ${this.name} does not hold ${first}${others}, so that no constraint of these answers was checked.`];
  }

  async #isThere(): Promise<boolean> {
    if (this.#hasBuild === undefined) {
      try {
        await this.#source.catalog();
        this.#hasBuild = true;
      } catch (error) {
        if (!(error instanceof PromptcError && error.code === 'artifact_missing')) throw error;
        this.#hasBuild = false;
      }
    }
    return this.#hasBuild;
  }
}

const UNKNOWN: ReadonlySet<string> = new Set(['bundle_not_found', 'version_not_found', 'version_invalid', 'no_default_version']);
