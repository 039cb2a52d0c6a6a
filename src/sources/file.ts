/** Sources that read a `dist/` folder. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PromptcError } from '../base/error.js';
import { MANIFEST_FILE, objectPath, type ObjectReference } from '../format/artifact.js';
import { type ManifestFile, readManifest, type Store, StoreSource } from './store.js';

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

  async #readManifest(): Promise<ManifestFile> {
    const file = path.join(this.folder, this.manifestFile);
    return readManifest(
      await readOrMissing(file, `There is no build in ${this.folder}: ${this.manifestFile} is missing. Run \`promptc build\` first.`),
    );
  }
}

async function readOrMissing(file: string, message: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
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
