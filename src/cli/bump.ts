import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle, Template } from '../compile/model.js';
import { diffProjects } from '../versions/diff/diff-projects.js';
import { type Bump, planBumps } from '../versions/bump.js';
import { Repository } from '../versions/git/repository.js';
import { DEFAULT_OUT } from './build.js';
import { viewOf, viewOfBase } from './compare.js';
import { printDiagnostics } from './diagnostics/format.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { compileProject } from './project.js';
import { resolveRoot } from './root.js';

export const BUMP_LEVELS = ['auto', 'patch', 'minor', 'major'] as const;

export interface BumpOptions {
  readonly root: string;
  readonly base?: string;
  readonly level: (typeof BUMP_LEVELS)[number];
}

/** `promptc bump`: writes the versions that published prompts need now into their files. */
export async function bump(terminal: Terminal, ids: readonly string[], { root: dir, base, level }: BumpOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, dir);
  const project = await compileProject(root, DEFAULT_OUT, { env: terminal.env, base, draft: true, fromGit: true });
  const { compiled, versions } = project;
  await printDiagnostics(
    terminal,
    compiled.diagnostics.filter(({ severity }) => severity === 'error'),
    { format: 'text', root },
  );
  if (compiled.build === undefined || versions === undefined) return EXIT.promptErrors;
  const known = [...compiled.build.templates, ...compiled.build.bundles].map(({ prompt }) => prompt.id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new UsageError(`There is no template and no bundle "${unknown}".`);

  const repository = versions.repository instanceof Repository ? versions.repository : undefined;
  const before = await viewOfBase(repository, versions.base, { sizes: false });
  const diff = diffProjects(before, await viewOf(compiled, { sizes: false }), compiled.config.diff.rules);
  const { bumps, lags } = planBumps({ build: compiled.build, published: versions.published.entries, diff, ids, level });
  for (const one of bumps) await writeVersion(root, one);
  for (const { kind, prompt, to, level: by, why } of bumps)
    terminal.out(`${kind} ${prompt.id} ${prompt.version} → ${to} (${by}: ${why})\n`);
  for (const { bundle, slot, template } of lags) {
    terminal.err(`The bundle ${bundle.id} keeps its exact reference in ${slot}, and lags behind ${template}.\n`);
  }
  terminal.err(
    bumps.length === 0 ? 'No published version has changed.\n' : 'Run `promptc build`, and commit prompts/promptc.lock with the prompts.\n',
  );
  return EXIT.fine;
}

/** Changes the version and nothing else of a file, its line ends included. */
async function writeVersion(root: string, { prompt, to }: Bump): Promise<void> {
  const { source, start, end } = versionSpan(prompt);
  const file = path.join(root, ...source.path.split('/'));
  const written = await readFile(file, 'utf8');
  const text = source.text.slice(0, start) + source.text.slice(start, end).replace(prompt.version, to) + source.text.slice(end);
  await writeFile(file, written.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}

function versionSpan({ frontmatter }: Template | Bundle) {
  return frontmatter.locate(['version']);
}
