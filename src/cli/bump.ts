import { access, constants, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Build } from '../compile/emit/emit.js';
import { didYouMean } from '../compile/nearest.js';
import type { ResolvedBase } from '../versions/base.js';
import { diffProjects } from '../versions/diff/diff-projects.js';
import { type Bump, planBumps } from '../versions/bump.js';
import type { Lag } from '../versions/lags.js';
import { raisedText } from '../versions/raised-text.js';
import { comparedText, viewOf, viewOfBase } from './compare.js';
import { printDiagnostics } from './diagnostics/format.js';
import { type BUMP_LEVELS, DEFAULT_OUT } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { compileProject } from './project.js';
import { resolveRoot } from './root.js';

export interface BumpOptions {
  readonly root: string;
  readonly base?: string;
  readonly level: (typeof BUMP_LEVELS)[number];
}

/** `promptc bump`: writes the versions that published prompts need now into their files. */
export async function bump(terminal: Terminal, ids: readonly string[], { root: dir, base, level }: BumpOptions): Promise<ExitCode> {
  const root = await resolveRoot(terminal.cwd, dir);
  const { env, progress } = terminal;
  const { compiled, versions } = await compileProject(root, DEFAULT_OUT, { env, progress, base, draft: true, fromGit: true });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  await printDiagnostics(terminal, errors, { format: 'text', root });
  const { build, config } = compiled;
  if (build === undefined || versions === undefined) {
    terminal.err('No version was raised.\n');
    return EXIT.promptErrors;
  }
  checkIds(ids, build);

  const { repository, published } = versions;
  const before = await viewOfBase(repository, versions.base, { sizes: false });
  const diff = diffProjects(before, await viewOf(compiled, published.lock, { sizes: false }), config.diff.rules);
  const { bumps, lags } = planBumps({ build, published, diff, rules: config.diff.rules, ids, level });
  await writeVersions(root, bumps);
  for (const one of bumps) terminal.out(bumpText(one));
  for (const one of bumps) terminal.err(shortfallText(one));
  for (const one of lags) terminal.err(lagText(one));
  terminal.err(
    bumps.length === 0 ? nothingText(versions.base, ids) : 'Run `promptc build`, and commit prompts/promptc.lock with the prompts.\n',
  );
  return EXIT.fine;
}

function checkIds(ids: readonly string[], { templates, bundles }: Build): void {
  const known = new Set([...templates, ...bundles].map(({ prompt }) => prompt.id));
  for (const id of ids) {
    if (known.has(id)) continue;
    const hint = id.includes('@') ? 'Name it without its version.' : didYouMean(id, known);
    throw new UsageError(`There is no template and no bundle "${id}".${hint === undefined ? '' : ` ${hint}`}`);
  }
}

/** Writes all of them, or none if one cannot be read or written. */
async function writeVersions(root: string, bumps: readonly Bump[]): Promise<void> {
  const texts = new Map<string, string>();
  for (const { prompt, to } of bumps) {
    const { path: name, text } = prompt.source;
    const file = path.join(root, ...name.split('/'));
    const written = await readWritable(file);
    if (written === undefined) throw new UsageError(`${name} cannot be written, so no version was raised.`);
    // What was looked at must be what is written back.
    if (written.replaceAll('\r\n', '\n') !== text) throw new UsageError(`${name} has changed in the meantime. Run it again.`);
    texts.set(file, raisedText(written, prompt, to));
  }
  for (const [file, text] of texts) await writeFile(file, text);
}

async function readWritable(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.W_OK);
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

function bumpText({ kind, prompt, to, level, why }: Bump): string {
  return `${kind} ${prompt.id} ${prompt.version} → ${to} (${level}: ${why})\n`;
}

function shortfallText({ kind, prompt, to, tooLittleFor }: Bump): string {
  if (tooLittleFor === undefined) return '';
  return `warning: The ${kind} ${prompt.id} has changed in a ${tooLittleFor} way, and ${to} does not say so. \`promptc diff\` shows what changed.\n`;
}

function lagText({ bundle, slot, template, reason }: Lag): string {
  const named = `${bundle.id} (${bundle.source.path})`;
  const { id, wanted } = bundle.references[slot]!;
  switch (reason) {
    case 'exact':
      return `warning: The bundle ${named} lags behind ${template}: its slot ${slot} names ${id}@${wanted} exactly.\n`;
    case 'range':
      return `warning: The bundle ${named} lags behind ${template}: its slot ${slot} takes ${id}@${wanted} only.\n`;
    case 'recorded':
      return `warning: The bundle ${named} lags behind ${template}: prompts/promptc.lock records what it was built with. \`promptc build --update\` takes the new version.\n`;
    case 'gone':
      return `warning: The slot ${slot} of the bundle ${named} names ${id}@${wanted}, which is no more: write ${template}.\n`;
  }
}

function nothingText(base: ResolvedBase, ids: readonly string[]): string {
  if (base.kind === 'revision' && ids.length > 0)
    return `Nothing has to be raised in ${ids.join(', ')}. With --level patch, minor or major the version is raised all the same.\n`;
  const why = base.kind === 'revision' ? ': every published version is as it was' : '';
  return `Nothing has to be raised${why}. ${comparedText(base)}\n`;
}
