/** Sources that read a `dist/` folder. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject } from '../base/json.js';
import { BUILD_FILE, type BuildOrigin, MANIFEST_FILE, objectPath, type ObjectReference } from '../format/artifact.js';
import { RECORDS_FOLDER, recordsAmong } from '../format/build-record.js';
import { parseJson } from './read-artifact.js';
import { type ManifestFile, notWritten, readManifest } from './read-manifest.js';
import { type Store, StoreSource } from './store.js';

/** A `dist/` folder. Its manifest is read once, so that all answers come from one build. */
export class DistFolder implements Store {
  #manifest: Promise<ManifestFile> | undefined;

  /** @param manifestFile - below the folder */
  constructor(
    readonly folder: string,
    private readonly manifestFile: string = MANIFEST_FILE,
  ) {}

  manifest(): Promise<ManifestFile> {
    this.#manifest ??= this.#readManifest().catch((error: unknown) => {
      // The next request tries again: a build may be on its way.
      this.#manifest = undefined;
      throw error;
    });
    return this.#manifest;
  }

  async object({ digest }: ObjectReference): Promise<Uint8Array> {
    return readOrMissing(
      path.join(this.folder, objectPath(digest)),
      `The artifact ${digest} is missing below ${this.folder}. Build again.`,
    );
  }

  /**
   * Where the build of a manifest came from, as far as the folder says so. The folder's `build.json` may be that of a
   * build that is being written; each build has a record of its own.
   */
  async origin(manifest: Digest): Promise<Pick<BuildOrigin, 'commit' | 'dirty'>> {
    const names = await readdir(path.join(this.folder, RECORDS_FOLDER)).catch(() => []);
    const records = recordsAmong(names).filter((record) => record.manifest === manifest);
    for (const file of [BUILD_FILE, ...records.map((record) => record.path).toReversed()]) {
      const origin = readOrigin(await readFile(path.join(this.folder, file)).catch(() => undefined));
      if (origin?.manifest === manifest) return { commit: origin.commit, dirty: origin.dirty };
    }
    return { commit: null, dirty: null };
  }

  async #has(digest: Digest): Promise<boolean> {
    return stat(path.join(this.folder, objectPath(digest))).then(
      () => true,
      () => false,
    );
  }

  async #readManifest(): Promise<ManifestFile> {
    const file = path.join(this.folder, this.manifestFile);
    const manifest = readManifest(
      await readOrMissing(file, `There is no build in ${this.folder}: ${this.manifestFile} is missing. Run \`promptc build\` first.`),
    );
    // A build writes its manifest among the objects first: one that was changed since has no object of its digest.
    if (!(await this.#has(manifest.digest))) throw notWritten();
    return manifest;
  }
}

/** `undefined` for what is none: nothing that renders depends on it. */
function readOrigin(bytes: Uint8Array | undefined): BuildOrigin | undefined {
  if (bytes === undefined) return undefined;
  try {
    const origin = parseJson(bytes, BUILD_FILE);
    const { commit, dirty } = isObject(origin) ? origin : {};
    const isOrigin = (commit === null || typeof commit === 'string') && (dirty === null || typeof dirty === 'boolean');
    return isOrigin ? (origin as unknown as BuildOrigin) : undefined;
  } catch {
    return undefined;
  }
}

async function readOrMissing(file: string, message: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // No fault of the file's: it passes.
    if (code === 'EMFILE' || code === 'ENFILE') throw cause;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new PromptcError('artifact_missing', message, [], { cause });
    throw new PromptcError('artifact_missing', `${file} cannot be read: ${code ?? String(cause)}.`, [], { cause });
  }
}

/** Bundles from a `dist/` folder. */
export class FileBundleSource extends StoreSource {
  /** @param folder - such as `dist` */
  constructor(folder: string | DistFolder) {
    super(typeof folder === 'string' ? new DistFolder(folder) : folder);
  }
}

/** Templates from a `dist/` folder. */
export class FileTemplateSource extends FileBundleSource {}
