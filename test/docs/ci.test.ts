/** docs/ci.md: its workflows are those that there are, and it names what is read. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../src/base/version.js';
import { INIT_FILES } from '../../src/cli/init-files.js';
import { REPOSITORY } from '../support/project.js';
import { runCommand } from '../support/terminal.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('ci.md');
const WORKFLOW = '.github/workflows/prompts.yml';
const workflows = page.blocks.filter(({ meta }) => meta === `file=${WORKFLOW}`);

interface Job {
  readonly steps?: readonly { readonly uses?: string; readonly run?: string; readonly with?: { readonly [name: string]: unknown } }[];
}

interface Workflow {
  readonly permissions: { readonly [name: string]: string };
  readonly jobs: { readonly [name: string]: Job };
}

const yaml = (text: string): Workflow => load(text) as Workflow;

describe('docs/ci.md', () => {
  it('shows the workflow that promptc init writes', () => {
    expect(`${workflows[0]!.text}\n`).toBe(INIT_FILES[WORKFLOW]);
  });

  it('shows the same one with the action', () => {
    const [plain, withAction] = workflows.map(({ text }) => yaml(text));
    const [{ steps: before }, { steps: after }] = [plain!.jobs['check']!, withAction!.jobs['check']!];
    expect(after![0]).toEqual(before![0]);
    expect(after!.slice(1)).toEqual([{ uses: './.github/actions/promptc' }]);
    expect(withAction!.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
    expect({ ...withAction, permissions: 0, jobs: 0 }).toEqual({ ...plain, permissions: 0, jobs: 0 });
  });

  it('lists the inputs of the action', () => {
    const { inputs } = load(readFileSync(path.join(REPOSITORY, '.github/actions/promptc/action.yml'), 'utf8')) as {
      inputs: { readonly [name: string]: { default: string } };
    };
    const rows = tableRows(section(page, '### With a comment on the pull request')).slice(1);
    expect(rows.map(([name]) => name)).toEqual(Object.keys(inputs));
    const told = rows.filter(([name]) => name !== 'base');
    expect(told.map(([, fallback]) => fallback)).toEqual(told.map(([name]) => inputs[name!]!.default));
  });

  it('names every variable that is read, and no other', async () => {
    const read = new Set<string>();
    for (const file of await fastGlob.glob('src/**/*.ts', { cwd: REPOSITORY, absolute: true })) {
      for (const [, name] of readFileSync(file, 'utf8').matchAll(/\benv(?:\['|\.)([A-Z][A-Z0-9_]*)\b/g)) read.add(name!);
    }
    const rows = tableRows(section(page, '## Variables')).slice(1);
    const named = rows.flatMap(([names]) => names!.replaceAll('`', '').split(', '));
    expect(read.size).toBeGreaterThan(10);
    expect(named.toSorted()).toEqual([...read].toSorted());
  });

  it('uses commands and options that there are', async () => {
    const commands = [...page.text.matchAll(/promptc@([0-9.]+) ([a-z]+)([^\n>]*)/g)];
    expect(commands.length).toBeGreaterThan(8);
    expect(new Set(commands.map(([, version]) => version))).toEqual(new Set([ENGINE_VERSION]));
    for (const [, , name, rest] of commands) {
      const { code, out } = await runCommand('.', [name!, '--help']);
      expect(code, name).toBe(0);
      for (const [option] of rest!.matchAll(/--[a-z-]+/g)) expect(out).toContain(option);
    }
  });

  it('shows YAML that can be read', () => {
    const blocks = page.blocks.filter(({ language }) => language === 'yaml');
    expect(blocks).toHaveLength(4);
    for (const { text } of blocks) expect(load(text)).toBeTypeOf('object');
  });
});

describe("this project's own workflow", () => {
  const { jobs, permissions } = yaml(readFileSync(path.join(REPOSITORY, '.github/workflows/ci.yml'), 'utf8'));

  it('uses the action, with history and the rights that it takes', () => {
    const { steps, ...job } = jobs['prompts']! as Job & Partial<Workflow>;
    expect(steps![0]).toMatchObject({ uses: expect.stringMatching(/^actions\/checkout@/) as string, with: { 'fetch-depth': 0 } });
    expect(steps!.at(-1)).toEqual({ uses: './.github/actions/promptc', with: { version: 'local' } });
    expect(steps!.some(({ run }) => run?.includes('npm run build'))).toBe(true);
    expect(job.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
    expect(permissions).toEqual({ contents: 'read' });
  });
});
