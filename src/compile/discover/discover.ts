/**
 * A project's folder → its files, decoded.
 *
 * In: a disk. Out: templates, bundles and partials as texts, in the order of their paths. What always holds:
 * paths are relative to the root with forward slashes, so that no result depends on where the project lies.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { SourceText } from '../../base/span.js';
import type { PartialSource, Sources } from '../model.js';
import { nearest } from '../nearest.js';
import { decode } from './decode.js';
import type { Disk, DiskEntry } from './disk.js';
import { systemReason } from './system-reason.js';
import { reportSameNames, withoutRepositories } from './unportable-entries.js';

export const PROMPTS_FOLDER = 'prompts';

const FOLDERS = {
  templates: { endings: ['.md'], expected: '.md files' },
  bundles: { endings: ['.md'], expected: '.md files' },
  partials: { endings: ['.md', '.txt'], expected: '.md and .txt files' },
} as const;

type Folder = keyof typeof FOLDERS;

/** @param known - files that are as they were when they were read, by path */
export async function discover(
  disk: Disk,
  fileBytes: number,
  diagnostics: Diagnostics,
  known: ReadonlyMap<string, SourceText> = new Map(),
): Promise<Sources> {
  const found: { readonly [folder in Folder]: SourceText[] } = { templates: [], bundles: [], partials: [] };
  const elsewhere: DiskEntry[] = [];
  const listed = withoutRepositories(PROMPTS_FOLDER, await listPrompts(disk, diagnostics), diagnostics);
  const entries = listed.filter(({ path }) => !isTool(path));
  reportSameNames(PROMPTS_FOLDER, entries, diagnostics);
  for (const entry of entries) {
    const [folder = ''] = entry.path.split('/', 1);
    if (entry.kind === 'link') diagnostics.report('discover/symlink', wholeFile(entry), undefined);
    else if (isFolder(folder) && entry.path !== folder) {
      const source = known.get(`${PROMPTS_FOLDER}/${entry.path}`) ?? (await readEntry(disk, entry, folder, fileBytes, diagnostics));
      if (source !== undefined) found[folder].push(source);
    } else elsewhere.push(entry);
  }
  const { templates, bundles, partials } = found;
  const misnamed = misnamedFolders(elsewhere);
  if (templates.length + bundles.length === 0 && diagnostics.errorCount === 0) {
    const [folder] = misnamed;
    const hint = folder && `Nothing in ${PROMPTS_FOLDER}/${folder.written}/ is read: did you mean ${PROMPTS_FOLDER}/${folder.meant}/?`;
    const span = { source: new SourceText(PROMPTS_FOLDER, ''), start: 0, end: 1 };
    diagnostics.report('discover/no-prompts', span, { folder: PROMPTS_FOLDER }, { hint });
  } else {
    reportElsewhere(elsewhere, misnamed, diagnostics);
  }
  return { templates, bundles, partials: partials.map(toPartial) };
}

async function listPrompts(disk: Disk, diagnostics: Diagnostics): Promise<DiskEntry[]> {
  try {
    return await disk.list(PROMPTS_FOLDER);
  } catch (error) {
    const span = { source: new SourceText(PROMPTS_FOLDER, ''), start: 0, end: 1 };
    diagnostics.report('discover/unreadable', span, { reason: systemReason(error) });
    return [];
  }
}

async function readEntry(
  disk: Disk,
  entry: DiskEntry,
  folder: Folder,
  fileBytes: number,
  diagnostics: Diagnostics,
): Promise<SourceText | undefined> {
  const whole = wholeFile(entry);
  const { path } = whole.source;
  const { endings, expected } = FOLDERS[folder];
  if (entry.kind === 'other' || !endings.some((ending) => path.endsWith(ending))) {
    diagnostics.report('discover/stray-file', whole, { folder: `${PROMPTS_FOLDER}/${folder}`, expected });
    return undefined;
  }
  return readSource(disk, path, fileBytes, diagnostics);
}

/** Reads one file; `undefined` if there is none, or if it is no text, which is reported. */
export async function readSource(disk: Disk, path: string, fileBytes: number, diagnostics: Diagnostics): Promise<SourceText | undefined> {
  const whole = { source: new SourceText(path, ''), start: 0, end: 1 };
  try {
    // A file far over the limit is not even read.
    const size = await disk.size(path);
    if (size !== undefined && size > fileBytes) {
      diagnostics.report('discover/file-too-large', whole, { size, limit: fileBytes });
      return undefined;
    }
    const bytes = await disk.read(path);
    // Deleted between listing and reading: as if it had never been there.
    return bytes === undefined ? undefined : decode(path, bytes, fileBytes, diagnostics);
  } catch (error) {
    diagnostics.report('discover/unreadable', whole, { reason: systemReason(error) });
    return undefined;
  }
}

/** Prompts that lie beside the three folders. What is no prompt (the lock, a README) is nobody's mistake. */
function reportElsewhere(elsewhere: readonly DiskEntry[], misnamed: readonly Misnamed[], diagnostics: Diagnostics): void {
  for (const entry of elsewhere) {
    const folder = misnamed.find(({ written }) => entry.path.startsWith(`${written}/`));
    if (folder !== undefined) {
      const hint = `Did you mean ${PROMPTS_FOLDER}/${folder.meant}/?`;
      const args = { folder: PROMPTS_FOLDER, expected: 'the folders templates/, bundles/ and partials/' };
      diagnostics.report('discover/stray-file', wholeFile(entry), args, { hint });
    } else if (/^(?!readme\b)[^/]*\.(?:md|txt)$/i.test(entry.path)) {
      const args = { folder: PROMPTS_FOLDER, expected: 'the folders templates/, bundles/ and partials/' };
      diagnostics.report('discover/stray-file', wholeFile(entry), args);
    }
  }
}

interface Misnamed {
  readonly written: string;
  readonly meant: string;
}

/** Folders whose names are nearly those of the three. */
function misnamedFolders(elsewhere: readonly DiskEntry[]): Misnamed[] {
  const folders = new Set(elsewhere.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.indexOf('/'))] : [])));
  return [...folders].flatMap((written) => {
    const meant = nearest(written, Object.keys(FOLDERS));
    return meant === undefined ? [] : [{ written, meant }];
  });
}

/** Files that tools leave behind (.DS_Store, .gitkeep, editors' swap files) are nobody's prompt. */
export function isTool(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('.') || name.endsWith('~');
}

function isFolder(name: string): name is Folder {
  return Object.hasOwn(FOLDERS, name);
}

function wholeFile({ path }: DiskEntry) {
  return { source: new SourceText(`${PROMPTS_FOLDER}/${path}`, ''), start: 0, end: 1 };
}

/** A partial is named by its path below the folder, without the ending. */
function toPartial(source: SourceText): PartialSource {
  return { name: partialName(source.path), source };
}

/** The name of the partial that a path is of. */
export function partialName(path: string): string {
  return path.slice(`${PROMPTS_FOLDER}/partials/`.length).replace(/\.(?:md|txt)$/, '');
}
