/** Pages of docs/ as data: their code blocks and tables, with the place of each. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../support/project.js';

export interface CodeBlock {
  /** The first word behind the fence, such as `json`. */
  readonly language: string;
  /** What follows it. */
  readonly meta: string;
  readonly text: string;
  /** Of the opening fence, counted from 1. */
  readonly line: number;
  /** The heading that the block stands below. */
  readonly heading: string;
}

export interface Page {
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
}

/** @param name - such as `language.md` */
export function readPage(name: string): Page {
  const text = readFileSync(path.join(REPOSITORY, 'docs', name), 'utf8');
  return { text, blocks: codeBlocks(text) };
}

/** The part of a page below a heading, up to the next one of its level or above. */
export function section(page: Page, heading: string): string {
  const start = page.text.indexOf(`${heading}\n`);
  if (start === -1) throw new Error(`the page has no heading "${heading}"`);
  const level = heading.split(' ')[0]!.length;
  const rest = page.text.slice(start + heading.length);
  const end = rest.search(new RegExp(`\\n#{1,${level}} `));
  return end === -1 ? rest : rest.slice(0, end);
}

/** The rows of every table in a text: the cells of each, without back quotes around them. */
export function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| -'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')));
}

function codeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open: { fence: string; info: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    if (open === undefined) {
      const fence = /^(`{3,})(.*)$/.exec(line);
      if (fence !== null) open = { fence: fence[1]!, info: fence[2]!.trim(), line: i + 1, lines: [] };
      else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
    } else if (line === open.fence) {
      const [language = '', ...meta] = open.info.split(' ');
      blocks.push({ language, meta: meta.join(' '), text: open.lines.join('\n'), line: open.line, heading });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} is never closed`);
  return blocks;
}
