import { Diagnostics } from '../base/diagnostic.js';
import { readConfig } from '../compile/discover/config-file.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { didYouMean } from '../compile/nearest.js';
import type { Commit } from '../versions/git/repository.js';
import { openRepository } from '../versions/git/open.js';
import { Repository } from '../versions/git/repository.js';
import { type LoggedVersion, logVersions } from '../versions/log.js';
import { lockAt } from '../versions/project-versions.js';
import { printDiagnostics } from './diagnostics/format.js';
import { clip, safeJson, visible } from './diagnostics/visible.js';
import type { LOG_FORMATS } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { resolveRoot } from './root.js';

export interface LogOptions {
  readonly root: string;
  readonly format: (typeof LOG_FORMATS)[number];
}

/** `promptc log`: the versions of a prompt, with the commit that published each and what it changed. */
export async function log(terminal: Terminal, id: string, { root: dir, format }: LogOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, dir);
  const repository = await openRepository(root);
  if (!(repository instanceof Repository)) throw new UsageError(`There is no history to show. ${repository.message}`);
  const diagnostics = new Diagnostics();
  const config = await readConfig(new NodeDisk(root), diagnostics);
  await printDiagnostics(terminal, diagnostics.sorted(), { format: 'text', root });
  if (diagnostics.errorCount > 0) return EXIT.promptErrors;

  const lock = await lockAt(repository, await repository.head());
  const known = new Set(lock.entries.map((entry) => entry.id));
  if (!known.has(id)) throw new UsageError(unknownText(id, known));
  const { versions, gaps } = await logVersions(repository, lock, id, config);
  terminal.out(format === 'json' ? `${safeJson({ versions: versions.map(versionJson) })}\n` : logText(versions));
  for (const gap of gaps) terminal.err(`${gap}\n`);
  return EXIT.fine;
}

function unknownText(id: string, known: ReadonlySet<string>): string {
  const name = `The last commit has published no template and no bundle "${visible(id)}".`;
  if (known.size === 0) return `${name} It has no prompts/promptc.lock: \`promptc build\` writes it.`;
  const hint = id.includes('@') ? 'Name it without its version.' : didYouMean(id, known);
  return hint === undefined ? `${name} What is not committed is in no log.` : `${name} ${hint}`;
}

const MOST_AUTHOR = 24;
const MOST_SUBJECT = 72;

/** A heading for each kind, and below it a table. */
function logText(versions: readonly LoggedVersion[]): string {
  const rows = versions.map(({ entry: { version }, commit, verdict = 'unknown' }) => [
    version,
    verdict,
    ...(commit === undefined ? ['', '', '', '(not in this clone)'] : commitCells(commit)),
  ]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.flatMap((row, i) => {
    const { entry, yankedBy } = versions[i]!;
    const { kind, id, yanked } = entry;
    const by = yankedBy === undefined ? '' : ` ${commitCells(yankedBy).slice(0, -1).join(' ')}`;
    return [
      ...(kind === versions[i - 1]?.entry.kind ? [] : [`${kind} ${id}`]),
      `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
      ...(yanked === undefined ? [] : [`  ${''.padEnd(widths[0]!)}  yanked${by}: ${visible(yanked)}`]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** Day, commit, author, subject. */
function commitCells({ id, date, author, subject }: Commit): string[] {
  return [
    date.slice(0, 'yyyy-mm-dd'.length),
    id.slice(0, 12),
    visible(clip(author, 0, MOST_AUTHOR)),
    visible(clip(subject, 0, MOST_SUBJECT)),
  ];
}

function versionJson({ entry, commit, verdict, yankedBy }: LoggedVersion) {
  const { kind, id, version, hash, yanked } = entry;
  return {
    kind,
    id,
    version,
    hash,
    ...(verdict !== undefined && { verdict }),
    ...(commit && { commit }),
    ...(yanked !== undefined && { yanked }),
    ...(yankedBy && { yanked_by: yankedBy }),
  };
}
