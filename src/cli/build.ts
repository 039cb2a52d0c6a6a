import type { Compiled } from '../compile/compile.js';
import { comparedText } from './compare.js';
import { counted } from './counted.js';
import { type Format, isDocument, printDiagnostics } from './diagnostics/format.js';
import { LOCK_FILE } from '../format/lock.js';
import { isCi } from '../versions/ci-run.js';
import type { ProjectVersions } from '../versions/project-versions.js';
import { DEFAULT_OUT } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { buildProject, compileProject } from './project.js';
import { resolveRoot } from './root.js';

export interface CheckOptions {
  readonly root: string;
  readonly format: Format;
  readonly base?: string;
  readonly currentOnly?: boolean;
  readonly cache?: boolean;
}

export interface BuildOptions extends CheckOptions {
  readonly out: string;
  readonly frozen?: boolean;
  readonly update?: boolean;
}

/** `promptc build`: compiles and writes; prints the build's digest. */
export async function build(terminal: Terminal, { root, out, format, ...options }: BuildOptions): Promise<ExitCode> {
  const folder = await resolveRoot(terminal.cwd, root);
  const { env, progress } = terminal;
  const frozen = options.frozen ?? isCi(env);
  if (frozen && options.update === true)
    throw new UsageError('--update writes the lock, and here it is frozen. Run it without --frozen, outside of CI.');
  const { compiled, versions, written } = await buildProject(folder, out, { ...options, env, frozen, progress });
  await printDiagnostics(terminal, compiled.diagnostics, { format, root: folder });
  if (compiled.build === undefined || written === undefined) {
    if (!isDocument(format)) terminal.err(`Nothing was written to ${out}.\n`);
    return EXIT.promptErrors;
  }
  if (!isDocument(format)) {
    const fresh = written.objects - written.kept;
    terminal.err(`Compiled ${summary(compiled)} into ${out} (${counted(written.objects, 'object')}, ${fresh} new).\n`);
    if (!frozen && versions?.published.nextLock !== undefined) terminal.err(`Wrote ${LOCK_FILE}: commit it with the prompts.\n`);
  }
  if (format === 'text') terminal.out(`${compiled.build.manifestDigest}\n`);
  return EXIT.fine;
}

/** `promptc check`: all that build does, frozen, and writes nothing. */
export async function check(terminal: Terminal, { root, format, ...options }: CheckOptions): Promise<ExitCode> {
  const folder = await resolveRoot(terminal.cwd, root);
  const { env, progress } = terminal;
  const { compiled, versions } = await compileProject(folder, DEFAULT_OUT, { ...options, env, progress, frozen: true });
  await printDiagnostics(terminal, compiled.diagnostics, { format, root: folder });
  if (!isDocument(format) && versions !== undefined && isCompared(versions)) terminal.err(`${comparedText(versions.base)}\n`);
  if (compiled.build === undefined) return EXIT.promptErrors;
  if (!isDocument(format)) terminal.err(`Checked ${summary(compiled)}: no errors.\n`);
  return EXIT.fine;
}

/** Where there is something to compare: a base, or versions that a lock records. */
function isCompared({ base, published }: ProjectVersions): boolean {
  return base.kind === 'revision' || published.lock.entries.length > 0;
}

function summary({ build: made, exampleCount }: Compiled): string {
  const { templates, bundles } = made!;
  const older = [...templates, ...bundles].filter(({ prompt }) => prompt.source.path === LOCK_FILE).length;
  const parts = [
    counted(templates.filter(({ prompt }) => prompt.source.path !== LOCK_FILE).length, 'template'),
    counted(bundles.filter(({ prompt }) => prompt.source.path !== LOCK_FILE).length, 'bundle'),
    counted(exampleCount, 'example'),
    ...(older === 0 ? [] : [counted(older, 'older version')]),
  ];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}
