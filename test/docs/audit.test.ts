/**
 * docs/audit.md: its log is that of a real render, its commands print what it shows, its example runs. `UPDATE=1` writes the log and what
 * the commands print; read the difference.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openAuditReader, type SinkOptions } from '../../src/audit/open-sink.js';
import { type AuditRecord, headText, NO_RECORD, seal, unseal } from '../../src/audit/record.js';
import type { AuditedRender } from '../../src/audit/sink.js';
import type { JsonObject } from '../../src/base/json.js';
import { buildProject } from '../../src/cli/project.js';
import { BundleRenderer } from '../../src/generator/bundle-renderer.js';
import { DistFolder } from '../../src/sources/file.js';
import { StoreSource } from '../../src/sources/store.js';
import { projectFolder, REPOSITORY } from '../support/project.js';
import { runCommand } from '../support/terminal.js';
import { type CodeBlock, readPage, section, tableRows } from './page.js';

const UPDATING = process.env['UPDATE'] === '1';
const page = readPage('audit.md');
let text = page.text;
afterAll(() => {
  if (UPDATING) writeFileSync(path.join(REPOSITORY, 'docs/audit.md'), text);
});

// The compiler refuses a key too many or too few.
const FIELDS: { readonly [name in keyof Required<AuditRecord>]: true } = {
  sequence: true,
  time: true,
  bundle_id: true,
  semver: true,
  bundle_hash: true,
  personality_hash: true,
  prompt_hash: true,
  engine_version: true,
  adapter_version: true,
  build: true,
  commit: true,
  caller: true,
  latency_ms: true,
  payload: true,
  masked: true,
  dropped: true,
  previous: true,
  hash: true,
};
const OPTIONS: { readonly [name in keyof Required<SinkOptions>]: true } = {
  keep: true,
  masks: true,
  fileBytes: true,
  queueRecords: true,
  queueBytes: true,
  closeMs: true,
  log: true,
  stdout: true,
  lock: true,
};

/** What the page renders. */
const PROJECT = {
  'prompts/templates/answer.md':
    '---\nid: answer\nversion: 1.0.0\nrole: user\ninputs: { customer_name: string, plan: string }\n---\n{{customer_name}} ({{plan}}): {{task}}\n',
  'prompts/bundles/support-agent.md': '---\nid: support-agent\nversion: 2.1.0\nslots: { task: answer }\n---\n',
};

let folder: string;
let line: string;
let record: AuditRecord;

/** Gone when the test is over. */
async function projectWithLog(): Promise<void> {
  folder = await projectFolder(PROJECT);
  await buildProject(folder, 'dist');
  const dist = new DistFolder(path.join(folder, 'dist'));
  const source = new StoreSource(dist);
  const renders: AuditedRender[] = [];
  const audit = { record: (render: AuditedRender) => void renders.push(render) };
  const payload = { task: 'Refund?', inputs: { customer_name: 'Ada', plan: 'pro' } };
  await new BundleRenderer({ bundles: source, templates: source, audit }).render('support-agent', undefined, payload);
  const { bundle_id, semver, bundle_hash, personality_hash, prompt_hash, engine_version, adapter_version } = renders[0]!.result;
  ({ line } = seal({
    sequence: 1,
    time: '2026-03-05T09:26:53.589Z',
    bundle_id,
    semver,
    bundle_hash,
    personality_hash,
    prompt_hash,
    engine_version,
    adapter_version,
    build: (await dist.manifest()).digest,
    commit: null,
    caller: 'billing',
    latency_ms: 0.011,
    payload: JSON.parse(renders[0]!.payload) as JsonObject,
    previous: NO_RECORD,
  }));
  record = unseal(line) as AuditRecord;
  await writeFile(path.join(folder, 'audit.jsonl'), `${line}\n`);
  await writeFile(path.join(folder, 'heads.txt'), `${headText(record)}\n`);
}

/** Holds a block to what it should be, or makes it so. */
function expectBlock(block: CodeBlock | undefined, expected: string): void {
  if (UPDATING) text = text.replace(block!.text, () => expected);
  expect(UPDATING ? expected : block?.text).toBe(expected);
}

function consoleBlock(command: string): CodeBlock | undefined {
  return page.blocks.find(({ language, text: shown }) => language === 'console' && shown.startsWith(`$ promptc ${command}`));
}

describe('docs/audit.md', () => {
  it.each([
    ['## Logs', 'sink', ['null', 'stdout', 'jsonl:<path>', 'sqlite:<path>']],
    ['## Logs', 'option', Object.keys(OPTIONS)],
    ['## What a record holds', 'field', Object.keys(FIELDS)],
  ])('%s lists every %s', (heading, column, names) => {
    const rows = tableRows(section(page, heading));
    const from = rows.findIndex(([name]) => name === column);
    expect(rows.slice(from + 1, from + 1 + names.length).map(([name]) => name)).toEqual(names);
  });

  it('shows a log as it is, which other tools can check', async () => {
    await projectWithLog();
    expectBlock(
      page.blocks.find(({ language }) => language === 'text'),
      line,
    );
    const command = page.blocks.find(({ language, text: shown }) => language === 'sh' && shown.startsWith('head -n 1'))!.text;
    const printed = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(`sha256:${printed.split(' ')[0]}`).toBe(record.hash);
  });

  it('shows what the commands print', async () => {
    await projectWithLog();
    const replay = `replay ${record.prompt_hash} --audit jsonl:audit.jsonl`;
    for (const [command, block] of [
      ['audit head jsonl:audit.jsonl', consoleBlock('audit head')],
      ['audit verify jsonl:audit.jsonl --head heads.txt', consoleBlock('audit verify')],
      [replay, consoleBlock('replay')],
    ] as const) {
      const { code, out, err } = await runCommand(folder, command.split(' '));
      expect(code).toBe(0);
      expectBlock(block, `$ promptc ${command}\n${out}${err}`.trimEnd());
    }
  });

  it('shows how to verify what is left of a log', async () => {
    await projectWithLog();
    const next = seal({ ...record, sequence: 2, previous: record.hash, hash: undefined } as never);
    await writeFile(path.join(folder, 'audit.jsonl'), `${next.line}\n`);
    await appendFile(path.join(folder, 'heads.txt'), `${headText(next)}\n`);
    const shown = page.blocks.find(({ language, text: command }) => language === 'sh' && command.includes('--after'))!.text;
    const command = shown.replace('promptc ', '').replace('4710:sha256:…', headText(record));
    expect(await runCommand(folder, command.split(' '))).toMatchObject({ code: 0, out: '' });
  });

  it('shows examples that run', async () => {
    await projectWithLog();
    const examples = page.blocks.filter(({ language, meta }) => language === 'ts' && meta === 'example');
    const [writing, reading] = examples.map((block) => block.text);
    const [counts] = await runExample(writing!.replace('audit.jsonl', 'own.jsonl'));
    expect(counts).toEqual([{ written: 1, dropped: 0, failures: 0, queued: 0 }]);
    const reader = await openAuditReader(`jsonl:${path.join(folder, 'own.jsonl')}`);
    for await (const found of reader.find(record.bundle_hash)) {
      expect(found).toMatchObject({ payload: { inputs: { customer_name: { $masked: true } } }, masked: ['inputs.customer_name'] });
    }
    const printed = await runExample(reading!.replace(/sha256:\w{64}/, record.prompt_hash));
    expect(printed).toEqual([[record.time], [0, 1]]);
  });
});

/** Runs an example as a module of its own; returns what it printed. */
async function runExample(source: string): Promise<unknown[][]> {
  const module = source
    .replace("from 'promptc'", `from ${JSON.stringify(path.join(REPOSITORY, 'src/index.ts'))}`)
    .replaceAll("'dist'", JSON.stringify(path.join(folder, 'dist')))
    .replace(/'jsonl:([a-z.]+)'/, (_, file: string) => JSON.stringify(`jsonl:${path.join(folder, file)}`))
    .replaceAll(/console\.log\((.*?)\);/g, 'printed.push([$1]);');
  const file = path.join(folder, `${source.length}.ts`);
  await writeFile(file, `export const printed: unknown[][] = [];\n${module}`);
  const { printed } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { printed: unknown[][] };
  return printed;
}
