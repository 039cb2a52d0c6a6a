import path from 'node:path';
import type { AuditRecord } from '../audit/record.js';
import { checkRecord, compareRender, type Difference } from '../audit/replay.js';
import { isDigest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject } from '../base/json.js';
import { ENGINE_VERSION } from '../base/version.js';
import { BundleRenderer } from '../generator/bundle-renderer.js';
import { DistFolder } from '../sources/file.js';
import { KeptBuild } from '../sources/kept-build.js';
import { StoreSource } from '../sources/store.js';
import { withReader } from './audit.js';
import { readable, safeJson, visible } from './diagnostics/visible.js';
import type { REPLAY_FORMATS } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { readJson, readPayload } from './json-input.js';
import { readRenderLimits } from './render-limits.js';

export interface ReplayOptions {
  readonly audit?: string;
  readonly input?: string;
  readonly dir: string;
  readonly format: (typeof REPLAY_FORMATS)[number];
}

/** What came of it, in the form that is printed for programs. */
interface Report {
  readonly identical: boolean;
  readonly sequence: number;
  readonly bundle: string;
  readonly prompt_hash: string;
  readonly differences: readonly Difference[];
  /** What may explain them, in sentences. */
  readonly notes: readonly string[];
}

/** `promptc replay`: renders again what was recorded, from the recorded payload and build, and compares. */
export async function replay(terminal: Terminal, subject: string, options: ReplayOptions): Promise<ExitCode> {
  const limits = await readRenderLimits(terminal);
  if (limits === undefined) return EXIT.promptErrors;
  const record = await findRecord(terminal, subject, options);
  const payload = await payloadOf(terminal, record, options);
  const { store, note } = await openBuild(path.resolve(terminal.cwd, options.dir), record);
  const notes = note === undefined ? [] : [note];
  if (record.engine_version !== ENGINE_VERSION)
    notes.push(`It was rendered by promptc ${record.engine_version}; this is ${ENGINE_VERSION}.`);

  const source = new StoreSource(store);
  const renderer = new BundleRenderer({ bundles: source, templates: source, limits });
  const differences = checkRecord(record);
  if (differences.length > 0) notes.push('The record is not what was written: its hash is not that of its content.');
  try {
    const found = compareRender(record, await renderer.render(record.bundle_id, record.semver, payload));
    const isOtherPayload = options.input !== undefined && found.some(({ field }) => field === 'personality_hash');
    if (isOtherPayload) notes.push('The payload that was given is not the one that was rendered then, so that nothing else was compared.');
    differences.push(...(isOtherPayload ? found.filter(({ field }) => field === 'personality_hash') : found));
  } catch (error) {
    const now = await bundleHash(source, record);
    // The bundle is another one, and what it refuses says nothing of the render.
    if (!(error instanceof PromptcError) || now === undefined || now === record.bundle_hash) throw explained(error, notes);
    differences.push({ field: 'bundle_hash', recorded: record.bundle_hash, now });
    notes.push(`The bundle that is here does not render the payload: ${error.message}`);
  }
  const { sequence, bundle_id, semver, prompt_hash } = record;
  const identical = differences.length === 0;
  const report: Report = { identical, sequence, bundle: `${bundle_id}@${semver}`, prompt_hash, differences, notes };
  if (options.format === 'json') terminal.out(`${safeJson(report)}\n`);
  else printReport(terminal, report);
  return identical ? EXIT.fine : EXIT.promptErrors;
}

function printReport(terminal: Terminal, { identical, sequence, bundle, prompt_hash, differences, notes }: Report): void {
  for (const note of notes) terminal.err(`${readable(note)}\n`);
  if (identical) terminal.out(`identical: record ${sequence}, ${visible(bundle)}, prompt ${visible(prompt_hash)}\n`);
  for (const { field, recorded, now } of differences) {
    terminal.out(`${field} differs\n  recorded ${visible(String(recorded))}\n  now      ${visible(String(now))}\n`);
  }
}

async function findRecord(terminal: Terminal, subject: string, { audit }: ReplayOptions): Promise<AuditRecord> {
  if (!isDigest(subject)) {
    const value = await readJson(terminal, subject, { name: 'record', example: '{"hash": "sha256:…", "sequence": 42, …}' });
    // The server answers with a list.
    const one = isObject(value) && Array.isArray(value['records']) ? value['records'][0] : value;
    if (!isRecord(one)) throw new UsageError(`${subject} holds no audit record: a line of a log, or an answer of GET /v1/audit/{hash}.`);
    return one;
  }
  if (audit === undefined) throw new UsageError('Name the log that the record is in with --audit, such as --audit jsonl:audit.jsonl.');
  return withReader(terminal, audit, async (reader) => {
    for await (const record of reader.find(subject)) if (isRecord(record)) return record;
    throw new UsageError(`The log ${audit} has no record of a prompt or bundle ${subject}.`);
  });
}

function isRecord(value: unknown): value is AuditRecord {
  if (!isObject(value)) return false;
  const { sequence, bundle_id, semver, engine_version, adapter_version, build, payload, masked } = value;
  return (
    Number.isSafeInteger(sequence) &&
    [bundle_id, semver, engine_version].every((text) => typeof text === 'string') &&
    (adapter_version === null || typeof adapter_version === 'string') &&
    ['hash', 'previous', 'bundle_hash', 'personality_hash', 'prompt_hash'].every((field) => isDigest(value[field])) &&
    (build === null || isDigest(build)) &&
    (payload === undefined || isObject(payload)) &&
    (masked === undefined || (Array.isArray(masked) && masked.every((mask) => typeof mask === 'string')))
  );
}

async function payloadOf(terminal: Terminal, { sequence, payload, masked = [] }: AuditRecord, { input }: ReplayOptions): Promise<unknown> {
  if (input !== undefined) return readPayload(terminal, input);
  const give = 'Give the whole payload with --input <file>; its hash is compared with the recorded one first.';
  if (payload === undefined) throw new UsageError(`Record ${sequence} holds no payload, only its hash. ${give}`);
  if (masked.length > 0)
    throw new UsageError(`The payload of record ${sequence} is masked (${masked.join(', ')}), and cannot be rendered. ${give}`);
  return payload;
}

interface OpenBuild {
  readonly store: DistFolder;
  /** Set if it is another build than the recorded one. */
  readonly note?: string;
}

/** The recorded build, if the folder still keeps it; else the one that is there. */
async function openBuild(folder: string, { build }: AuditRecord): Promise<OpenBuild> {
  if (build !== null) {
    const store = new KeptBuild(folder, build);
    const manifest = await store.manifest().catch((error: unknown) => {
      if (error instanceof PromptcError && error.code === 'artifact_missing') return undefined;
      throw error;
    });
    if (manifest !== undefined) return { store };
  }
  const store = new DistFolder(folder);
  const manifest = await store.manifest();
  if (manifest.digest === build) return { store };
  const which = build === null ? 'The record names no build' : `The build ${build} is not in ${folder}`;
  return { store, note: `${which}; this is a render of the build ${manifest.digest}.` };
}

async function bundleHash(source: StoreSource, { bundle_id: id, semver }: AuditRecord): Promise<string | undefined> {
  const { versions = {} } = (await (await source.catalog()).versions('bundles', id)) ?? {};
  return Object.hasOwn(versions, semver) ? versions[semver]!.hash : undefined;
}

/** A failure, with what may explain it. */
function explained(error: unknown, notes: readonly string[]): unknown {
  if (!(error instanceof PromptcError) || notes.length === 0) return error;
  return new PromptcError(error.code, `${error.message} ${notes.join(' ')}`, error.problems, { cause: error });
}
