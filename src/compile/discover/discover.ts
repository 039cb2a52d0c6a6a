/**
 * A project's folder → its files, decoded.
 *
 * In: a disk. Out: templates, bundles and partials as texts, in the order of their paths. What always holds:
 * paths are relative to the root with forward slashes, so that no result depends on where the project lies.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { SourceText } from '../../base/span.js';
import type { PartialSource, Sources } from '../model.js';
import { decode } from './decode.js';
import type { Disk, DiskEntry } from './disk.js';

export const PROMPTS_FOLDER = 'prompts';

const FOLDERS = {
  templates: { endings: ['.md'], expected: '.md' },
  bundles: { endings: ['.md'], expected: '.md' },
  partials: { endings: ['.md', '.txt'], expected: '.md and .txt' },
} as const;

type Folder = keyof typeof FOLDERS;

export async function discover(disk: Disk, fileBytes: number, diagnostics: Diagnostics): Promise<Sources> {
  const templates = await readFolder(disk, 'templates', fileBytes, diagnostics);
  const bundles = await readFolder(disk, 'bundles', fileBytes, diagnostics);
  const partials = await readFolder(disk, 'partials', fileBytes, diagnostics);
  if (templates.length + bundles.length === 0 && diagnostics.errorCount === 0) {
    diagnostics.report('discover/no-prompts', { source: new SourceText(PROMPTS_FOLDER, ''), start: 0, end: 1 }, { folder: PROMPTS_FOLDER });
  }
  return { templates, bundles, partials: partials.map(toPartial) };
}

async function readFolder(disk: Disk, name: Folder, fileBytes: number, diagnostics: Diagnostics): Promise<SourceText[]> {
  const folder = `${PROMPTS_FOLDER}/${name}`;
  const sources: SourceText[] = [];
  for (const entry of await disk.list(folder)) {
    const source = await readEntry(disk, folder, entry, FOLDERS[name], fileBytes, diagnostics);
    if (source !== undefined) sources.push(source);
  }
  return sources;
}

async function readEntry(
  disk: Disk,
  folder: string,
  entry: DiskEntry,
  { endings, expected }: (typeof FOLDERS)[Folder],
  fileBytes: number,
  diagnostics: Diagnostics,
): Promise<SourceText | undefined> {
  const path = `${folder}/${entry.path}`;
  const whole = { source: new SourceText(path, ''), start: 0, end: 1 };
  const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  // Files that tools leave behind (.DS_Store, .gitkeep, editors' swap files) are nobody's prompt.
  if (name.startsWith('.') || name.endsWith('~')) return undefined;
  if (entry.kind === 'link') {
    diagnostics.report('discover/symlink', whole, undefined);
    return undefined;
  }
  if (entry.kind === 'other' || !endings.some((ending) => name.endsWith(ending))) {
    diagnostics.report('discover/stray-file', whole, { expected });
    return undefined;
  }
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
    diagnostics.report('discover/unreadable', whole, { reason: (error as NodeJS.ErrnoException).code ?? String(error) });
    return undefined;
  }
}

/** A partial is named by its path below the folder, without the ending. */
function toPartial(source: SourceText): PartialSource {
  const name = source.path.slice(`${PROMPTS_FOLDER}/partials/`.length).replace(/\.(?:md|txt)$/, '');
  return { name, source };
}
