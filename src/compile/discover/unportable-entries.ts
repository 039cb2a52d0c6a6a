/** What lies in a prompts folder on this computer, and would be something else in another clone. */
import type { Diagnostics } from '../../base/diagnostic.js';
import { SourceText, type Span } from '../../base/span.js';
import type { DiskEntry } from './disk.js';

/**
 * Leaves out folders that are repositories of their own: where there is a `.git`, be it a folder or the file that a
 * submodule has.
 *
 * @param folder - the one that was listed
 */
export function withoutRepositories(folder: string, entries: readonly DiskEntry[], diagnostics: Diagnostics): readonly DiskEntry[] {
  const inside = new Set<string>();
  for (const { path } of entries) {
    const parts = `${folder}/${path}`.split('/');
    const at = parts.indexOf('.git');
    if (at !== -1) inside.add(`${parts.slice(0, at).join('/')}/`);
  }
  for (const prefix of inside) diagnostics.report('discover/submodule', placeOf(prefix.slice(0, -1)), undefined);
  return entries.filter(({ path }) => ![...inside].some((prefix) => `${folder}/${path}`.startsWith(prefix)));
}

/**
 * Reports names, of files and of folders, that are one name where the system does not tell upper from lower case, or
 * one way of writing an accent from the other.
 */
export function reportSameNames(folder: string, entries: readonly DiskEntry[], diagnostics: Diagnostics): void {
  const spellings = new Map<string, string>();
  for (const { path } of entries) {
    const parts = path.split('/');
    for (let length = 1; length <= parts.length; length++) {
      const spelling = parts.slice(0, length).join('/');
      const key = spelling.normalize('NFC').toLowerCase();
      const first = spellings.get(key);
      if (first === undefined) spellings.set(key, spelling);
      if (first === undefined || first === spelling) continue;
      const other = `${folder}/${first}`;
      const by = first.normalize('NFC') === spelling.normalize('NFC') ? 'accents' : 'case';
      diagnostics.report(
        'discover/same-name',
        placeOf(`${folder}/${spelling}`),
        { other, by },
        { related: [{ message: 'the other one', span: placeOf(other) }] },
      );
      // What lies below two such folders needs no message of its own.
      break;
    }
  }
}

function placeOf(path: string): Span {
  return { source: new SourceText(path, ''), start: 0, end: 1 };
}
