import path from 'node:path';
import type { Compiled } from '../compile/compile.js';
import { BundleRenderer } from '../generator/bundle-renderer.js';
import type { RenderLimits } from '../render/limits.js';
import type { RenderResult } from '../render/render-bundle.js';
import { DistFolder } from '../sources/file.js';
import { BuildStore } from '../sources/inline.js';
import { StoreSource } from '../sources/store.js';
import { printDiagnostics } from './diagnostics/format.js';
import { visible } from './diagnostics/visible.js';
import type { RENDER_FORMS } from './choices.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { readPayload } from './json-input.js';
import { compileProject } from './project.js';
import { readRenderLimits } from './render-limits.js';
import { resolveRoot } from './root.js';

export interface RenderOptions {
  readonly input?: string;
  readonly example?: string;
  readonly dir: string;
  readonly root?: string;
  readonly as: (typeof RENDER_FORMS)[number];
}

/** `promptc render`: one render, from a build or straight from the working tree. */
export async function render(terminal: Terminal, bundle: string, options: RenderOptions): Promise<ExitCode> {
  const at = bundle.lastIndexOf('@');
  const [id, version] = at <= 0 ? [bundle, undefined] : [bundle.slice(0, at), bundle.slice(at + 1)];
  const { root, example, input } = options;
  if (example !== undefined && root === undefined)
    throw new UsageError('--example needs --root: examples are in the files, not in the build.');
  if (example !== undefined && input !== undefined) throw new UsageError('Give either --input or --example, not both.');

  let compiled: Compiled | undefined;
  let limits: RenderLimits | undefined;
  if (root === undefined) {
    limits = await readRenderLimits(terminal);
  } else {
    const folder = await resolveRoot(terminal.cwd, root);
    ({ compiled } = await compileProject(folder, options.dir, { draft: true }));
    await printDiagnostics(terminal, compiled.diagnostics, { format: 'text', root: folder });
    if (compiled.build !== undefined) ({ limits } = compiled.config);
  }
  if (limits === undefined) return EXIT.promptErrors;
  const payload =
    example !== undefined && compiled !== undefined
      ? findExample(compiled, id, example)
      : input === undefined
        ? {}
        : await readPayload(terminal, input);
  const store = compiled?.build === undefined ? new DistFolder(path.resolve(terminal.cwd, options.dir)) : new BuildStore(compiled.build);
  const source = new StoreSource(store);
  const renderer = new BundleRenderer({ bundles: source, templates: source, limits });
  const result = await renderer.render(id, version, payload);
  const { yanked } = (await (await source.catalog()).versions('bundles', id))!.versions[result.semver]!;
  if (yanked !== undefined) terminal.err(`The bundle ${id}@${result.semver} is yanked: ${visible(yanked)}\n`);
  terminal.out(printed(result, options.as));
  return EXIT.fine;
}

function printed(result: RenderResult, form: RenderOptions['as']): string {
  if (form === 'text') return `${result.rendered_prompt}\n`;
  return `${JSON.stringify(form === 'messages' ? result.messages : result, null, 2)}\n`;
}

function findExample({ examples }: Compiled, bundle: string, name: string): unknown {
  const own = examples.filter((one) => one.bundle.id === bundle).map((one) => one.example);
  const found = own.find((example) => example.name === name);
  if (found !== undefined) return found.input;
  const known = own.length === 0 ? 'it has none' : `it has ${own.map((example) => example.name).join(', ')}`;
  throw new UsageError(`The bundle "${bundle}" has no example "${name}"; ${known}.`);
}
