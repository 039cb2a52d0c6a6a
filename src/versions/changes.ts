/**
 * What must not have changed: published versions.
 *
 * In: the versions of the working tree, and the entries of the lock at the base. Out: diagnostics only. What always
 * holds: a change is reported once, where it was made; what follows from it (a bundle whose template changed) is not
 * reported again.
 */
import { diffLines } from 'diff';
import type { Diagnostic, Diagnostics } from '../base/diagnostic.js';
import type { SourceText, Span } from '../base/span.js';
import { bundleHash, type LinkedBundleFile } from '../compile/link/link.js';
import { SLOT_NAMES } from '../format/artifact.js';
import type { Lock, LockedBundle, LockEntry } from '../format/lock.js';
import type { Repository } from './git/repository.js';
import type { TreeVersion } from './lock-entries.js';
import type { LockLines } from './lock-lines.js';
import { byName, nameOf } from './lock.js';
import { nextVersion } from './next-version.js';

export interface ChangesRequest {
  readonly tree: ReadonlyMap<LockEntry, TreeVersion>;
  readonly published: ReadonlyMap<string, LockEntry>;
  /** What the lock of the working tree records. */
  readonly recorded: ReadonlyMap<string, LockEntry>;
  /** What was published when the branch began: only that can have vanished from it. */
  readonly common: Lock;
  /** Of the lock of the working tree. */
  readonly lines: LockLines;
  readonly repository: Repository | undefined;
  /** Whether edits of published versions are only warned of. */
  readonly draft: boolean;
}

/** @returns the names of the versions that were changed, without those that only follow from others */
export async function reportChanges(request: ChangesRequest, diagnostics: Diagnostics): Promise<readonly string[]> {
  const { tree, published } = request;
  const versions = byName([...tree.keys()]);
  const changed = [...published.values()].flatMap((before): Change[] => {
    const now = versions.get(nameOf(before));
    return now === undefined || now.hash === before.hash ? [] : [{ before, now, made: tree.get(now)! }];
  });
  const otherSpec = changed.filter(({ before, now }) => before.spec !== now.spec);
  for (const { before } of otherSpec) {
    const { kind, id, version, spec } = before;
    diagnostics.report('versions/unknown-spec', request.lines.of(before), { kind, id, version, spec });
  }
  const own = changed.filter((change) => !otherSpec.includes(change) && !followsFromTemplates(change, published));
  const texts = await oldTexts(own, request.repository);
  for (const change of own) reportChanged(change, texts, request, diagnostics);
  if (!request.draft) reportVanished(request, new Set(versions.keys()), diagnostics);
  return own.map(({ before }) => nameOf(before));
}

interface Change {
  readonly before: LockEntry;
  readonly now: LockEntry;
  readonly made: TreeVersion;
}

/** Whether a bundle would be as it was published, were it not for the text of its templates. */
function followsFromTemplates({ before, now, made }: Change, published: ReadonlyMap<string, LockEntry>): boolean {
  if (before.kind !== 'bundle' || now.kind !== 'bundle') return false;
  const hashes: { [slot: string]: string } = {};
  for (const [slot, name] of Object.entries(now.slots)) {
    const template = published.get(`template ${name}`);
    if (template === undefined) return false;
    hashes[slot] = template.hash;
  }
  return bundleHash((made.linked as LinkedBundleFile).prompt, hashes) === before.hash;
}

/** The published text of each file that differs, by blob id; without what cannot be had. */
async function oldTexts(changes: readonly Change[], repository: Repository | undefined): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(changes.flatMap(({ before }) => Object.values(before.files)));
  const texts = new Map<string, string>();
  if (repository === undefined || ids.size === 0) return texts;
  for await (const { id, bytes } of repository.blobs([...ids], MOST_BYTES)) {
    if (bytes !== undefined) texts.set(id, new TextDecoder().decode(bytes).replaceAll('\r\n', '\n'));
  }
  return texts;
}

/** A larger text is not shown line by line. */
const MOST_BYTES = 1024 * 1024;

function reportChanged(
  { before, now, made: { linked, files } }: Change,
  texts: ReadonlyMap<string, string>,
  { published, draft }: ChangesRequest,
  diagnostics: Diagnostics,
): void {
  const { kind, id, version } = before;
  const related = [
    ...files.flatMap((file) => changedLines(file, before, now, texts)),
    ...(before.kind === 'bundle' && now.kind === 'bundle' ? otherSlots(before, now, linked as LinkedBundleFile) : []),
  ].slice(0, MOST_SHOWN);
  const span = linked.prompt.frontmatter.locate(['version']);
  // How heavy the change is takes compiling the base as well, which `promptc bump` does.
  const next = nextVersion(version, 'patch', (one) => published.has(nameOf({ kind, id, version: one })));
  diagnostics.report(draft ? 'versions/edited-draft' : 'versions/changed', span, { kind, id, version, next }, { related });
}

/** More places than this hide the first ones. */
const MOST_SHOWN = 6;

/** Where a file differs from what was published, each place with the text that was there. */
function changedLines(
  file: SourceText,
  before: LockEntry,
  now: LockEntry,
  texts: ReadonlyMap<string, string>,
): NonNullable<Diagnostic['related']> {
  const isOwn = isOwnFile(file.path);
  const id = isOwn ? Object.entries(before.files).find(([path]) => isOwnFile(path))?.[1] : before.files[file.path];
  const whole = { source: file, start: 0, end: Math.max(1, file.line(1).length) };
  if (id === now.files[file.path]) return [];
  if (id === undefined) return [{ message: 'this partial was not included', span: whole }];
  const old = texts.get(id);
  const changes = old === undefined ? undefined : diffLines(old, file.text, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return [{ message: 'this file was another', span: whole }];
  const places: { message: string; span: Span }[] = [];
  let at = 0;
  for (const [i, { value, added, removed }] of changes.entries()) {
    const next = changes[i + 1];
    if (removed) {
      const was = JSON.stringify(value.trimEnd());
      const end = next?.added === true ? at + next.value.trimEnd().length : at;
      places.push({ message: next?.added === true ? `was ${was}` : `here stood ${was}`, span: lineSpan(file, at, end) });
    } else if (added && changes[i - 1]?.removed !== true) {
      places.push({ message: 'this was not there', span: lineSpan(file, at, at + value.trimEnd().length) });
    }
    if (!removed) at += value.length;
  }
  return places;
}

/** Texts that have less in common are not compared line by line. */
const MOST_EDITS = 2000;

function lineSpan(source: SourceText, start: number, end: number): Span {
  const from = Math.min(start, Math.max(0, source.text.length - 1));
  return { source, start: from, end: Math.max(from + 1, end) };
}

function isOwnFile(path: string): boolean {
  return !path.startsWith('prompts/partials/');
}

/** Slots that another template version fills. */
function otherSlots(before: LockedBundle, now: LockedBundle, { prompt }: LinkedBundleFile): NonNullable<Diagnostic['related']> {
  return SLOT_NAMES.flatMap((slot) => {
    if (before.slots[slot] === now.slots[slot]) return [];
    return [
      {
        message: `was ${before.slots[slot] ?? 'empty'}, and is ${now.slots[slot] ?? 'empty'}`,
        span: prompt.frontmatter.locate(['slots', slot]),
      },
    ];
  });
}

/** Published versions that are neither in the tree nor in its lock, and yanked ones that the lock brings back. */
function reportVanished(
  { published, recorded, common, lines }: ChangesRequest,
  inTree: ReadonlySet<string>,
  diagnostics: Diagnostics,
): void {
  const shared = byName(common.entries);
  // A base that went on alone has versions, and reasons, that this branch never saw.
  const known = [...published].flatMap(([name, entry]) => (shared.has(name) ? [{ name, entry, before: shared.get(name)! }] : []));
  const vanished = known.filter(({ name }) => !recorded.has(name) && !inTree.has(name));
  if (vanished.length > 0) {
    const { kind, id, version } = vanished[0]!.entry;
    diagnostics.report('versions/vanished', lines.first(), { kind, id, version, others: vanished.length - 1 });
  }
  for (const { name, before } of known) {
    const now = recorded.get(name);
    if (now === undefined || before.yanked === undefined || now.yanked !== undefined) continue;
    const { kind, id, version } = before;
    diagnostics.report('versions/unyanked', lines.of(now), { kind, id, version });
  }
}
