/**
 * docs/diagnostics.md: a section for every code, each with an example that the compiler answers as the page
 * says, and a mended one that it takes. `UPDATE=1` rewrites what the page says; read the difference.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CODES } from '../../src/base/codes.js';
import { type Diagnostic, Diagnostics } from '../../src/base/diagnostic.js';
import { FORMATS } from '../../src/cli/choices.js';
import { diagnosticsGithub } from '../../src/cli/diagnostics/github.js';
import { diagnosticsJson } from '../../src/cli/diagnostics/json.js';
import { diagnosticsSarif } from '../../src/cli/diagnostics/sarif.js';
import { diagnosticsText, diagnosticText } from '../../src/cli/diagnostics/text.js';
import { buildProject, compileProject, type ProjectOptions } from '../../src/cli/project.js';
import { compile } from '../../src/compile/compile.js';
import { decode } from '../../src/compile/discover/decode.js';
import type { Disk } from '../../src/compile/discover/disk.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { parseLock } from '../../src/versions/lock.js';
import { type CodeBlock, readPage, section, tableRows } from '../docs/page.js';
import { type Files, projectFolder, REPOSITORY, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { repository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { sarifProblems } from './sarif-schema.js';
import { commandsOf } from './workflow-commands.js';

const PAGE = readPage('diagnostics.md');
const INTRODUCTION = 'Diagnostics';
const HEADINGS = [...PAGE.text.replaceAll(/^(`{3,}).*\n[^]*?^\1$/gm, '').matchAll(/^### (.*)$/gm)].map((match) => match[1]!);
const UPDATE = process.env['UPDATE'] === '1';

/** What no text can show: the disk that the section's prose describes. */
const PREPARED: { readonly [code: string]: (template: string, files: { readonly [name: string]: string | Uint8Array }) => Disk } = {
  'discover/unreadable': (template) => new OddDisk(template, { path: 'templates/locked.md', kind: 'file' }),
  'discover/symlink': (template) => new OddDisk(template, { path: 'templates/tone.md', kind: 'link' }),
  'discover/submodule': (template) =>
    new MemoryDisk({ 'prompts/templates/greeting.md': template, 'prompts/templates/shared/.git': 'gitdir: x' }),
  'parse/expression-depth': (template) =>
    new MemoryDisk({
      'prompts/templates/greeting.md': template.replace('{{name}}', `{{#if ${'(not '.repeat(65)}name${')'.repeat(65)}}}x{{/if}}`),
    }),
  'link/late-static-text': (_, files) =>
    new MemoryDisk({ ...files, 'prompts/partials/handbook.md': `${'Write short sentences, and name the next step. '.repeat(50)}\n` }),
  'lock/truncated': (template) =>
    new MemoryDisk({ 'prompts/templates/greeting.md': template, [LOCK_FILE]: '{"lockVersion":1}\n{"artifact":{"digest":"sha2' }),
};

/** What a section's example is checked with. */
const OPTIONS: { readonly [code: string]: ProjectOptions } = {
  'check/left-out-version': { currentOnly: true },
  'lock/outdated': { frozen: true },
  'versions/edited-draft': { draft: true },
};

/** Another example's matter: a partial on its own, say. */
const UNUSED = new Set(['check/unused-input', 'check/unused-partial']);

/** A template, and beside it something that no text can show. */
class OddDisk extends MemoryDisk {
  constructor(
    template: string,
    readonly odd: { path: string; kind: 'file' | 'link' },
  ) {
    super({ 'prompts/templates/greeting.md': template });
  }

  override async list(folder: string) {
    return [...(await super.list(folder)), this.odd];
  }

  override read(file: string) {
    return file === `prompts/${this.odd.path}` ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) : super.read(file);
  }
}

/** Sections whose project holds nothing else. */
const ALONE = new Set(['discover/no-prompts']);

describe('docs/diagnostics.md', () => {
  it('has a section for every code, and no other', () => {
    expect(HEADINGS.length).toBeGreaterThan(50);
    expect(HEADINGS.map((heading) => heading.replaceAll('`', '')).toSorted()).toEqual(Object.keys(CODES).toSorted());
    expect(Object.keys(PREPARED).filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
  });

  it('keeps the order of the phases', () => {
    const phases = HEADINGS.map((heading) =>
      ['discover', 'parse', 'check', 'link', 'lock', 'versions'].indexOf(heading.slice(1, heading.indexOf('/'))),
    );
    expect(phases).toEqual(phases.toSorted((a, b) => a - b));
  });

  it('links to headings that there are', () => {
    const links = [...PAGE.text.matchAll(/\]\(([a-z-]+\.md)#([^)]+)\)/g)].map(([, page, anchor]) => ({ page: page!, anchor: anchor! }));
    expect(links.length).toBeGreaterThan(1);
    const broken = links.filter(
      ({ page, anchor }) =>
        !readPage(page)
          .text.split('\n')
          .some((line) => anchorOf(line) === anchor),
    );
    expect(broken).toEqual([]);
  });

  it('shows a diagnostic in every format', async () => {
    const { blocks } = sectionOf(INTRODUCTION);
    const formats = sectionOf('Formats').blocks;
    const { diagnostics } = await compile(new MemoryDisk(filesOf(blocks)));
    for (const [where, block, printed] of [
      [blocks, 'text', diagnosticsText(diagnostics, false)],
      [formats, 'text github', diagnosticsGithub(diagnostics)],
      [formats, 'json sarif', diagnosticsSarif(diagnostics)],
      [formats, 'json', diagnosticsJson(diagnostics)],
    ] as const) {
      expect(onPage(where, block, printed)).toBe(printed);
    }
    const listed = tableRows(section(PAGE, '## Formats')).map(([format]) => format);
    expect(new Set(listed)).toEqual(new Set(['format', ...FORMATS]));
  });

  it('shows a workflow whose command works', async () => {
    const { text } = sectionOf('Formats').blocks.find(({ language }) => language === 'yaml')!;
    const [, args, file] = /- run: npx promptc (.+) > (.+)$/m.exec(text)!;
    expect(text).toContain(`sarif_file: ${file}\n`);
    const { code, out } = await runCommand(await projectFolder(SMALL_PROJECT), args!.split(' '));
    expect(code).toBe(0);
    expect(sarifProblems(JSON.parse(out))).toEqual([]);
  });

  it.each(HEADINGS.map((heading) => heading.replaceAll('`', '')))('%s', async (code) => {
    const { blocks } = sectionOf(`\`${code}\``);
    const files = filesOf(blocks);
    const hasPrompt = Object.keys(files).some((name) => /^prompts\/templates\/.*\.md$/.test(name));
    const all = hasPrompt || ALONE.has(code) ? files : { 'prompts/templates/greeting.md': mendedGreeting(), ...files };
    const told = (found: readonly Diagnostic[]): readonly Diagnostic[] => found.filter((one) => one.code === code || !UNUSED.has(one.code));
    const { diagnostics: found, isRefused } = await checkAll(PREPARED[code]?.(mendedGreeting(), all) ?? all, OPTIONS[code]);
    const diagnostics = told(found);

    // One mistake, one message.
    expect(diagnostics.map((one) => one.code)).toEqual([code]);
    expect(isRefused).toBe(diagnostics[0]!.severity === 'error');
    const printed = diagnosticText(diagnostics[0]!, false);
    expect(onPage(blocks, 'text', printed)).toBe(printed);
    expectGoodManners(diagnostics[0]!);
    expect(sarifProblems(JSON.parse(diagnosticsSarif(diagnostics)))).toEqual([]);
    expect(commandsOf(diagnosticsGithub(diagnostics)).map(({ properties }) => properties['title'])).toEqual([code]);

    const again = await checkAll(mendedFiles(blocks, all), OPTIONS[code]);
    expect(diagnosticsText(told(again.diagnostics), false)).toBe('');
  });
});

interface Outcome {
  readonly diagnostics: readonly Diagnostic[];
  readonly isRefused: boolean;
}

/** What is wrong with the prompts and with the lock. */
async function checkAll(prepared: Files | Disk, options: ProjectOptions = {}): Promise<Outcome> {
  const files = isDisk(prepared) ? {} : prepared;
  if (Object.keys(files).some((name) => name.startsWith(BASE))) return checkAgainstBase(files, options);
  const disk = isDisk(prepared) ? prepared : new MemoryDisk(files);
  const { diagnostics, build, config } = await compile(disk);
  const bytes = await disk.read(LOCK_FILE);
  if (bytes === undefined) return { diagnostics, isRefused: build === undefined };
  const ofLock = new Diagnostics();
  const source = decode(LOCK_FILE, bytes, config.limits.fileBytes, ofLock);
  const lock = source && parseLock(source, ofLock);
  return { diagnostics: [...diagnostics, ...ofLock.sorted()], isRefused: build === undefined || lock === undefined };
}

function isDisk(prepared: Files | Disk): prepared is Disk {
  return typeof (prepared as Disk).list === 'function';
}

/** What an example shows below this folder is committed first, and published; where it shows no lock, as a build writes it. */
const BASE = 'base/';

async function checkAgainstBase(files: Files, options: ProjectOptions): Promise<Outcome> {
  const below = Object.entries(files).flatMap(([name, content]) => (name.startsWith(BASE) ? [[name.slice(BASE.length), content]] : []));
  const published = Object.fromEntries(below) as Files;
  const made = await repository();
  made.git('config', 'core.autocrlf', 'false');
  made.write(published);
  if (published[LOCK_FILE] === undefined) await buildProject(made.folder, await temporaryFolder());
  made.commit();
  // Without a prompt, there is nothing that a build could have written.
  const file = path.join(made.folder, LOCK_FILE);
  const lock = existsSync(file) ? { [LOCK_FILE]: readFileSync(file) } : {};
  rmSync(path.join(made.folder, 'prompts'), { recursive: true });
  made.write({ ...lock, ...Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith(BASE))) });
  const { compiled } = await compileProject(made.folder, 'dist', { base: 'HEAD', ...options });
  return { diagnostics: compiled.diagnostics, isRefused: compiled.build === undefined };
}

/** What every diagnostic owes its reader: a sentence, a place within the text, and something to do. */
function expectGoodManners({ message, hint, span }: Diagnostic): void {
  expect(message).toMatch(/^["`A-Z0-9{].*\.$/s);
  expect(hint).toMatch(/^[A-Z"`]/);
  expect(span.start).toBeLessThan(span.end);
  expect(span.end).toBeLessThanOrEqual(Math.max(1, span.source.text.length));
}

/** Of a line that is a heading, as GitHub makes it. */
function anchorOf(line: string): string | undefined {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  return heading
    ?.toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function sectionOf(heading: string): { blocks: readonly CodeBlock[] } {
  const blocks = PAGE.blocks.filter((block) => block.heading === heading);
  expect(blocks.length, `blocks below ${heading}`).toBeGreaterThan(0);
  const unknown = blocks.filter(
    (block) => !(block.meta.startsWith('file=') || ['text', 'text github', 'json', 'json sarif', 'yaml'].includes(kindOf(block))),
  );
  expect(unknown.map(({ line }) => `line ${line}`)).toEqual([]);
  return { blocks };
}

/** What stands behind a block's fence. */
function kindOf({ language, meta }: CodeBlock): string {
  return `${language} ${meta}`.trim();
}

function filesOf(blocks: readonly CodeBlock[]): { [name: string]: Uint8Array } {
  const shown = blocks.filter(({ language, meta }) => meta.startsWith('file=') && language !== 'diff');
  return Object.fromEntries(
    shown.map(({ language, meta, text }) => [meta.slice('file='.length), bytesOf(`${text}\n`, language === 'bytes')]),
  );
}

/** In a `bytes` block, `<EF BB>` stands for bytes. */
function bytesOf(text: string, isBytes: boolean): Uint8Array {
  if (!isBytes) return new TextEncoder().encode(text);
  const parts = text.split(/(<[0-9A-F]{2}(?: [0-9A-F]{2})*>)/);
  return Buffer.concat(parts.map((part, i) => (i % 2 === 0 ? Buffer.from(part) : Buffer.from(part.replaceAll(/[<> ]/g, ''), 'hex'))));
}

function mendedGreeting(): string {
  const { text } = PAGE.blocks.find((block) => block.heading === INTRODUCTION && block.meta === 'file=prompts/templates/greeting.md')!;
  return `${text.replace('nmae', 'name')}\n`;
}

/** The files with the section's `diff` blocks applied; a project that is fine if it has none. */
function mendedFiles(blocks: readonly CodeBlock[], files: { readonly [name: string]: string | Uint8Array }) {
  const diffs = blocks.filter(({ language }) => language === 'diff');
  if (diffs.length === 0) return { 'prompts/templates/greeting.md': mendedGreeting() };
  const mended = { ...files };
  for (const { meta, text, line } of diffs) {
    const name = meta.slice('file='.length);
    const without = (sign: string): Uint8Array =>
      bytesOf(
        text
          .split('\n')
          .flatMap((row) => (row[0] === sign ? [] : [`${row.slice(1)}\n`]))
          .join(''),
        true,
      );
    const before = Buffer.from(mended[name]!);
    const [old, fresh] = [without('+'), without('-')];
    const at = before.indexOf(old);
    if (at === -1) throw new Error(`line ${line}: the lines are not in ${name}`);
    mended[name] = Buffer.concat([before.subarray(0, at), fresh, before.subarray(at + old.length)]);
  }
  return mended;
}

/** What the page says in its one block of a kind; with `UPDATE=1`, what it will say. */
function onPage(blocks: readonly CodeBlock[], kind: string, printed: string): string {
  const [block, ...more] = blocks.filter((one) => kindOf(one) === kind);
  if (block === undefined || more.length > 0) throw new Error(`there must be one ${kind} block below ${blocks[0]!.heading}`);
  if (!UPDATE) return `${block.text}\n`;
  updates.push({ line: block.line, printed });
  return printed;
}

const updates: { line: number; printed: string }[] = [];

afterAll(() => {
  if (updates.length === 0) return;
  const lines = PAGE.text.split('\n');
  // From the end on, so that the lines above keep their numbers.
  for (const { line, printed } of updates.toSorted((a, b) => b.line - a.line)) {
    lines.splice(line, lines.indexOf('```', line) - line, ...printed.replace(/\n$/, '').split('\n'));
  }
  writeFileSync(path.join(REPOSITORY, 'docs/diagnostics.md'), lines.join('\n'));
});
