/** What a run is compared with: the results of an earlier one, or the suites and prompts of a revision, run now. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { compareResults, type Comparison, type PastResult } from '../../eval/run/compare.js';
import { EvalPrompts } from '../../eval/run/prompts.js';
import type { CaseResult, RunResults } from '../../eval/run/results.js';
import { pastResults } from '../../eval/reports/results-json.js';
import { suitesAt } from '../../eval/suites/suites-at.js';
import type { Suite } from '../../eval/suites/suite.js';
import { openRepository } from '../../versions/git/open.js';
import { Repository } from '../../versions/git/repository.js';
import { compileRevision } from '../../versions/revision.js';
import { type Terminal, UsageError } from '../io.js';
import { readJson } from '../json-input.js';

/** Runs suites with the answers of this command. */
export type Run = (suites: readonly Suite[], prompts: EvalPrompts, label: string) => Promise<RunResults>;

/** Holds results to those of the past. */
export type Compare = (now: readonly CaseResult[]) => Comparison;

/** @param named - a file, or a revision */
export async function against(terminal: Terminal, root: string, named: string, suites: readonly Suite[], run: Run): Promise<Compare> {
  const file = await stat(path.resolve(terminal.cwd, named)).catch(() => undefined);
  const past = file?.isFile() === true ? await resultsIn(terminal, named) : await resultsAt(root, named, suites, run);
  return (now) => compareResults(now, past, named);
}

async function resultsIn(terminal: Terminal, file: string): Promise<readonly PastResult[]> {
  const value = await readJson(terminal, file, { name: 'file of results', example: '{"format": 1, "cases": […]}' });
  const results = pastResults(value);
  if (typeof results === 'string') throw new UsageError(`${file} ${results}. \`promptc eval --json ${file}\` writes one.`);
  return results;
}

async function resultsAt(root: string, revision: string, suites: readonly Suite[], run: Run): Promise<readonly PastResult[]> {
  const repository = await openRepository(root);
  const neither = `"${revision}" is no file`;
  if (!(repository instanceof Repository))
    throw new UsageError(`${neither}, and there is no revision to compare with. ${repository.message}`);
  const commit = await repository.resolve(revision);
  if (commit === undefined)
    throw new UsageError(`${neither}, and no revision that this clone has. \`git fetch --all --tags\` may bring it.`);
  const { compiled } = await compileRevision(repository, commit);
  // It had no prompts yet, so that all there is now is new.
  if (compiled.build === undefined) return [];
  // What lies outside of the repository has no past, and is taken as it is.
  const [inside, outside] = [suites.filter(({ file }) => !file.startsWith('../')), suites.filter(({ file }) => file.startsWith('../'))];
  const then = await suitesAt(
    repository,
    commit,
    inside.map(({ file }) => file),
  );
  const { cases } = await run([...then, ...outside], new EvalPrompts(compiled.build, compiled.config), `Checking answers at ${revision}`);
  // What could not be checked then tells nothing of what it broke.
  return cases.filter(({ failure }) => failure === undefined);
}
