/**
 * How long an edit takes to be served: `npm run bench:dev -- [--templates N] [--edits N] [--json FILE]`.
 *
 * `promptc dev`, as it is built, follows a generated project. One template is edited, broken and mended in turn, at random
 * moments, and each edit is timed from before it is written to when a page that listens is told of it, which is when it is
 * served. What the server says that it took itself is without the wait for further changes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generatedProject } from './support/generated-project.js';
import { formatTable } from './support/table.js';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { templates: { type: 'string', default: '10000' }, edits: { type: 'string', default: '60' }, json: { type: 'string' } },
});
const templates = Number(values.templates);
const edits = Number(values.edits);

/** What is to be reached, in milliseconds. */
const MOST = { p50: 100, p95: 250, own: templates <= 100 ? 5 : 25 };

interface Told {
  readonly event: string;
  readonly milliseconds: number;
}

const root = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
try {
  const files = generatedProject(templates);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  await run(files);
} finally {
  await rm(root, { recursive: true, force: true });
}

async function run(files: { readonly [path: string]: string }): Promise<void> {
  const began = performance.now();
  const child = spawn(process.execPath, [path.resolve('lib/cli.js'), 'dev', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let address = '';
      createInterface(child.stderr).on('line', (line) => {
        address ||= /http:\S+/.exec(line)?.[0] ?? '';
        if (line.includes(' compiled ')) resolve(address);
      });
      child.once('exit', (code) => reject(new Error(`promptc dev ended with ${code}`)));
    });
    const started = performance.now() - began;
    const next = await listen(`${url}/dev/events`);
    await next();
    // It was quiet, and the first build is written.
    await sleep(5000);
    const [total, own] = [[] as number[], [] as number[]];
    const name = Object.keys(files).find((one) => one.includes('/templates/'))!;
    const text = files[name]!;
    const states = [text.replace('You write for', 'You answer'), text.replace('{{customer.name}}', '{{customr.name}}'), text];
    for (let i = 0; i < edits; i++) {
      await sleep(500 + Math.random() * 1500);
      const before = performance.now();
      writeFileSync(path.join(root, name), states[i % states.length]!);
      const { event, milliseconds } = await next();
      total.push(performance.now() - before);
      own.push(milliseconds);
      if ((event === 'broken') !== (i % states.length === 1)) throw new Error(`edit ${i} came to ${event}`);
    }
    report(started, total, own);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ templates, started, total, own }, null, 2)}\n`);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** @returns what gives the next event */
async function listen(url: string): Promise<() => Promise<Told>> {
  const { body } = await fetch(url);
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async () => {
    for (;;) {
      const found = /^event: (.+)\ndata: (.+)\n\n/m.exec(text);
      if (found !== null) {
        text = text.slice(found.index + found[0].length);
        return { event: found[1]!, milliseconds: (JSON.parse(found[2]!) as Told).milliseconds };
      }
      const { value, done } = await reader.read();
      if (done) throw new Error('the stream ended');
      text += value;
    }
  };
}

function report(started: number, total: readonly number[], own: readonly number[]): void {
  const row = (label: string, times: readonly number[]): string[] => [label, ...[0.5, 0.95, 1].map((part) => at(times, part).toFixed(1))];
  const heading = `${templates} templates, ${edits} edits, first build after ${(started / 1000).toFixed(1)} s`;
  console.log(formatTable([heading, 'p50 ms', 'p95 ms', 'most ms'], [row('from edit to served', total), row('without the wait', own)]));
  const isReached = at(total, 0.5) <= MOST.p50 && at(total, 0.95) <= MOST.p95 && at(own, 0.5) <= MOST.own;
  console.log(
    `\n${isReached ? 'Reached' : 'NOT reached'}: p50 at most ${MOST.p50} ms, p95 at most ${MOST.p95} ms, without the wait p50 at most ${MOST.own} ms.`,
  );
}

function at(times: readonly number[], part: number): number {
  return times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))]!;
}
