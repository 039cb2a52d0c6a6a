/** Edits that are compiled alone, in projects with what was published and what is recorded of drafts. */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/base/diagnostic.js';
import { compileProject, openProject } from '../../src/cli/project.js';
import { type Compiled, compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { Publishing } from '../../src/compile/publishing.js';
import { IncrementalCompiler } from '../../src/compile/recompile.js';
import { LOCK_FILE } from '../../src/format/lock.js';
import { openVersions } from '../../src/versions/project-versions.js';
import { type Files, projectFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, partial, publish, published, SETTINGS, template, told } from '../versions/published-project.js';
import { nothingPublished, outcome, WholeCounter } from './compiled.js';

const t = (id: string, version: string, body: string, more = ''): string =>
  `---\nid: ${id}\nversion: ${version}\nrole: user\n${more}---\n${body}\n`;
const b = (id: string, version: string, slots: string, more = ''): string =>
  `---\nid: ${id}\nversion: ${version}\nslots: { ${slots} }\n${more}---\nFor tests.\n`;

describe('an edit', () => {
  const NAME = 'inputs: { name: string }\n';
  const FORBIDDEN = 'constraints: { FORBIDDEN_TOKENS: [bad, partial] }\n';
  const NO_EMOJI = 'constraints: { NO_EMOJI: true }\n';
  const example = (name: string, inputs: string): string => `  - name: ${name}\n    input: { task: t, inputs: ${inputs} }\n`;

  /** What each file can hold; the first text is fine. */
  const POOLS: { readonly [path: string]: readonly string[] } = {
    'prompts/templates/tone.md': [
      t('tone', '1.1.0', 'Be calm. {{name}} {{> p}}', NAME),
      t('tone', '1.2.0', 'Be calm. {{name}} {{> p}}', NAME),
      t('tone', '1.2.0', 'Be calmer. {{name}} {{> p}}', NAME),
      t('tone', '1.1.0', 'Edited. {{name}} {{> p}}', NAME),
      t('tone', '2.0.0', 'Two. {{> p}}'),
      t('tone', '1.2.0', 'Broken {{'),
    ],
    'prompts/templates/d.md': [
      t('d', '1.9.0', 'D. {{> p}}'),
      t('d', '1.9.0', 'D two 🙂. {{> p}}', 'description: x\n'),
      t('d', '1.9.0', 'D {{> q extra=1}} {{> p}}'),
      t('d', '2.0.0', 'D. {{> p}}'),
      t('e', '1.0.0', 'D as e. {{> p}}'),
      t('d', '1.9.0', 'D.', 'inputs: { never: string }\n'),
      t('d', '1.9.0', '{{! promptc-ignore check/unused-input: later }}D.', 'inputs: { never: string }\n'),
      t('d', '1.9.0', `D. {{name}}\n${'bad '.repeat(150)}`, NAME),
      t('d', '1.9.0', 'D.', 'inputs: { n: { type: integer, default: 3, description: one } }\n'),
      t('d', '1.9.0', 'D {{#if'),
    ],
    'prompts/templates/d2.md': [
      t('d', '1.5.0', 'Lower. {{> p}}'),
      t('d', '1.5.0', 'Lower two. {{> p}}'),
      t('d', '1.9.0', 'Same as d.'),
      t('d', '1.4.0', 'Lowest.'),
    ],
    'prompts/templates/e.md': [
      t('e', '1.0.0', 'E. {{> q extra=2}}'),
      t('e', '1.0.0', 'E two {{task}}. {{> q extra=2}}', NO_EMOJI),
      t('d', '1.9.0', 'E as d.'),
      t('e', '1.1.0', 'E.'),
    ],
    'prompts/partials/p.md': ['A partial.', 'A partial bad.', '{{! promptc-ignore link/breaks-constraint: it is }}\nA bad partial.'],
    'prompts/partials/q.md': ['With {{extra}}.', '{{#if (gt extra 1)}}more{{/if}}', 'Not \u200b seen'],
    'prompts/bundles/cur.md': [
      b('cur', '1.1.0', 'task: tone@^1.0.0'),
      b('cur', '1.1.0', 'task: tone@^1.0.0', 'description: one\n'),
      b('cur', '1.2.0', 'task: tone'),
      b('cur', '1.2.0', 'task: tone@1.0.0'),
      b('cur', '1.2.0', 'task: tone@>=1, system: d@^1.0.0'),
    ],
    'prompts/bundles/x.md': [
      b('x', '1.0.0', 'task: tone, system: d@^1.0.0'),
      b('x', '1.0.0', 'task: e, system: d@1.9.0', NO_EMOJI),
      b('x', '1.0.0', 'task: d@^1.0.0', FORBIDDEN),
      b('x', '1.0.0', 'task: e@1.0.0, system: d@1', `examples:\n${example('one', '{ name: Ada }')}${example('two', '{ name: Ada }')}`),
      b('x', '1.0.0', 'task: e', `examples:\n${example('one', '{}')}max_tokens: 1\n`),
      b('y', '1.0.0', 'task: e'),
      b('x', '1.0.0', 'task: d'),
      b('x', '1.0.0', '# promptc-ignore link/constraints-not-shown: no\n task: e', NO_EMOJI),
    ],
    'prompts/bundles/y.md': [
      b('y', '1.0.0', 'task: d@^1.0.0'),
      b('y', '1.0.0', 'task: d@>=1', 'tags: [m]\n'),
      b('y', '1.0.0', 'task: d@1.9.0', 'min_static_prefix: 2000\n'),
      b('y', '1.0.0', 'task: d@^1, system: tone@^1', FORBIDDEN),
    ],
    'promptc.config.json': ['{}', '{ "diagnostics": { "check/unused-input": "error" } }', '{ "max_tokens": 3 }'],
  };
  const START = Object.fromEntries(Object.entries(POOLS).map(([file, [text]]) => [file, text!]));

  const prompts = Object.keys(POOLS).filter((file) => /templates|bundles/.test(file));
  const oneEdit = fc.constantFrom(...Object.keys(POOLS), ...prompts, ...prompts).chain((file) => {
    const [calm, any] = [fc.constantFrom(...POOLS[file]!.slice(0, 3)), fc.constantFrom(...POOLS[file]!)];
    return fc.record({ file: fc.constant(file), text: fc.oneof({ weight: 2, arbitrary: calm }, { weight: 1, arbitrary: any }) });
  });
  /** A few files at once, or another lock. */
  const step = fc.oneof({ weight: 10, arbitrary: fc.array(oneEdit, { minLength: 1, maxLength: 3 }) }, { weight: 1, arbitrary: fc.nat(3) });

  /** A project with something published, and four locks that it may have. */
  async function locked(): Promise<{ readonly versions: (lock: number) => Promise<Publishing> }> {
    const first = { ...template('tone', '1.0.0', 'First {{name}} {{> p}}', NAME), ...partial('p', 'A partial.') };
    const bundles = { ...bundle('cur', '1.0.0', 'task: tone@^1.0.0'), ...bundle('old', '1.0.0', 'task: tone') };
    const made = await published({ ...SETTINGS, ...first, ...bundles });
    const lock = path.join(made.folder, LOCK_FILE);
    const locks: string[] = [];
    const keepLock = (): void => void locks.push(readFileSync(lock, 'utf8'));
    made.git('rm', '-q', 'prompts/bundles/old.md');
    const again = ['prompts/templates/tone.md', 'prompts/partials/p.md', 'prompts/bundles/cur.md'];
    await publish(made, Object.fromEntries(again.map((file) => [file, START[file]!])));
    keepLock();
    made.git('checkout', '-q', '-b', 'work');
    made.write(START);
    await build(made);
    keepLock();
    made.write({ 'prompts/templates/d.md': t('d', '2.0.0', 'D. {{> p}}') });
    await build(made);
    keepLock();
    writeFileSync(lock, locks[0]!);
    expect((await runCommand(made.folder, ['yank', 'tone@1.0.0', '--reason', 'bad'])).code).toBe(0);
    keepLock();
    return {
      async versions(number) {
        const disk = new MemoryDisk({ [LOCK_FILE]: locks[number]! });
        const request = { root: made.folder, disk, output: undefined, env: {}, base: 'main', draft: true };
        return (await openVersions(request, new Diagnostics()))!.published;
      },
    };
  }

  /** More of them by hand: `CACHE_RUNS=500 npx vitest run test/compile/edits.test.ts`. */
  const RUNS = Number(process.env['CACHE_RUNS'] ?? 30);

  it('comes to what a build from nothing does, whatever is published and recorded', async () => {
    const { versions } = await locked();
    const [kept, fresh] = await Promise.all([0, 1].map(() => Promise.all([0, 1, 2, 3].map(versions))));
    const wholes = kept!.map((one) => new WholeCounter(one));
    let compiledTimes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const disk = new MemoryDisk(START);
        let lock = 1;
        const compiler = new IncrementalCompiler({ disk, publishing: async () => kept![lock] });
        await compiler.compile(undefined);
        compiledTimes += 1 + steps.length;
        for (const one of steps) {
          const edits = typeof one === 'number' ? [] : one;
          for (const { file, text } of edits) await disk.write(file, new TextEncoder().encode(text));
          if (typeof one === 'number') lock = one;
          const compiled = await compiler.compile(new Set(typeof one === 'number' ? [LOCK_FILE] : edits.map(({ file }) => file)));
          expect(outcome(compiled)).toEqual(outcome(await compile(disk, { publishing: fresh![lock] })));
        }
      }),
      { numRuns: RUNS },
    );
    const wholeTimes = wholes.reduce((sum, { count }) => sum + count, 0);
    expect(compiledTimes - wholeTimes).toBeGreaterThan(RUNS / 4);
  }, 600_000);

  /** Compiles a project, and again after each of several edits. */
  async function edited(
    files: Files,
    ...edits: Files[]
  ): Promise<{ readonly compiled: Compiled; readonly fresh: Compiled; readonly wholes: number }> {
    const disk = new MemoryDisk(files);
    const publishing = nothingPublished();
    const wholes = new WholeCounter(publishing);
    const compiler = new IncrementalCompiler({ disk, publishing: async () => publishing });
    let compiled = await compiler.compile(undefined);
    for (const one of edits) {
      for (const [file, text] of Object.entries(one)) await disk.write(file, new TextEncoder().encode(text as string));
      compiled = await compiler.compile(new Set(Object.keys(one)));
    }
    return { compiled, fresh: await compile(disk), wholes: wholes.count };
  }

  const RANGES = {
    'prompts/templates/f.md': t('b', '1.9.0', 'High.'),
    'prompts/templates/g.md': t('b', '1.5.0', 'Low.'),
    'prompts/bundles/y.md': b('y', '1.0.0', 'system: b@^1.0.0'),
  };

  it('that is taken back after it broke something resolves ranges anew', async () => {
    const { compiled, fresh, wholes } = await edited(
      { ...RANGES, 'prompts/bundles/x.md': b('x', '1.0.0', 'system: b@1.9.0') },
      { 'prompts/templates/f.md': t('b', '2.0.0', 'High.') },
      { 'prompts/templates/f.md': t('b', '1.9.0', 'High.') },
    );
    expect(wholes).toBe(2);
    expect(outcome(compiled)).toEqual(outcome(fresh));
  });

  it('of the configuration may make a file too large', async () => {
    const { compiled, fresh } = await edited(
      { ...RANGES, 'prompts/templates/f.md': t('b', '1.9.0', 'High. '.repeat(500)) },
      { 'promptc.config.json': '{ "limits": { "fileBytes": 1000 } }' },
    );
    expect(told(compiled.diagnostics)).toEqual(told(fresh.diagnostics));
    expect(compiled.diagnostics.map(({ code }) => code)).toContain('discover/file-too-large');
  });

  it('of the lock may record other versions for a draft', async () => {
    const recording = (slots?: object): Publishing => ({
      ...nothingPublished(),
      recorded: () => slots && { slots, isPublished: false, isKept: false },
    });
    let publishing = recording();
    const disk = new MemoryDisk(RANGES);
    const compiler = new IncrementalCompiler({ disk, publishing: async () => publishing });
    await compiler.compile(undefined);
    publishing = recording({ system: 'b@1.5.0' });
    const compiled = await compiler.compile(new Set([LOCK_FILE]));
    expect(compiled.build!.bundles[0]!.artifact.slots['system']!.version).toBe('1.5.0');
    expect(outcome(compiled)).toEqual(outcome(await compile(disk, { publishing })));
  });

  it('leaves nothing half done when something throws', async () => {
    let throws = false;
    const recorded = (): undefined => {
      if (throws) throw new Error('for the test');
    };
    const publishing: Publishing = {
      ...nothingPublished(),
      recorded,
    };
    const disk = new MemoryDisk(RANGES);
    const compiler = new IncrementalCompiler({ disk, publishing: async () => publishing });
    await compiler.compile(undefined);
    const saved = async (body: string): Promise<Compiled> => {
      await disk.write('prompts/templates/f.md', new TextEncoder().encode(t('b', '1.9.0', body)));
      return compiler.compile(new Set(['prompts/templates/f.md']));
    };
    throws = true;
    await expect(saved('Higher.')).rejects.toThrow('for the test');
    throws = false;
    expect(outcome(await saved('Highest.'))).toEqual(outcome(await compile(disk, { publishing })));
  });

  it('that puts a link in the place of a file is told', async () => {
    const folder = await projectFolder({ ...template('tone', '1.0.0', 'Calm.'), 'elsewhere.md': t('tone', '1.0.0', 'Other.') });
    const disk = new NodeDisk(folder);
    const compiler = new IncrementalCompiler({ disk, publishing: async () => undefined });
    await compiler.compile(undefined);
    const file = path.join(folder, 'prompts/templates/tone.md');
    rmSync(file);
    symlinkSync('../../elsewhere.md', file);
    const compiled = await compiler.compile(new Set(['prompts/templates/tone.md']));
    expect(told(compiled.diagnostics)).toEqual(told((await compile(disk)).diagnostics));
    expect(compiled.build).toBeUndefined();
  });
});

describe('an open project', () => {
  const FIRST = { ...SETTINGS, ...template('tone', '1.0.0', 'Be calm.'), ...bundle('agent', '1.0.0', 'task: tone') };
  const SECOND = { ...template('tone', '1.1.0', 'Be calmer.'), ...bundle('agent', '1.1.0', 'task: tone') };

  function seen({ build: made, diagnostics, edited }: Compiled): object {
    const names = made && [...made.bundles, ...made.templates].map(({ prompt: { id, version } }) => `${id}@${version}`).toSorted();
    const places = diagnostics.map(({ code, span: { source, start } }) => `${code} ${source.path}:${source.position(start).line}`);
    return { names, places, edited };
  }

  it('tells where a lock whose lines were moved says something', async () => {
    const made = await published(FIRST);
    await publish(made, SECOND);
    const lock = readFileSync(path.join(made.folder, LOCK_FILE), 'utf8');
    // The tree no longer holds tone@1.0.0.
    const other = lock.replace(/("kind":"template".*"spec":)1(.*"version":"1\.0\.0")/, '$199$2');
    expect(other).not.toBe(lock);
    made.commit({ [LOCK_FILE]: other });
    const project = await openProject(made.folder, 'other', 'main', {}, false);
    const fresh = async (): Promise<object> => seen((await compileProject(made.folder, 'other', { draft: true, base: 'main' })).compiled);
    expect(seen(await project.compile(undefined))).toEqual(await fresh());
    const [version, ...lines] = other.trimEnd().split('\n');
    writeFileSync(path.join(made.folder, LOCK_FILE), `${[version, ...lines.toReversed()].join('\n')}\n`);
    expect(seen(await project.compile(new Set([LOCK_FILE])))).toEqual(await fresh());
  });

  it('follows HEAD where the base stays', async () => {
    const made = await published(FIRST);
    made.git('branch', '-q', 'work');
    await publish(made, SECOND);
    made.git('checkout', '-q', 'work');
    const project = await openProject(made.folder, 'other', 'main', {}, false);
    const fresh = async (): Promise<object> => seen((await compileProject(made.folder, 'other', { draft: true, base: 'main' })).compiled);
    expect(seen(await project.compile(undefined))).toEqual(await fresh());
    made.git('reset', '-q', '--soft', 'main');
    expect(seen(await project.compile(undefined))).toEqual(await fresh());
  });

  it('sees a repository that is made meanwhile', async () => {
    const made = await published(FIRST);
    await publish(made, SECOND);
    rmSync(path.join(made.folder, '.git'), { recursive: true });
    const project = await openProject(made.folder, 'dist', undefined, {}, false);
    const fresh = async (): Promise<object> => seen((await compileProject(made.folder, 'dist', { draft: true })).compiled);
    expect(seen(await project.compile(undefined))).toEqual(await fresh());
    made.git('init', '-q');
    expect(seen(await project.compile(undefined))).toEqual(await fresh());
  });

  it('holds the first edit of a clean tree to the last commit', async () => {
    const made = await published(FIRST);
    await publish(made, SECOND);
    const project = await openProject(made.folder, 'other', undefined, {}, false);
    await project.compile(undefined);
    made.write(template('tone', '1.1.0', 'Edited.'));
    const compiled = await project.compile(new Set(['prompts/templates/tone.md']));
    expect(compiled.edited).toEqual(['template tone@1.1.0']);
    expect(seen(compiled)).toEqual(seen((await compileProject(made.folder, 'other', { draft: true })).compiled));
  });
});
