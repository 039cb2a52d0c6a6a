import { DEFAULT_CONFIG } from '../compile/config.js';
import { diffProjects } from '../versions/diff/diff-projects.js';
import type { ProjectDiff } from '../versions/diff/project-diff.js';
import { Repository } from '../versions/git/repository.js';
import { openRepository } from '../versions/git/open.js';
import { DEFAULT_OUT } from './build.js';
import { resolveRevision, viewOf, viewOfBase, viewOfCommit } from './compare.js';
import { diffJson } from './diff/json.js';
import { diffMarkdown } from './diff/markdown.js';
import { diffText } from './diff/text.js';
import { printDiagnostics } from './diagnostics/format.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { compileProject } from './project.js';
import { resolveRoot } from './root.js';

export const DIFF_FORMATS = ['text', 'markdown', 'json'] as const;

export interface DiffOptions {
  readonly root: string;
  readonly format: (typeof DIFF_FORMATS)[number];
  readonly exitCode?: boolean;
}

/**
 * `promptc diff`: what changed in every bundle, what that weighs, and whether the versions say so.
 *
 * @param revision - compares with the working tree; of the form `a..b`, two revisions; absent for the base
 */
export async function diff(terminal: Terminal, revision: string | undefined, options: DiffOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, options.root);
  const between = revision?.split('..') ?? [];
  if (between.length > 2 || between.includes('')) throw new UsageError('Two revisions are written as a..b, such as v1.0..HEAD.');
  const found = between.length === 2 ? await betweenRevisions(root, between as [string, string]) : await withTree(terminal, root, revision);
  if (found === undefined) return EXIT.promptErrors;
  terminal.out(printed(found, options.format, terminal.colour));
  return options.exitCode === true && !found.covered ? EXIT.promptErrors : EXIT.fine;
}

/** The working tree against a revision, or against the base. */
async function withTree(terminal: Terminal, root: string, revision: string | undefined): Promise<ProjectDiff | undefined> {
  const { compiled, versions } = await compileProject(root, DEFAULT_OUT, { env: terminal.env, draft: true, fromGit: true });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  await printDiagnostics(terminal, errors, { format: 'text', root });
  if (compiled.build === undefined || versions === undefined) return undefined;
  const { repository, base } = versions;
  const before =
    revision === undefined
      ? await viewOfBase(repository instanceof Repository ? repository : undefined, base)
      : await viewOfCommit(repository as Repository, await resolveRevision(repository, revision));
  if (revision === undefined)
    terminal.err(`Compared with ${base.kind === 'revision' ? base.how : `nothing: ${base.kind === 'none' ? base.reason : ''}`}.\n`);
  return diffProjects(before, await viewOf(compiled), compiled.config.diff.rules);
}

async function betweenRevisions(root: string, [from, to]: [string, string]): Promise<ProjectDiff> {
  const opened = await openRepository(root);
  const commits = [await resolveRevision(opened, from), await resolveRevision(opened, to)] as const;
  const repository = opened as Repository;
  const [before, after] = [await viewOfCommit(repository, commits[0]), await viewOfCommit(repository, commits[1])];
  return diffProjects(before, after, DEFAULT_CONFIG.diff.rules);
}

function printed(found: ProjectDiff, format: DiffOptions['format'], colour: boolean): string {
  switch (format) {
    case 'text':
      return diffText(found, { colour });
    case 'markdown':
      return diffMarkdown(found);
    case 'json':
      return diffJson(found);
  }
}
