import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { judge } from '../drift/comparing/judge.js';
import { FALSE_ALARMS } from '../drift/comparing/level.js';
import { testHistories } from '../drift/comparing/test-histories.js';
import type { WindowOptions } from '../drift/comparing/windows.js';
import { explain } from '../drift/explaining/explain.js';
import { type Histories, measureAnswers } from '../drift/measuring/histories.js';
import { driftPage } from '../drift/page/drift-page.js';
import type { Answer, Problem } from '../drift/reading/answer.js';
import { readAnswers } from '../drift/reading/read-answers.js';
import type { RenderLog } from '../drift/reading/render-log.js';
import type { DriftReport } from '../drift/report.js';
import { loadTokenCounter } from '../tokens/count-tokens.js';
import { withReader } from './audit.js';
import type { DRIFT_FORMATS } from './choices.js';
import { counted } from './counted.js';
import { readable, safeJson, visible } from './diagnostics/visible.js';
import { AnswerFile } from './drift/answer-file.js';
import { BuildDemands } from './drift/demands.js';
import { rendersOf } from './drift/renders.js';
import { driftText } from './drift/text.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';

export interface DriftOptions extends WindowOptions {
  readonly audit?: string;
  readonly dir: string;
  readonly bundle?: string;
  readonly format: (typeof DRIFT_FORMATS)[number];
  readonly html?: string;
}

/** How many lines that could not be read are named. */
const MOST_PROBLEMS = 20;

/** `promptc drift`: whether a persona moves, in the answers of a model over time. */
export async function drift(terminal: Terminal, name: string, options: DriftOptions): Promise<ExitCode> {
  const { baselineUntil, since } = options;
  if (baselineUntil !== undefined && since !== undefined && baselineUntil > since)
    throw new UsageError('The baseline would end behind the beginning of the current window: --baseline-until must not be after --since.');
  const file = await AnswerFile.open(path.resolve(terminal.cwd, name));
  try {
    return await report(terminal, name, file, options);
  } finally {
    await file.close();
  }
}

async function report(terminal: Terminal, name: string, file: AnswerFile, options: DriftOptions): Promise<ExitCode> {
  const { audit, bundle } = options;
  const step = terminal.progress('Reading answers (MiB)');
  const renders = audit === undefined ? undefined : await withReader(terminal, audit, (reader) => rendersOf(file.lines(step), reader));
  const problems: Problem[] = [];
  let skipped = 0;
  const note = (problem: Problem): void => {
    skipped++;
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const read = (onProblem: (problem: Problem) => void): AsyncGenerator<Answer> =>
    answersOf(file, { renders, bundle, step, report: onProblem });

  const demands = new BuildDemands(path.resolve(terminal.cwd, options.dir), options.dir);
  const histories = await measureAnswers(read(note), {
    demandsOf: (id, version) => demands.of(id, version),
    tokenCounter: loadTokenCounter,
  });
  printProblems(terminal, name, problems, skipped);
  if (histories.all.length === 0) throw new UsageError(nothingText(name, bundle, skipped));
  const judged = judge(testHistories(histories.all, options, terminal.progress('Comparing versions')));
  // What was wrong with a line was said when it was read first.
  const groups = await explain(
    judged,
    read(() => undefined),
  );
  const result: DriftReport = {
    drift: groups.some(({ verdict }) => verdict === 'moved'),
    false_alarm_rate: FALSE_ALARMS,
    answers: groups.reduce((sum, { answers }) => sum + answers, 0),
    groups,
    notes: [...demands.notes, ...notesOf(histories, skipped)],
  };
  terminal.out(
    options.format === 'json' ? `${safeJson({ ...result, problems })}\n` : driftText(result, { colour: terminal.colourResults }),
  );
  if (options.format === 'text') for (const text of result.notes) terminal.err(`${readable(text)}\n`);
  if (options.html !== undefined) await writePage(terminal, options.html, result);
  terminal.err(summary(result));
  return result.drift ? EXIT.promptErrors : EXIT.fine;
}

interface Reading {
  readonly renders: RenderLog | undefined;
  readonly bundle: string | undefined;
  readonly step: (done: number, total: number) => void;
  readonly report: (problem: Problem) => void;
}

async function* answersOf(file: AnswerFile, { renders, bundle, step, report: onProblem }: Reading): AsyncGenerator<Answer> {
  for await (const answer of readAnswers(file.lines(step), { renders, report: onProblem })) {
    if (bundle === undefined || answer.bundle === bundle) yield answer;
  }
}

function printProblems(terminal: Terminal, name: string, problems: readonly Problem[], skipped: number): void {
  for (const { line, message } of problems) terminal.err(`${visible(name)}:${line}: ${readable(`The line ${message}.`)}\n`);
  if (skipped > problems.length) terminal.err(`${counted(skipped - problems.length, 'more line')} could not be read.\n`);
}

function nothingText(name: string, bundle: string | undefined, skipped: number): string {
  const what = bundle === undefined ? 'no answers' : `no answers to the bundle "${bundle}"`;
  return `${name} holds ${what}${skipped === 0 ? '' : ` that can be read`}. docs/drift.md says what a line looks like.`;
}

function notesOf({ leftOut, all }: Histories, skipped: number): string[] {
  const notes: string[] = [];
  if (skipped > 0) notes.push(`${counted(skipped, 'line')} could not be read, and ${skipped === 1 ? 'is' : 'are'} left out.`);
  if (leftOut > 0)
    notes.push(
      `Only ${all.length} versions of bundles were looked at; ${counted(leftOut, 'answer')} to others were left out. Choose a bundle with --bundle.`,
    );
  return notes;
}

async function writePage(terminal: Terminal, name: string, result: DriftReport): Promise<void> {
  const target = path.resolve(terminal.cwd, name);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, driftPage(result));
  } catch (error) {
    throw new UsageError(`The report cannot be written to ${target}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
}

function summary({ groups, answers }: DriftReport): string {
  const count = (verdict: string): number => groups.filter((group) => group.verdict === verdict).length;
  const [moved, few] = [count('moved'), count('too_few')];
  const tooFew = few === 0 ? '' : `; of ${few} there are too few answers`;
  return `Compared ${counted(answers, 'answer')} of ${counted(groups.length, 'version')}: ${moved === 0 ? 'none' : moved} moved${tooFew}.\n`;
}
