/** A diff for people at a terminal. */
import { styleText } from 'node:util';
import type { BundleDiff, Finding, ProjectDiff, PromptDiff, TemplateDiff, TextDiff, Verdict } from '../../versions/diff/project-diff.js';
import { plainText, type Sentence } from '../../versions/diff/sentence.js';
import type { TextChange } from '../../versions/diff/text-change.js';
import { visible } from '../diagnostics/visible.js';
import { type Row, rowsOf, SIGNS } from './rows.js';
import { causeText, countText, exampleText, sizeLines, templateText, versionsText, yankedText } from './words.js';

export function diffText(diff: ProjectDiff, { colour }: { readonly colour: boolean }): string {
  const yanked = diff.yanked.map((one) => `${visible(plainText(yankedText(one)))}\n`).join('');
  if (diff.bundles.length + diff.templates.length === 0) return `No prompt changed.\n${yanked}`;
  const printer = new Printer(colour);
  const blocks = [...diff.bundles.map((one) => printer.bundle(one)), ...diff.templates.map((one) => printer.template(one))];
  return [...blocks, `${printer.summary(diff)}${yanked}`].join('\n');
}

type Paint = Parameters<typeof styleText>[0];

const VERDICT_PAINT: { readonly [verdict in Verdict]: Paint } = { major: 'red', minor: 'yellow', patch: 'green', none: 'dim' };
const ROW_PAINT: { readonly [kind in Row['kind']]: Paint | undefined } = {
  same: undefined,
  removed: 'red',
  added: 'green',
  changed: 'yellow',
  skipped: 'dim',
};

class Printer {
  /** Texts that are printed already, and where: bundles share templates. */
  readonly #shown = new Map<TextChange, string>();

  constructor(readonly colour: boolean) {}

  bundle(diff: BundleDiff): string {
    const lines = [this.#title('bundle', diff), ...diff.findings.flatMap((finding) => this.#finding(finding))];
    for (const { slot, before, after, texts } of diff.slots) {
      lines.push(`  ${this.#paint('bold', `slot ${slot}`)} ${this.#sentence(templateText(before, after))}`);
      lines.push(...this.#texts(texts, `${diff.id}, slot ${slot}`));
    }
    for (const example of diff.examples) {
      lines.push(`  ${this.#paint('bold', `example ${visible(example.name)}`)} ${exampleText(example, diff)}`);
      if (example.change !== undefined) lines.push(...this.#change(example.change, `${diff.id}, example ${visible(example.name)}`));
    }
    lines.push(...sizeLines(diff).map((line) => `  ${line}`));
    return `${lines.join('\n')}\n`;
  }

  template(diff: TemplateDiff): string {
    const title = this.#title('template', diff);
    if (diff.bundles.length > 0) return `${title}\n  as shown for ${diff.bundles.join(', ')}\n`;
    const lines = [title, ...diff.findings.flatMap((finding) => this.#finding(finding)), ...this.#texts(diff.texts, `template ${diff.id}`)];
    return `${lines.join('\n')}\n`;
  }

  summary(diff: ProjectDiff): string {
    const count = countText(diff);
    const lines = [`${count.charAt(0).toUpperCase()}${count.slice(1)} changed: ${this.#verdict(diff.verdict)}`];
    for (const [kind, prompts] of [
      ['bundle', diff.bundles],
      ['template', diff.templates],
    ] as const) {
      for (const { id, after, version } of prompts) {
        if (version?.covered !== false) continue;
        lines.push(`${this.#paint('red', 'not covered:')} ${kind} ${id} is ${after}, and needs at least ${version.least}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }

  #title(kind: string, diff: PromptDiff): string {
    const needs = diff.version?.covered === false ? this.#paint('red', `, needs ${diff.version.least}`) : '';
    return `${kind} ${this.#paint('bold', diff.id)} ${versionsText(diff)}: ${this.#verdict(diff.verdict)}${needs}`;
  }

  #finding({ level, rule, message, through, detail }: Finding): string[] {
    const lines = [`  ${this.#paint(VERDICT_PAINT[level], level)} ${this.#paint('dim', rule)} ${this.#sentence(message)}`];
    for (const cause of through) lines.push(`    ${this.#paint('dim', this.#sentence(causeText(cause)))}`);
    return detail === undefined ? lines : [...lines, ...this.#rows(detail)];
  }

  #texts(texts: readonly TextDiff[], place: string): string[] {
    return texts.flatMap(({ partial, change }) => [
      ...(partial === undefined ? [] : [`    partial ${visible(partial)}`]),
      ...this.#change(change, place),
    ]);
  }

  #change(change: TextChange, place: string): string[] {
    const shown = this.#shown.get(change);
    if (shown !== undefined) return [`    as in ${shown}`];
    this.#shown.set(change, place);
    return this.#rows(change);
  }

  #rows(change: TextChange): string[] {
    return rowsOf(change).map(({ kind, text }) => {
      const row = `${SIGNS[kind]} ${text}`.trimEnd();
      const paint = ROW_PAINT[kind];
      return `    ${paint === undefined ? row : this.#paint(paint, row)}`.trimEnd();
    });
  }

  #sentence(sentence: Sentence): string {
    return visible(plainText(sentence));
  }

  #verdict(verdict: Verdict): string {
    return this.#paint(VERDICT_PAINT[verdict], verdict);
  }

  #paint(paint: Paint, text: string): string {
    return this.colour ? styleText(paint, text, { validateStream: false }) : text;
  }
}
