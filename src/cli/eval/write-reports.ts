/** The results of a run as files. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { htmlReport } from '../../eval/reports/html-report.js';
import { junitReport } from '../../eval/reports/junit-report.js';
import { resultsJson } from '../../eval/reports/results-json.js';
import type { Report } from '../../eval/run/verdict.js';
import { safeJson } from '../diagnostics/visible.js';
import { UsageError } from '../io.js';

export interface ReportFiles {
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
}

/** Writes those that are asked for; paths are taken from where the command runs. */
export async function writeReports(cwd: string, report: Report, { json, junit, html }: ReportFiles): Promise<void> {
  if (json !== undefined) await write(cwd, json, `${safeJson(resultsJson(report))}\n`);
  if (junit !== undefined) await write(cwd, junit, junitReport(report));
  if (html !== undefined) await write(cwd, html, htmlReport(report));
}

async function write(cwd: string, file: string, text: string): Promise<void> {
  const target = path.resolve(cwd, file);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  } catch (error) {
    throw new UsageError(`The report cannot be written to ${target}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
}
