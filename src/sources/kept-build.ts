import { type Digest, sha256 } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { objectPath } from '../format/artifact.js';
import { DistFolder } from './file.js';
import type { ManifestFile } from './read-manifest.js';

/** A build that a `dist/` folder keeps, by the digest of its manifest: the present one, or one before it. */
export class KeptBuild extends DistFolder {
  constructor(
    folder: string,
    readonly digest: Digest,
  ) {
    super(folder, objectPath(digest));
  }

  override async manifest(): Promise<ManifestFile> {
    const file = await super.manifest();
    if (sha256(file.bytes) === this.digest) return file;
    throw new PromptcError('artifact_corrupt', `The manifest ${this.digest} is not what its name says: it was changed or cut off.`);
  }
}
