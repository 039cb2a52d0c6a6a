import type { Compiled } from '../compile/compile.js';
import { type Format, isDocument, printDiagnostics } from './diagnostics/format.js';
import { EXIT, type ExitCode, type Terminal } from './io.js';
import { buildProject, compileProject } from './project.js';
import { resolveRoot } from './root.js';

/** `promptc build`: compiles and writes; prints the build's digest. */
export async function build(terminal: Terminal, { root, out, format }: { root: string; out: string; format: Format }): Promise<ExitCode> {
  const folder = await resolveRoot(terminal.cwd, root);
  const { compiled, written } = await buildProject(folder, out);
  await printDiagnostics(terminal, compiled.diagnostics, { format, root: folder });
  if (compiled.build === undefined || written === undefined) {
    if (!isDocument(format)) terminal.err(`Nothing was written to ${out}.\n`);
    return EXIT.promptErrors;
  }
  const fresh = written.objects - written.kept;
  if (!isDocument(format)) terminal.err(`Compiled ${summary(compiled)} into ${out} (${written.objects} objects, ${fresh} new).\n`);
  if (format === 'text') terminal.out(`${compiled.build.manifestDigest}\n`);
  return EXIT.fine;
}

/** `promptc check`: all that build does, and writes nothing. */
export async function check(terminal: Terminal, { root, format }: { root: string; format: Format }): Promise<ExitCode> {
  const folder = await resolveRoot(terminal.cwd, root);
  const compiled = await compileProject(folder);
  await printDiagnostics(terminal, compiled.diagnostics, { format, root: folder });
  if (compiled.build === undefined) return EXIT.promptErrors;
  if (!isDocument(format)) terminal.err(`Checked ${summary(compiled)}: no errors.\n`);
  return EXIT.fine;
}

function summary({ build: made, examples }: Compiled): string {
  const counted = (number: number, name: string): string => `${number} ${name}${number === 1 ? '' : 's'}`;
  return `${counted(made!.templates.length, 'template')}, ${counted(made!.bundles.length, 'bundle')} and ${counted(examples.length, 'example')}`;
}
