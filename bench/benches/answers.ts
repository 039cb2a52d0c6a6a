/** Holding answers to ten constraints. The answers are this project's own pages: prose with lists, tables and code. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Constraints } from '../../src/index.js';
import { defineBench, type Series } from '../suite/bench.js';
import { buildLibrary, type Library } from '../support/library.js';
import { ROOT } from '../support/run-process.js';

interface State {
  readonly library: Library;
  /** By the name of its series. */
  readonly answers: ReadonlyMap<string, string>;
}

const TEN: Constraints = {
  ...{ FORBIDDEN_TOKENS: ['!', 'extremely', 'guarantee', 'as an AI'], MAX_SENTENCE_LENGTH: 25, MAX_PARAGRAPHS: 4, NO_EMOJI: true },
  ...{ ASSERTIVENESS_LEVEL: 0.4, REQUIRED_TOKENS: ['ticket', 'next step'], MAX_WORDS: 200, FORMAT: 'plain', NO_URLS: true },
  NOT_MATCHES: ['[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}', '[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}'],
};

const WORDS = 2000;
const ANSWER = 'promptc, 2,000 words';
const SMALL = 'promptc, 64 KiB';
const LARGE = 'promptc, 1 MiB';
const KIB = 1024;

export const answers = defineBench<State>({
  name: 'answers',
  measures: 'checking an answer against ten constraints; processor time',
  kind: 'function',
  series: () => [seriesOf(ANSWER), seriesOf(SMALL), { ...seriesOf(LARGE), to: SMALL }],
  goals: () => [
    { what: '2,000 words, ms', series: ANSWER, most: 5 },
    { what: 'each KiB of 1 MiB, next to one of 64 KiB', series: LARGE, to: SMALL, figure: 'µs/KiB', most: 1.5 },
  ],
  charts: () => [],
  profiled: () => ANSWER,
  async prepare() {
    const text = await pages();
    const long = (size: number): string => text.repeat(Math.ceil(size / text.length)).slice(0, size);
    const words = text.split(/(?<=\s)/).slice(0, WORDS);
    return {
      library: await buildLibrary(),
      answers: new Map([
        [ANSWER, words.join('')],
        [SMALL, long(64 * KIB)],
        [LARGE, long(KIB * KIB)],
      ]),
    };
  },
});

function seriesOf(name: string): Series<State> {
  return {
    name,
    async sample({ library, answers: texts }) {
      const text = texts.get(name)!;
      const start = process.cpuUsage();
      await library.checkOutput(TEN, text);
      const { user, system } = process.cpuUsage(start);
      const ms = (user + system) / 1000;
      return { ms, 'µs/KiB': (ms * 1000 * KIB) / text.length };
    },
  };
}

async function pages(): Promise<string> {
  const folder = path.join(ROOT, 'docs');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).toSorted();
  return (await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n\n');
}
