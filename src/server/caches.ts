/**
 * What is kept ready, by digest. A digest names the same bytes in every build, so that all builds of a process share it:
 * after a swap only what changed is loaded.
 */
import { LRUCache } from 'lru-cache';
import type { Digest } from '../base/digest.js';
import { BundleLinker, DEFAULT_CACHE_SIZE } from '../generator/bundle-linker.js';
import type { RenderLimits } from '../render/limits.js';
import { keepPages, type Pages } from '../sources/catalog.js';
import type { ReadyBundle } from './ready-bundle.js';

export interface CacheOptions {
  /** How many bundles are kept ready; `false` keeps nothing at all, for debugging. 1000 by default. */
  readonly cache?: number | false | undefined;
  readonly limits?: Partial<RenderLimits> | undefined;
}

/** How many bytes of objects are kept for those who fetch them. */
const OBJECT_BYTES = 16 * 1024 * 1024;

export class Caches {
  readonly linker: BundleLinker;
  /** By the digest of the bundle's artifact. */
  readonly bundles: LRUCache<Digest, ReadyBundle> | undefined;
  readonly pages: Pages | undefined;
  readonly objects: LRUCache<Digest, Uint8Array> | undefined;
  /** How many versions are remembered that requests mean, of each build. */
  readonly choices: number | false;
  /** Renders that found their bundle ready, and those that did not. */
  hits = 0;
  misses = 0;

  constructor({ cache = DEFAULT_CACHE_SIZE, limits }: CacheOptions) {
    this.linker = new BundleLinker({ cache, limits });
    this.choices = cache;
    if (cache === false) return;
    this.bundles = new LRUCache({ max: cache });
    this.pages = keepPages();
    this.objects = new LRUCache({ maxSize: OBJECT_BYTES, maxEntrySize: OBJECT_BYTES / 16 });
  }
}
