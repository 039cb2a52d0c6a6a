/**
 * Keeps a folder in step with a build on a static host.
 *
 * What always holds: the folder has the last good build, whole, whatever happens to the host, the network, the disk or
 * this process; a closed mirror leaves no timer and no connection.
 */
import { type Digest, sha256 } from '../../base/digest.js';
import { PromptcError } from '../../base/error.js';
import { MANIFEST_FILE } from '../../format/artifact.js';
import { DistFolder } from '../file.js';
import { parseAddress } from './address.js';
import { claim } from './claim.js';
import { discardOld } from './discard.js';
import { Folder } from './folder.js';
import { type Conditions, Host } from './host.js';
import { DEFAULT_MIRROR_LIMITS, type MirrorLimits } from './limits.js';
import { MirrorError } from './mirror-error.js';
import { namedObjects, type NamedObjects } from './named-objects.js';
import type { ObjectsOptions } from './objects.js';
import { type FoundManifest, takeBuild } from './take-build.js';

export interface MirrorOptions {
  /** Of a folder with a build: `https:`, or `http:` on this machine. */
  readonly url: string;
  /** Where the builds are kept. It is made if it is not there. */
  readonly folder: string;
  /** The digest of the only manifest that is ever taken. */
  readonly expect?: Digest | undefined;
  /** Called after each try that failed, and when a build was taken or the host is well again. */
  readonly report?: (status: MirrorStatus) => void;
  /** Builds whose objects have to stay, beside the one in place and the one before: those that are still served. */
  readonly inUse?: () => readonly Digest[];
  /** Go on without a build, until one comes; false by default. */
  readonly mayBeEmpty?: boolean;
  readonly limits?: Partial<MirrorLimits>;
  /** Certificates in PEM to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** How the objects of a build are found; as manifests of this version name them by default. */
  readonly named?: NamedObjects;
}

export interface MirrorStatus {
  /** `current`: the folder has what the host had when it was asked last. `failing`: it has an earlier build, or none. */
  readonly state: 'starting' | 'current' | 'failing';
  /** Of `failing`: what went wrong last. */
  readonly reason?: string;
  /** When it came to this state. */
  readonly since: Date;
  /** Absent if there is nothing more to try: the build that is expected is in place. */
  readonly nextTry?: Date;
  /** The build that was taken last, or found in place; absent before. */
  readonly build?: Digest;
}

/** A build that is in place, and that was seen to be whole. */
interface WholeBuild {
  readonly digest: Digest;
  /** Its objects that name others: a build that has them as well has all that they name. */
  readonly pages: ReadonlySet<Digest>;
  readonly conditions: Conditions;
}

export class Mirror {
  readonly #options: MirrorOptions;
  readonly #limits: MirrorLimits;
  readonly #url: URL;
  readonly #objects: ObjectsOptions;
  #status: MirrorStatus = { state: 'starting', since: new Date() };
  #whole: WholeBuild | undefined;
  #failures = 0;
  #host: Host | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trying: Promise<void> | undefined;
  #closed = false;

  /**
   * Starts to mirror. It waits for the first look at the host; not long if the folder has a build to start from.
   *
   * @throws AddressError; PromptcError `artifact_missing` if the folder has no build, and none came, unless it may be empty
   */
  static async open(options: MirrorOptions): Promise<Mirror> {
    const mirror = new Mirror(options);
    const first = mirror.#run();
    const canStart = async (): Promise<boolean> => options.mayBeEmpty === true || (await mirror.#hasBuild());
    if (await canStart()) await settledWithin(first, mirror.#limits.startMilliseconds);
    else await first;
    if (mirror.status.state === 'current' || (await canStart())) return mirror;
    await mirror.close();
    throw new PromptcError(
      'artifact_missing',
      `There is no build in ${options.folder}, and none came from ${mirror.#url.href}: ${mirror.status.reason}`,
    );
  }

  private constructor(options: MirrorOptions) {
    this.#options = options;
    this.#url = parseAddress(options.url);
    this.#limits = { ...DEFAULT_MIRROR_LIMITS, ...options.limits };
    this.#objects = { folder: new Folder(options.folder), named: options.named ?? namedObjects, limits: this.#limits };
  }

  get status(): MirrorStatus {
    return this.#status;
  }

  /** Stops, and settles when nothing more is asked, read or written. The folder stays as it is. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#host?.close();
    await this.#trying;
  }

  #run(): Promise<void> {
    this.#trying = this.#try();
    return this.#trying;
  }

  async #try(): Promise<void> {
    let fetched = 0;
    let failure: unknown;
    const host = new Host(this.#url, { limits: this.#limits, ca: this.#options.ca });
    this.#host = host;
    try {
      await this.#follow(host, () => fetched++);
    } catch (error) {
      failure = error;
    } finally {
      host.close();
    }
    if (this.#closed) return;
    // A host that gives a little more each time is not to be waited for ever longer.
    this.#failures = failure === undefined || fetched > 0 ? 0 : this.#failures + 1;
    const wait = this.#wait(failure);
    if (wait !== undefined) this.#timer = setTimeout(() => void this.#run(), wait);
    this.#settle(failure, wait);
  }

  /** Brings the folder in step. */
  async #follow(host: Host, fetched: () => void): Promise<void> {
    const { folder } = this.#objects;
    await claim(folder, this.#url);
    const bytes = await folder.read(MANIFEST_FILE);
    const present = bytes && { bytes, digest: sha256(bytes) };
    const whole = this.#whole?.digest === present?.digest ? this.#whole : undefined;
    const found = await this.#findManifest(host, present, whole);
    if (found === undefined) return;
    const { conditions, ...manifest } = found;
    if (manifest.digest === whole?.digest) {
      this.#whole = { ...whole, conditions };
      return;
    }
    const pages = await takeBuild(manifest, host, this.#objects, whole?.pages ?? new Set(), fetched);
    this.#whole = { digest: manifest.digest, pages, conditions };
    await discardOld(this.#objects, this.#options.inUse?.() ?? []).catch((cause: unknown) => {
      throw new MirrorError(`Objects of earlier builds could not be removed: ${this.#reason(cause)}`, 0, { cause });
    });
  }

  /** @returns `undefined` if it is the one in place */
  async #findManifest(
    host: Host,
    present: FoundManifest | undefined,
    whole: WholeBuild | undefined,
  ): Promise<(FoundManifest & { conditions: Conditions }) | undefined> {
    const { expect } = this.#options;
    // Nothing that the host has could be taken instead.
    if (expect !== undefined && present?.digest === expect) return { ...present, conditions: {} };
    const answer = await host.get(MANIFEST_FILE, this.#limits.manifestBytes, whole?.conditions);
    if (answer === undefined) return undefined;
    const digest = sha256(answer.bytes);
    if (expect !== undefined && digest !== expect) {
      throw new MirrorError(
        `${host.address(MANIFEST_FILE)} is the build ${digest}; only ${expect} is expected, and nothing else is taken.`,
      );
    }
    return { ...answer, digest };
  }

  /** How long until the next try; `undefined` if there is none. */
  #wait(failure: unknown): number | undefined {
    const { pollMilliseconds, retryMilliseconds, longestWaitMilliseconds } = this.#limits;
    const spread = 0.8 + 0.4 * Math.random();
    if (failure === undefined) return this.#whole?.digest === this.#options.expect ? undefined : pollMilliseconds * spread;
    const asked = failure instanceof MirrorError ? failure.retryAfterMilliseconds : 0;
    const backoff = retryMilliseconds * 2 ** Math.max(0, this.#failures - 1) * spread;
    return Math.min(longestWaitMilliseconds, Math.max(backoff, asked));
  }

  #settle(failure: unknown, wait: number | undefined): void {
    const before = this.#status;
    const state = failure === undefined ? 'current' : 'failing';
    const build = this.#whole?.digest;
    this.#status = {
      state,
      since: state === before.state ? before.since : new Date(),
      ...(failure === undefined ? {} : { reason: this.#reason(failure) }),
      ...(wait === undefined ? {} : { nextTry: new Date(Date.now() + wait) }),
      ...(build === undefined ? {} : { build }),
    };
    if (state !== 'current' || before.state !== 'current' || before.build !== build) this.#options.report?.(this.#status);
  }

  #reason(failure: unknown): string {
    if (failure instanceof MirrorError) return failure.message;
    // What is wrong with a manifest or an object is wrong where it comes from.
    if (failure instanceof PromptcError) return `The build at ${this.#url.href} is not taken: ${failure.message}`;
    if (failure instanceof Error && 'syscall' in failure)
      return `The folder ${this.#options.folder} cannot be kept in step: ${failure.message}`;
    return String(failure);
  }

  #hasBuild(): Promise<boolean> {
    return new DistFolder(this.#options.folder).manifest().then(
      () => true,
      () => false,
    );
  }
}

async function settledWithin(promise: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
