/** docs/library.md: its examples have types and run; every error, export, option and field has its place. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildProject } from '../../src/cli/project.js';
import { type AuditedRender, type ErrorCode, type RenderLimits, type RendererOptions, type RenderResult } from '../../src/index.js';
import type { Payload } from '../../src/format/payload.js';
import { DEFAULT_RENDER_LIMITS } from '../../src/render/limits.js';
import { projectFolder, REPOSITORY, temporaryFolder } from '../support/project.js';
import { type Page, readPage, section, tableRows } from './page.js';

// Each list is held to its type: the compiler refuses a key too many or too few.
const ERRORS: { readonly [code in ErrorCode]: true } = {
  bundle_not_found: true,
  template_not_found: true,
  version_not_found: true,
  version_invalid: true,
  no_default_version: true,
  bundle_unsupported_model: true,
  payload_invalid: true,
  payload_too_large: true,
  prompt_too_large: true,
  render_too_long: true,
  content_invalid: true,
  compile_failed: true,
  output_failed: true,
  git_failed: true,
  base_unresolved: true,
  history_missing: true,
  artifact_missing: true,
  artifact_corrupt: true,
  artifact_unsupported: true,
  audit_failed: true,
};
const OPTIONS: { readonly [name in keyof Required<RendererOptions>]: true } = {
  bundles: true,
  templates: true,
  audit: true,
  cache: true,
  limits: true,
};
const PAYLOAD: { readonly [name in keyof Required<Payload>]: true } = {
  semantic_traits: true,
  activity_level: true,
  stress: true,
  task: true,
  inputs: true,
  model_type: true,
};
const RESULT: { readonly [name in keyof RenderResult]: true } = {
  rendered_prompt: true,
  messages: true,
  bundle_id: true,
  semver: true,
  bundle_hash: true,
  personality_hash: true,
  prompt_hash: true,
  engine_version: true,
  adapter_version: true,
  constraints: true,
  config: true,
  output: true,
};
const AUDIT: { readonly [name in keyof Required<AuditedRender>]: true } = {
  result: true,
  payload: true,
  latencyMs: true,
  build: true,
  commit: true,
  caller: true,
};

const page = readPage('library.md');
const examples = examplesOf(page);

function examplesOf({ blocks }: Page): string[] {
  return blocks.filter((block) => block.language === 'ts' && block.meta === 'example').map((block) => block.text);
}

/** What the page's examples render. */
const PROJECT = {
  'prompts/templates/answer.md':
    '---\nid: answer\nversion: 1.0.0\nrole: user\ninputs: { customer_name: string, plan: string }\n---\n{{customer_name}} ({{plan}}): {{task}}\n',
  'prompts/bundles/support-agent.md': '---\nid: support-agent\nversion: 2.1.0\nslots: { task: answer }\n---\n',
};

describe('docs/library.md', () => {
  it.each([
    ['## PromptGenerator', 'option', Object.keys(OPTIONS)],
    ['## The payload', 'key', Object.keys(PAYLOAD)],
    ['## The result', 'field', Object.keys(RESULT)],
    ['## Errors', 'code', Object.keys(ERRORS)],
  ])('%s lists every %s', (heading, column, names) => {
    const rows = tableRows(section(page, heading));
    const from = rows.findIndex(([name]) => name === column);
    expect(rows.slice(from + 1, from + 1 + names.length).map(([name]) => name)).toEqual(names);
  });

  it('lists the limits with their defaults', () => {
    const rows = tableRows(section(page, '## PromptGenerator'));
    const from = rows.findIndex(([name]) => name === 'limit');
    const actual = Object.entries(DEFAULT_RENDER_LIMITS satisfies RenderLimits).map(([name, limit]) => [name, String(limit)]);
    expect(rows.slice(from + 1).map(([name, preset]) => [name, preset])).toEqual(actual);
    expect(
      rows
        .slice(from + 1)
        .map(([, , , code]) => code)
        .filter((code) => !Object.hasOwn(ERRORS, code!)),
    ).toEqual([]);
  });

  it('names everything that a sink is told', () => {
    const text = section(page, '## Audit');
    expect(Object.keys(AUDIT).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every export', async () => {
    const source = await readFile(path.join(REPOSITORY, 'src/index.ts'), 'utf8');
    const names = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap((match) =>
      match[1]!.split(',').map((name) => name.replace(/\btype\b/, '').trim()),
    );
    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => name !== '' && !page.text.includes(name))).toEqual([]);
  });

  it('has examples', () => expect(examples.length).toBeGreaterThanOrEqual(5));

  it('shows examples that type-check', async () => {
    const folder = await temporaryFolder();
    const config = {
      extends: path.join(REPOSITORY, 'tsconfig.json'),
      compilerOptions: {
        paths: { promptc: [path.join(REPOSITORY, 'src/index.ts')] },
        typeRoots: [path.join(REPOSITORY, 'node_modules/@types')],
        rootDir: path.parse(REPOSITORY).root,
      },
      include: ['*.ts'],
    };
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const all = [...examples, ...examplesOf(readPage('audit.md'))];
    for (const [i, text] of all.entries()) await writeFile(path.join(folder, `example-${i}.ts`), text);
    // One file is wrong on purpose: it shows that the others are looked at.
    await writeFile(path.join(folder, 'wrong.ts'), `${examples[0]}result.rendered;`);
    const tsc = path.join(REPOSITORY, 'node_modules/.bin/tsc');
    const { stdout } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8', shell: process.platform === 'win32' });
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.includes('wrong.ts'))).toEqual([expect.stringContaining("Property 'rendered' does not exist")]);
    expect(lines.filter((line) => line.includes('example-'))).toEqual([]);
  });

  it('shows examples that run', async () => {
    const root = await projectFolder(PROJECT);
    await buildProject(root, 'dist');
    const [main, inline] = await Promise.all(examples.slice(0, 2).map((text) => runExample(text, root)));
    expect(main).toEqual([
      [[{ role: 'user', content: 'Ada (pro): Where is my money?' }], '2.1.0', expect.stringMatching(/^sha256:[0-9a-f]{64}$/)],
    ]);
    expect(inline![0]).toEqual(['Hello Ada! Nothing is open.']);
    expect(inline!.slice(1).map(([code]) => code)).toEqual(['check/partial-unknown']);
  });
});

/** Runs an example as a module of its own; returns what it printed. */
async function runExample(text: string, root: string): Promise<unknown[][]> {
  const source = text
    .replace("from 'promptc'", `from ${JSON.stringify(path.join(REPOSITORY, 'src/index.ts'))}`)
    .replaceAll("'dist'", JSON.stringify(path.join(root, 'dist')))
    .replaceAll(/console\.log\((.*)\);/g, 'printed.push([$1]);');
  const file = path.join(root, `${text.length}.ts`);
  await writeFile(file, `export const printed: unknown[][] = [];\n${source}`);
  const { printed } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { printed: unknown[][] };
  return printed;
}
