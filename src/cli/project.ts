/** Compiling and writing a project: what `build` does, and what scripts do as well. */
import path from 'node:path';
import { Diagnostics, inOrder } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { openCache, saveCache } from '../compile/cache/cache-file.js';
import type { CompileCache } from '../compile/cache/compile-cache.js';
import { type Compiled, compile } from '../compile/compile.js';
import { IncrementalCompiler, type Recompiler } from '../compile/recompile.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { type Written, writeBuild } from '../compile/emit/write.js';
import { LOCK_FILE } from '../format/lock.js';
import type { Environment } from '../versions/ci-run.js';
import { originOf } from '../versions/origin.js';
import { openVersions, PROJECT_PATHS, type ProjectVersions } from '../versions/project-versions.js';
import { UNREADABLE_LOCK } from '../versions/unreadable-lock.js';
import type { Progress } from './io.js';

export interface ProjectOptions {
  /** The environment of the command, which says whether it runs in a CI. */
  readonly env?: Environment;
  readonly base?: string | undefined;
  readonly update?: boolean | undefined;
  readonly currentOnly?: boolean | undefined;
  readonly frozen?: boolean | undefined;
  readonly draft?: boolean | undefined;
  /** Shows what goes on. */
  readonly progress?: Progress;
  /** Whether what the last build came to is used again for files that have not changed. */
  readonly cache?: boolean;
  /** Take older versions from Git alone: an artifact does not hold the text that a diff shows. */
  readonly fromGit?: boolean;
}

/** A compiled project, and what it was compared with. */
export interface CompiledProject {
  readonly compiled: Compiled;
  /** Absent if the lock cannot be read. */
  readonly versions: ProjectVersions | undefined;
  /** What is known now for the next build; absent if that is not wanted. */
  readonly cache?: CompileCache | undefined;
}

/**
 * Compiles a project with all that was ever published of it.
 *
 * @param root - the folder that holds `prompts/`
 * @param out - the output folder, from `root`: artifacts there can stand in for history
 */
export async function compileProject(
  root: string,
  out: string,
  { env = {}, fromGit = false, cache: isCached = false, progress, ...options }: ProjectOptions = {},
): Promise<CompiledProject> {
  progress?.('Compiling prompts');
  const disk = new NodeDisk(root);
  const diagnostics = new Diagnostics();
  const request = { root, disk, output: fromGit ? undefined : new NodeDisk(path.resolve(root, out)), env, ...options };
  const versions = await openVersions(request, diagnostics);
  let cache: CompileCache | undefined;
  const compiled = await compile(disk, {
    publishing: versions?.published ?? UNREADABLE_LOCK,
    ...(isCached && { cache: async () => (cache = await openCache(disk)) }),
  });
  if (versions !== undefined) return { compiled, versions, cache };
  // With a lock that cannot be read nothing is known of what is published; the prompts are looked at all the same.
  const { build: _, ...rest } = compiled;
  return { compiled: { ...rest, diagnostics: inOrder([...diagnostics.sorted(), ...compiled.diagnostics]) }, versions };
}

/** A project that is compiled again and again, as a draft. */
export interface OpenProject extends Recompiler {
  /** Keeps what is known now for the next process. */
  close(): Promise<void>;
}

/** How often Git is asked again: a commit changes no file of a project, but what is published. */
const GIT_MILLISECONDS = 10_000;

/**
 * @param root - the folder that holds `prompts/`
 * @param out - the output folder, from `root`: artifacts there can stand in for history
 */
export async function openProject(
  root: string,
  out: string,
  base: string | undefined,
  env: Environment,
  isCached: boolean,
): Promise<OpenProject> {
  const disk = new NodeDisk(root);
  const cache = isCached ? await openCache(disk) : undefined;
  const request = { root, disk, output: new NodeDisk(path.resolve(root, out)), env, base, draft: true, isEdited: true };
  let versions: ProjectVersions | undefined;
  let lookedAt = 0;
  /** How many looks were begun, and which of them was the last to be taken: they may end in another order. */
  let [begun, taken] = [0, 0];
  let looking: Promise<void> | undefined;
  const look = async (diagnostics: Diagnostics): Promise<void> => {
    lookedAt = performance.now();
    const number = ++begun;
    const now = await openVersions(request, diagnostics);
    if (number < taken) return;
    taken = number;
    // What is as it was is kept, with all that is known of it.
    if (now === undefined || versions === undefined || !isSame(now, versions)) versions = now;
  };
  const compiler = new IncrementalCompiler({
    disk,
    cache,
    publishing: async (changed, diagnostics) => {
      if (versions === undefined || changed === undefined || changed.has(LOCK_FILE)) await look(diagnostics);
      return versions?.published ?? UNREADABLE_LOCK;
    },
  });
  const keep = async (): Promise<void> => (cache === undefined ? undefined : saveCache(cache, disk).catch(() => {}));
  return {
    async compile(changed) {
      const compiled = await compiler.compile(changed);
      if (changed === undefined && compiled.config.cache) await keep();
      // Behind the edit, which need not wait for Git; what goes wrong there goes wrong again when it is waited for.
      if (performance.now() - lookedAt > GIT_MILLISECONDS) looking = look(new Diagnostics()).catch(() => {});
      return compiled;
    },
    async close() {
      await looking;
      await keep();
    },
  };
}

function isSame(one: ProjectVersions, other: ProjectVersions): boolean {
  const commitOf = ({ base }: ProjectVersions): string => (base.kind === 'revision' ? base.commit : base.kind);
  return commitOf(one) === commitOf(other) && one.published.isSame(other.published);
}

/** Compiles a project and, if nothing is wrong with it, writes it, and its lock unless that is frozen. */
export async function buildProject(
  root: string,
  out: string,
  options: ProjectOptions = {},
): Promise<CompiledProject & { readonly written: Written | undefined }> {
  const project = await compileProject(root, out, options);
  const { compiled, versions, cache } = project;
  // Also if something is wrong with the prompts: the rest need not be compiled again. Where it cannot be kept (a disk that
  // is full, or that cannot be written to), the next build takes longer.
  if (cache !== undefined) await saveCache(cache, new NodeDisk(root)).catch(() => {});
  if (compiled.build === undefined || versions === undefined) return { ...project, written: undefined };
  const origin = await originOf(versions.repository, PROJECT_PATHS);
  const { nextLock } = versions.published;
  if (options.frozen !== true && nextLock !== undefined) {
    const lock = new TextEncoder().encode(nextLock);
    await writing(path.join(root, LOCK_FILE), () => new NodeDisk(root).write(LOCK_FILE, lock, { sync: true }));
  }
  const folder = path.resolve(root, out);
  const step = options.progress?.('Writing objects');
  return { ...project, written: await writing(folder, () => writeBuild(compiled.build!, origin, new NodeDisk(folder), step)) };
}

/** The lock goes first and the manifest last: if either fails, the build that was there is as it was. */
async function writing<Result>(target: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new PromptcError(
      'output_failed',
      `The build cannot be written to ${target}: ${reason}. The build that was there is as it was.`,
      [],
      { cause },
    );
  }
}
