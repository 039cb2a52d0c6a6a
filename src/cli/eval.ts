import { EvalPrompts } from '../eval/run/prompts.js';
import { runSuites } from '../eval/run/run-suites.js';
import { type Report, totalsOf } from '../eval/run/verdict.js';
import { DEFAULT_OUT } from './choices.js';
import { printDiagnostics } from './diagnostics/format.js';
import { readable, visible } from './diagnostics/visible.js';
import { against, type Run } from './eval/against.js';
import { type AnswerOptions, openAnswers } from './eval/answers.js';
import { readSuites } from './eval/suite-files.js';
import { summaryText, tableText } from './eval/table.js';
import { type ReportFiles, writeReports } from './eval/write-reports.js';
import { EXIT, type ExitCode, type Terminal } from './io.js';
import { compileProject } from './project.js';
import { folderPrefix } from './repository.js';
import { resolveRoot } from './root.js';

export interface EvalOptions extends AnswerOptions, ReportFiles {
  readonly root: string;
  /** How many answers are under way at once. */
  readonly concurrency: number;
  /** A revision, or a file with the results of an earlier run. */
  readonly against?: string;
}

/** `promptc eval`: answers to the prompts of suites, held to what their bundles demand. */
export async function evalSuites(terminal: Terminal, names: readonly string[], options: EvalOptions): Promise<ExitCode> {
  const { concurrency } = options;
  const root = await resolveRoot(terminal.cwd, options.root);
  const suites = await readSuites(terminal.cwd, root, names);
  const answers = await openAnswers(terminal, root, options);
  const prompts = await compilePrompts(terminal, root);
  if (prompts === undefined) return EXIT.promptErrors;
  const stop = new AbortController();
  // What was answered by then is kept, and costs nothing the next time.
  if (answers.isLive) void terminal.untilStopped().then(() => stop.abort());
  const run: Run = (some, by, label) =>
    runSuites(some, { prompts: by, answerer: answers.answerer, concurrency, signal: stop.signal, step: terminal.progress(label) });
  let report: Report;
  try {
    const compare = options.against === undefined ? undefined : await against(terminal, root, options.against, suites, run);
    const results = await run(suites, prompts, 'Checking answers');
    report = { results, ...(compare && { comparison: compare(results.cases) }) };
  } finally {
    await answers.close();
  }
  await writeReports(terminal.cwd, report, options);
  print(terminal, report, folderPrefix(terminal.cwd, root));
  return exitCodeOf(report);
}

/** The prompts of the working tree, as drafts; `undefined` if they do not compile, which is printed. */
async function compilePrompts(terminal: Terminal, root: string): Promise<EvalPrompts | undefined> {
  const { compiled } = await compileProject(root, DEFAULT_OUT, { draft: true, progress: terminal.progress });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  await printDiagnostics(terminal, errors, { format: 'text', root });
  return compiled.build === undefined ? undefined : new EvalPrompts(compiled.build, compiled.config);
}

function print(terminal: Terminal, report: Report, folder: string): void {
  terminal.out(tableText(report, { colour: terminal.colourResults, folder }));
  for (const { place, message } of report.results.problems) {
    terminal.err(`${visible(folder + place.file)}:${place.line}:${place.column}: ${readable(message)}\n`);
  }
  terminal.err(summaryText(report));
}

/** What is in the repository counts first: who mends that may find that whoever did not answer does so again. */
function exitCodeOf(report: Report): ExitCode {
  const { cases, problems } = report.results;
  const isBroken = totalsOf(report).failed > 0 || problems.length > 0 || cases.some(({ failure }) => failure?.kind === 'case');
  if (isBroken) return EXIT.promptErrors;
  return cases.some(({ failure }) => failure !== undefined) ? EXIT.usage : EXIT.fine;
}
