/** What a commit holds at a path. */
export interface TreeEntry {
  /** The id of the blob, or of a submodule's commit. */
  readonly id: string;
  readonly kind: 'file' | 'link' | 'submodule';
}

const KINDS: { readonly [mode: string]: TreeEntry['kind'] } = { '120000': 'link', '160000': 'submodule' };

/** Entries as `git ls-tree` lists them: `<mode> <type> <id>`, a tab, the path. */
export function parseTree(lines: readonly string[]): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const line of lines) {
    const tab = line.indexOf('\t');
    const [mode, , id] = line.slice(0, tab).split(' ');
    entries.set(line.slice(tab + 1), { id: id!, kind: KINDS[mode!] ?? 'file' });
  }
  return entries;
}
