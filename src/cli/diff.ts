import type { ResolvedBase } from '../versions/base.js';
import { diffProjects } from '../versions/diff/diff-projects.js';
import type { ProjectDiff } from '../versions/diff/project-diff.js';
import { openRepository } from '../versions/git/open.js';
import { withPinnedAtBase } from '../versions/pinned.js';
import { repositoryOf, resolveRevision, viewOf, viewOfBase, viewOfCommit } from './compare.js';
import { diffJson } from './diff/json.js';
import { diffMarkdown } from './diff/markdown.js';
import { diffText } from './diff/text.js';
import { printDiagnostics } from './diagnostics/format.js';
import { visible } from './diagnostics/visible.js';
import { type DIFF_FORMATS, DEFAULT_OUT } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { compileProject } from './project.js';
import { resolveRoot } from './root.js';

export interface DiffOptions {
  readonly root: string;
  readonly format: (typeof DIFF_FORMATS)[number];
  readonly exitCode?: boolean;
}

interface Compared {
  readonly result: ProjectDiff;
  /** What was compared with what, for people: the one as the object of a sentence, the other as its beginning. */
  readonly before: string;
  readonly after: string;
}

const SIZES = { sizes: true };

/**
 * `promptc diff`: what changed in every bundle, what that weighs, and whether the versions say so.
 *
 * @param revision - compares with the working tree; of the form `a..b`, two revisions; absent for the base
 */
export async function diff(terminal: Terminal, revision: string | undefined, options: DiffOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, options.root);
  const range = revision === undefined ? undefined : parseRange(revision);
  const found = range === undefined ? await withTree(terminal, root, revision) : await betweenRevisions(root, range);
  if (found === undefined) return EXIT.promptErrors;
  terminal.err(`${visible(found.after)} compared with ${visible(found.before)}.\n`);
  terminal.out(printed(found.result, options.format, terminal.colourResults));
  if (found.result.covered) return EXIT.fine;
  if (revision === undefined) terminal.err('Run `promptc bump` to raise the versions.\n');
  return options.exitCode === true ? EXIT.promptErrors : EXIT.fine;
}

/** @returns `undefined` for a single revision */
function parseRange(revision: string): readonly [string, string] | undefined {
  if (!revision.includes('..')) return undefined;
  const [from = '', to = '', ...more] = revision.split('..');
  if (from === '' || to === '' || to.startsWith('.') || more.length > 0)
    throw new UsageError('Two revisions are written as a..b, such as v1.0..HEAD.');
  return [from, to];
}

/** A revision, or the base, against the working tree. */
async function withTree(terminal: Terminal, root: string, revision: string | undefined): Promise<Compared | undefined> {
  const { progress } = terminal;
  const commit = revision === undefined ? undefined : await resolveRevision(repositoryOf(await openRepository(root)), revision);
  // With a revision, the base only tells where older versions are: in a CI as well, none has to be found.
  const env = commit === undefined ? terminal.env : {};
  const { compiled, versions } = await compileProject(root, DEFAULT_OUT, { env, progress, draft: true, fromGit: true });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  await printDiagnostics(terminal, errors, { format: 'text', root });
  const { build, config } = compiled;
  if (build === undefined || versions === undefined) return undefined;

  progress('Comparing');
  const { repository, base, published } = versions;
  const tree = await viewOf(compiled, published.lock, SIZES);
  if (commit !== undefined) {
    const { view } = await viewOfCommit(repositoryOf(repository), commit, SIZES);
    return { result: diffProjects(view, tree, config.diff.rules), before: revision!, after: 'The working tree' };
  }
  const view = await viewOfBase(repository, base, SIZES);
  const after = withPinnedAtBase(tree, view, build, published.entries);
  return { result: diffProjects(view, after, config.diff.rules), before: baseText(base), after: 'The working tree' };
}

function baseText(base: ResolvedBase): string {
  return base.kind === 'revision' ? base.how : `nothing (${base.reason.replace(/\.$/, '')})`;
}

async function betweenRevisions(root: string, [from, to]: readonly [string, string]): Promise<Compared> {
  const repository = repositoryOf(await openRepository(root));
  const [first, second] = [await resolveRevision(repository, from), await resolveRevision(repository, to)];
  const before = await viewOfCommit(repository, first, SIZES);
  const after = await viewOfCommit(repository, second, SIZES);
  return { result: diffProjects(before.view, after.view, after.compiled.config.diff.rules), before: from, after: to };
}

function printed(result: ProjectDiff, format: DiffOptions['format'], colour: boolean): string {
  switch (format) {
    case 'text':
      return diffText(result, { colour });
    case 'markdown':
      return diffMarkdown(result);
    case 'json':
      return diffJson(result);
  }
}
