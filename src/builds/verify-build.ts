/**
 * A build's folder → what is wrong with it.
 *
 * In: a disk, and on it what `promptc build` writes. Out: findings, and what the build says. What always holds: any
 * change of any bit of the manifest, of build.json's digest, or of an object that the manifest leads to is found; no path
 * is made from anything but a digest; and nothing that is found keeps the rest from being looked at.
 */
import semver from 'semver';
import { canonicalJson } from '../base/canonical-json.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json } from '../base/json.js';
import type { Disk } from '../compile/discover/disk.js';
import { systemReason } from '../compile/discover/system-reason.js';
import {
  BUILD_FILE,
  type BuildOrigin,
  type BuildIndex,
  type BundleArtifact,
  MANIFEST_FILE,
  objectPath,
  type TemplateArtifact,
} from '../format/artifact.js';
import { BUILD_SCHEMA, BUNDLE_ARTIFACT_SCHEMA, MANIFEST_SCHEMA, PAGE_SCHEMA, TEMPLATE_ARTIFACT_SCHEMA } from '../format/artifact-schema.js';
import { verifyOperations } from '../render/verify-operations.js';
import { checkObject, readArtifact } from '../sources/read-artifact.js';
import { type ManifestFile, readManifest } from '../sources/read-manifest.js';
import { readPage } from '../sources/read-page.js';
import { nameOf } from '../versions/lock.js';
import type { Finding, FindingCode } from './finding.js';
import { schemaFinding } from './schema-finding.js';
import { type NamedVersion, versionsOf } from './versions.js';

export interface VerifiedBuild {
  readonly findings: readonly Finding[];
  /** Absent if it cannot be read. */
  readonly manifest?: ManifestFile;
  /** What the build holds; absent if the manifest or a page that it names cannot be read. */
  readonly index?: BuildIndex;
  /** Where the build says that it came from; absent if build.json cannot be read. */
  readonly origin?: BuildOrigin;
  /** How many artifacts the build holds. */
  readonly artifacts: number;
  /**
   * How many files lie there that the manifest does not lead to: they belong to earlier builds, or to nobody. 0 if that
   * cannot be told.
   */
  readonly unnamed: number;
}

/**
 * Verifies a build by itself.
 *
 * @param disk - of the output folder
 * @param onArtifact - is told how many versions have been looked at
 * @returns `undefined` if there is no manifest, and so no build
 */
export async function verifyBuild(disk: Disk, onArtifact?: (done: number, total: number) => void): Promise<VerifiedBuild | undefined> {
  const manifestBytes = await readFile(disk, MANIFEST_FILE);
  if (manifestBytes === undefined) return undefined;
  const read = toManifest(manifestBytes);
  if ('code' in read) return { findings: [read], artifacts: 0, unnamed: 0 };

  const buildBytes = await readFile(disk, BUILD_FILE);
  const origin = toOrigin(buildBytes, read);
  const pages = await readIndex(read, disk);
  const findings = [...manifestFindings(read), ...(await manifestObjectFindings(read, disk)), ...origin.findings, ...pages.findings];
  const versions = versionsOf(pages.index);
  for (const [i, version] of versions.entries()) {
    onArtifact?.(i, versions.length);
    const bytes = await readFile(disk, objectPath(version.entry.artifact.digest));
    findings.push(...artifactFindings(version, bytes, pages));
  }
  const named = new Set(versions.map(({ entry }) => objectPath(entry.artifact.digest)));
  const artifacts = named.size;
  for (const { digest } of [read, ...read.manifest.bundles, ...read.manifest.templates]) named.add(objectPath(digest));
  const objects = (await disk.list('objects')).map(({ path }) => `objects/${path}`);
  return {
    findings,
    manifest: read,
    ...(pages.isWhole && { index: pages.index }),
    ...(origin.value === undefined ? {} : { origin: origin.value }),
    artifacts,
    unnamed: pages.isWhole ? objects.filter((path) => !named.has(path)).length : 0,
  };
}

/** A file's bytes; an error, if the system has them and does not give them. */
async function readFile(disk: Disk, path: string): Promise<Uint8Array | Error | undefined> {
  return disk.read(path).catch((error: unknown) => error as Error);
}

function toManifest(bytes: Uint8Array | Error): ManifestFile | Finding {
  if (bytes instanceof Error) return unreadable(MANIFEST_FILE, bytes);
  try {
    return readManifest(bytes);
  } catch (error) {
    return fromError(MANIFEST_FILE, error);
  }
}

/** What nothing but its schema says of a manifest: readers look at what they use. */
function manifestFindings({ manifest, bytes }: ManifestFile): Finding[] {
  const findings = schemaFinding(MANIFEST_FILE, manifest, MANIFEST_SCHEMA);
  return [...findings, ...canonicalFinding(MANIFEST_FILE, manifest, bytes)];
}

/** A manifest is an object as well: without that, readers refuse it. */
async function manifestObjectFindings({ digest, bytes: { length: size } }: ManifestFile, disk: Disk): Promise<Finding[]> {
  const bytes = await readFile(disk, objectPath(digest));
  if (bytes instanceof Error) return [unreadable(MANIFEST_FILE, bytes)];
  if (bytes === undefined) {
    const message = `No object has its digest ${digest}: it was changed, or that object was removed. Build again.`;
    return [{ code: 'artifact_missing', subject: MANIFEST_FILE, message }];
  }
  try {
    checkObject(bytes, { digest, size });
    return [];
  } catch (error) {
    return [fromError(MANIFEST_FILE, error)];
  }
}

/** What the pages of an index say, as far as they can be read. */
interface ReadIndex {
  readonly index: BuildIndex;
  /** Whether every page could be read; else what it lacks means nothing. */
  readonly isWhole: boolean;
}

async function readIndex(file: ManifestFile, disk: Disk): Promise<ReadIndex & { findings: Finding[] }> {
  const findings: Finding[] = [];
  let isWhole = true;
  const index: { bundles: BuildIndex['bundles']; templates: BuildIndex['templates'] } = { bundles: {}, templates: {} };
  for (const kind of ['bundles', 'templates'] as const) {
    const references = file.manifest[kind];
    for (const [at, reference] of references.entries()) {
      const subject = `the page of ${kind} from ${reference.first} on`;
      const bytes = await readFile(disk, objectPath(reference.digest));
      if (bytes === undefined || bytes instanceof Error) {
        const missing = `Its artifact ${reference.digest} is missing. Build again.`;
        findings.push(bytes === undefined ? { code: 'artifact_missing', subject, message: missing } : unreadable(subject, bytes));
        isWhole = false;
        continue;
      }
      try {
        const page = readPage(kind, bytes, reference, references[at + 1]?.first);
        findings.push(...schemaFinding(subject, page, PAGE_SCHEMA), ...canonicalFinding(subject, page, bytes));
        Object.assign(index[kind], page.ids);
      } catch (error) {
        findings.push(fromError(subject, error));
        isWhole = false;
      }
    }
  }
  const { partial } = file.manifest;
  return { findings: [...findings, ...defaultFindings(index)], index: { ...(partial && { partial }), ...index }, isWhole };
}

/** The default is the highest stable version that is not yanked. */
function defaultFindings({ bundles, templates }: BuildIndex): Finding[] {
  return [...Object.entries({ bundle: bundles, template: templates })].flatMap(([kind, index]) =>
    Object.entries(index).flatMap(([id, { default: found, versions }]): Finding[] => {
      const usable = Object.entries(versions).filter(([, { yanked }]) => yanked === undefined);
      const expected =
        semver.maxSatisfying(
          usable.map(([version]) => version),
          '*',
        ) ?? undefined;
      if (found === expected) return [];
      const message = `The build gives ${found ?? 'no version'} to who asks for none; it should be ${expected ?? 'none: there is no stable version'}.`;
      return [{ code: 'wrong_default', subject: `${kind} ${id}`, message }];
    }),
  );
}

function toOrigin(bytes: Uint8Array | Error | undefined, { digest }: ManifestFile): { findings: Finding[]; value?: BuildOrigin } {
  if (bytes instanceof Error) return { findings: [unreadable(BUILD_FILE, bytes)] };
  if (bytes === undefined)
    return { findings: [{ code: 'artifact_missing', subject: BUILD_FILE, message: 'The file is missing. Build again.' }] };
  const value = parseJson(bytes);
  const invalid = value === undefined ? [notJson(BUILD_FILE)] : schemaFinding(BUILD_FILE, value, BUILD_SCHEMA);
  if (value === undefined || invalid.length > 0) return { findings: invalid };
  const origin = value as unknown as BuildOrigin;
  const findings = canonicalFinding(BUILD_FILE, value, bytes, '\n');
  if (origin.manifest !== digest) {
    const message = `It names the manifest ${origin.manifest}, and the one that is here is ${digest}: it was changed, or a build did not come to its end. Build again.`;
    findings.push({ code: 'manifest_mismatch', subject: BUILD_FILE, message });
  }
  return { findings, value: origin };
}

/** An artifact is what its name says, what its version says, what its schema says, and something that can be run. */
function artifactFindings(named: NamedVersion, bytes: Uint8Array | Error | undefined, known: ReadIndex): Finding[] {
  const { name: subject, kind, entry } = named;
  if (bytes instanceof Error) return [unreadable(subject, bytes)];
  if (bytes === undefined) {
    return [{ code: 'artifact_missing', subject, message: `The artifact ${entry.artifact.digest} is missing. Build again.` }];
  }
  let artifact: Json;
  try {
    artifact = readArtifact(kind, bytes, entry.artifact);
  } catch (error) {
    return [fromError(subject, error)];
  }
  const invalid = schemaFinding(subject, artifact, kind === 'bundle' ? BUNDLE_ARTIFACT_SCHEMA : TEMPLATE_ARTIFACT_SCHEMA);
  // The rest would look at what may not be there.
  if (invalid.length > 0) return invalid;
  return [
    ...canonicalFinding(subject, artifact, bytes),
    ...entryFindings(named, artifact as unknown as BundleArtifact | TemplateArtifact),
    ...(kind === 'bundle'
      ? slotFindings(subject, artifact as unknown as BundleArtifact, known)
      : operationFindings(subject, artifact as unknown as TemplateArtifact)),
  ];
}

/** What an entry of the index repeats of its artifact. */
function entryFindings({ name: subject, kind, id, version, entry }: NamedVersion, artifact: BundleArtifact | TemplateArtifact): Finding[] {
  const { digest } = entry.artifact;
  if (artifact.id !== id || artifact.version !== version) {
    const message = `Its artifact ${digest} is the ${nameOf(artifact)}.`;
    return [{ code: 'wrong_entry', subject, message }];
  }
  const findings: Finding[] = [];
  if (artifact.hash !== entry.hash) {
    const message = `The index gives it the hash ${entry.hash}, and its artifact ${digest} has ${artifact.hash}.`;
    findings.push({ code: 'wrong_entry', subject, message });
  }
  if (kind === 'bundle' && canonicalForm({ tags: entry.tags }) !== canonicalForm({ tags: (artifact as BundleArtifact).tags })) {
    findings.push({ code: 'wrong_entry', subject, message: `The index gives it other tags than its artifact ${digest} has.` });
  }
  return findings;
}

/** Whoever asks for a bundle needs the templates of its slots, and the build has to hold them. */
function slotFindings(subject: string, { slots }: BundleArtifact, { index: { templates }, isWhole }: ReadIndex): Finding[] {
  if (!isWhole) return [];
  return Object.entries(slots).flatMap(([slot, { id, version, hash, artifact }]): Finding[] => {
    const versions = Object.hasOwn(templates, id) ? templates[id]!.versions : {};
    const entry = Object.hasOwn(versions, version) ? versions[version] : undefined;
    if (entry !== undefined && entry.hash === hash && canonicalJson(entry.artifact) === canonicalJson(artifact)) return [];
    const what = entry === undefined ? 'does not hold' : 'holds with another hash or artifact';
    return [{ code: 'wrong_slot', subject, message: `Its slot ${slot} is filled by ${id}@${version}, which the build ${what}.` }];
  });
}

function operationFindings(subject: string, { operations, slots }: TemplateArtifact): Finding[] {
  try {
    verifyOperations(operations, slots);
    return [];
  } catch (error) {
    return [fromError(subject, error)];
  }
}

function canonicalFinding(subject: string, value: unknown, bytes: Uint8Array, end = ''): Finding[] {
  if (Buffer.from(`${canonicalForm(value)}${end}`).equals(bytes)) return [];
  return [{ code: 'not_canonical', subject, message: 'It is not in the canonical form that promptc writes. Build again.' }];
}

/** Nothing for what has none: half of a surrogate pair. */
function canonicalForm(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch {
    return '';
  }
}

function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function notJson(subject: string): Finding {
  return { code: 'artifact_corrupt', subject, message: 'It is not a JSON object. Build again.' };
}

function unreadable(subject: string, error: Error): Finding {
  return { code: 'artifact_missing', subject, message: `It cannot be read: ${systemReason(error)}.` };
}

/** What a reader of builds throws is what is found. */
function fromError(subject: string, error: unknown): Finding {
  if (!(error instanceof PromptcError)) throw error;
  return { code: error.code as FindingCode, subject, message: error.message };
}
