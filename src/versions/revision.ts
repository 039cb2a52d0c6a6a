/** A revision's prompts, compiled: one side of a diff. */
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { type Compiled, compile } from '../compile/compile.js';
import { MemoryDisk } from '../compile/discover/memory-disk.js';
import type { Lock } from '../format/lock.js';
import { PROJECT_PATHS, everythingOf } from './project-versions.js';
import type { Repository } from './git/repository.js';

/** No file of a project is as large, whatever its settings. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface Revision {
  readonly compiled: Compiled;
  /** What it publishes; absent if its lock cannot be read. */
  readonly lock: Lock | undefined;
}

/**
 * Compiles the prompts of a commit, by its own configuration. What the checks of today refuse of them counts for
 * nothing; only its examples are then not rendered.
 *
 * @throws PromptcError `history_missing`, and `compile_failed` for prompts that never compiled
 */
export async function compileRevision(repository: Repository, commit: string): Promise<Revision> {
  const disk = await diskOf(repository, commit);
  for (const checks of [true, false]) {
    const diagnostics = new Diagnostics();
    const published = await everythingOf(disk, repository, diagnostics);
    const compiled = await compile(disk, { checks, ...(published !== undefined && { publishing: published }) });
    if (compiled.build !== undefined || isEmpty(compiled)) return { compiled, lock: published?.lock };
    if (checks) continue;
    const first = compiled.diagnostics.find(({ severity }) => severity === 'error');
    throw new PromptcError('compile_failed', `The prompts of the commit ${commit} do not compile: ${first?.message}`);
  }
  /* v8 ignore next -- the loop ends within */
  throw new Error('unreachable');
}

/** Whether a commit has no prompts yet: then everything is new. */
function isEmpty({ diagnostics }: Compiled): boolean {
  return diagnostics.some(({ code }) => code === 'discover/no-prompts');
}

async function diskOf(repository: Repository, commit: string): Promise<MemoryDisk> {
  const files = [...(await repository.files(commit, PROJECT_PATHS))].filter(([, { kind }]) => kind === 'file');
  const texts = new Map<string, Uint8Array>();
  for await (const { id, bytes } of repository.blobs([...new Set(files.map(([, entry]) => entry.id))], MOST_BYTES)) {
    if (bytes === undefined) {
      const lacks = `This clone is partial and has not fetched the files of the commit ${commit}.`;
      throw new PromptcError('history_missing', `${lacks} Run \`git fetch --refetch --no-filter origin\`.`);
    }
    texts.set(id, bytes);
  }
  return new MemoryDisk(Object.fromEntries(files.map(([path, { id }]) => [path, texts.get(id)!])));
}
