import { openRepository } from '../versions/git/open.js';
import { Repository } from '../versions/git/repository.js';
import { logVersions, type LoggedVersion } from '../versions/log.js';
import { viewOfCommit } from './compare.js';
import { visible } from './diagnostics/visible.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { resolveRoot } from './root.js';
import { diffProjects } from '../versions/diff/diff-projects.js';

export interface LogOptions {
  readonly root: string;
  readonly format: 'text' | 'json';
}

/** `promptc log`: the versions of a prompt, with the commit that published each and what it changed. */
export async function log(terminal: Terminal, id: string, { root: dir, format }: LogOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, dir);
  const repository = await openRepository(root);
  if (!(repository instanceof Repository)) throw new UsageError(`There is no history to show. ${repository.message}`);
  const versions = await logVersions(repository, id);
  if (versions.length === 0) throw new UsageError(`No commit has published a template or bundle "${id}". Drafts are in no log.`);
  const rows: Row[] = [];
  for (const version of versions) rows.push({ ...version, verdict: await verdictOf(repository, version) });
  terminal.out(format === 'json' ? `${JSON.stringify({ versions: rows.map(rowJson) }, null, 2)}\n` : rows.map(rowText).join(''));
  return EXIT.fine;
}

interface Row extends LoggedVersion {
  /** What the commit changed in the prompt; `new` for a first version. */
  readonly verdict: string;
}

/** Compares the commit that published a version with the one before it. */
async function verdictOf(repository: Repository, { entry, commit }: LoggedVersion): Promise<string> {
  const [parent] = await repository.parents(commit.id);
  const before = parent === undefined ? undefined : await repository.resolve(parent);
  if (before === undefined) return 'new';
  const options = { sizes: false };
  const { bundles, templates } = diffProjects(
    await viewOfCommit(repository, before, options),
    await viewOfCommit(repository, commit.id, options),
  );
  const found = (entry.kind === 'bundle' ? bundles : templates).find((one) => one.id === entry.id && one.after === entry.version);
  return found?.before === undefined ? 'new' : found.verdict;
}

function rowText({ entry, commit, verdict, yankedBy }: Row): string {
  const line = `${entry.kind} ${entry.id}@${entry.version}  ${commit.date}  ${commit.id.slice(0, 12)}  ${visible(commit.author)}  ${verdict}  ${visible(commit.subject)}\n`;
  return yankedBy === undefined
    ? line
    : `${line}  yanked ${yankedBy.date} ${yankedBy.id.slice(0, 12)} ${visible(yankedBy.author)}: ${visible(entry.yanked!)}\n`;
}

function rowJson({ entry, commit, verdict, yankedBy }: Row) {
  const { kind, id, version, hash, yanked } = entry;
  return { kind, id, version, hash, commit, verdict, ...(yanked === undefined ? {} : { yanked, yankedBy }) };
}
