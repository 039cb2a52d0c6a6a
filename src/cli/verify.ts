import path from 'node:path';
import { Diagnostics } from '../base/diagnostic.js';
import { PromptcError } from '../base/error.js';
import { decode } from '../compile/discover/decode.js';
import { NodeDisk } from '../compile/discover/node-disk.js';
import { MANIFEST_FILE } from '../format/artifact.js';
import { type Lock, LOCK_FILE } from '../format/lock.js';
import type { Finding } from '../builds/finding.js';
import { verifyBuild } from '../builds/verify-build.js';
import { verifyCommit } from '../builds/verify-commit.js';
import { verifyLock } from '../builds/verify-lock.js';
import { openRepository } from '../versions/git/open.js';
import { Repository } from '../versions/git/repository.js';
import { parseLock } from '../versions/lock.js';
import { counted } from './counted.js';
import { placeText } from './diagnostics/place.js';
import { readable, safeJson, visible } from './diagnostics/visible.js';
import type { VERIFY_FORMATS } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { resolveRoot } from './root.js';

export interface VerifyOptions {
  readonly dir: string;
  readonly root: string;
  readonly format: (typeof VERIFY_FORMATS)[number];
}

/** What came of it, in the form that is printed for programs. */
interface Report {
  readonly build: string | null;
  readonly commit: string | null;
  readonly artifacts: number;
  readonly unnamedObjects: number;
  /** What the build was compared with. */
  readonly against: string[];
  /** Why it was not compared with the rest, in sentences. */
  readonly notes: string[];
  readonly findings: Finding[];
}

/** `promptc verify`: every byte of a build against its manifest, the manifest against the lock, the lock against Git. */
export async function verify(terminal: Terminal, { dir, root, format }: VerifyOptions): Promise<ExitCode> {
  const project = await resolveRoot(terminal.cwd, root);
  const report = await verifyAll(path.resolve(terminal.cwd, dir), project, terminal);
  if (format === 'json') terminal.out(`${safeJson(report)}\n`);
  else printReport(terminal, report);
  return report.findings.length === 0 ? EXIT.fine : EXIT.promptErrors;
}

async function verifyAll(folder: string, project: string, { progress }: Terminal): Promise<Report> {
  const verified = await verifyBuild(new NodeDisk(folder), progress('Verifying artifacts'));
  if (verified === undefined) {
    throw new PromptcError('artifact_missing', `There is no build in ${folder}: ${MANIFEST_FILE} is missing. Run \`promptc build\` first.`);
  }
  const { manifest, index, origin, artifacts, unnamed } = verified;
  const commit = origin?.commit ?? null;
  const report: Report = {
    build: manifest?.digest ?? null,
    commit,
    artifacts,
    unnamedObjects: unnamed,
    against: ['the manifest'],
    notes: [],
    findings: [...verified.findings],
  };
  if (index === undefined) return report;

  const read = await readLock(project);
  if (read === undefined) {
    report.notes.push(`There is no ${LOCK_FILE} in ${project}, so that nothing says what was published.`);
    return report;
  }
  if ('findings' in read) {
    report.findings.push(...read.findings);
    return report;
  }
  report.against.push('the lock');
  if (manifest?.manifest.partial === true) {
    report.notes.push('The build is partial: it was made with --current-only, and leaves out published versions.');
  }
  report.findings.push(...verifyLock(index, read.lock));

  const repository = await openRepository(project);
  if (repository instanceof Repository) {
    report.against.push('Git');
    progress('Looking for what the lock names in Git');
    report.findings.push(...(await verifyCommit({ repository, commit, ...read })));
  } else {
    // There is something to compare with, and it cannot be read.
    if (repository.reason === 'unsafe') throw new UsageError([repository.message, ...repository.commands].join('\n  '));
    report.notes.push(repository.message);
  }
  return report;
}

type ReadLock = { readonly lock: Lock; readonly lockBytes: Uint8Array } | { readonly findings: readonly Finding[] };

/** @returns `undefined` if there is none */
async function readLock(project: string): Promise<ReadLock | undefined> {
  const bytes = await new NodeDisk(project).read(LOCK_FILE);
  if (bytes === undefined) return undefined;
  const diagnostics = new Diagnostics();
  const source = decode(LOCK_FILE, bytes, Infinity, diagnostics);
  const lock = source && parseLock(source, diagnostics);
  if (lock !== undefined) return { lock, lockBytes: new TextEncoder().encode(source!.text) };
  return {
    findings: diagnostics.sorted().map(({ message, span }) => ({ code: 'lock_invalid', subject: placeText(span, ''), message })),
  };
}

function printReport(terminal: Terminal, { findings, notes, artifacts, unnamedObjects, against }: Report): void {
  for (const { subject, message, commands = [] } of findings) {
    const hint = commands.length === 0 ? '' : ` Run: ${commands.join(' && ')}`;
    terminal.out(`${visible(subject)}: ${readable(message)}${visible(hint)}\n`);
  }
  for (const note of notes) terminal.err(`${readable(note)}\n`);
  if (unnamedObjects > 0) {
    const belong = unnamedObjects === 1 ? 'belongs' : 'belong';
    terminal.err(
      `${counted(unnamedObjects, 'object')} ${belong} to no version of this build. \`promptc prune\` removes what only old builds need.\n`,
    );
  }
  const result = findings.length === 0 ? 'nothing is wrong' : counted(findings.length, 'finding');
  terminal.err(`Verified ${counted(artifacts, 'artifact')} against ${listed(against)}: ${result}.\n`);
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
