/** A render, shown again with what is another in it after each edit. */
import { styleText } from 'node:util';
import { PromptcError } from '../../base/error.js';
import type { Compiled } from '../../compile/compile.js';
import type { Build } from '../../compile/emit/emit.js';
import { BundleRenderer } from '../../generator/bundle-renderer.js';
import { BuildStore } from '../../sources/inline.js';
import { StoreSource } from '../../sources/store.js';
import { textChange } from '../../versions/diff/text-change.js';
import { visible } from '../diagnostics/visible.js';
import type { Terminal } from '../io.js';

export class RenderView {
  readonly #terminal: Terminal;
  readonly #bundle: string;
  /** The first one of the bundle, if none is named. */
  readonly #example: string | undefined;
  #shown: string | undefined;
  /** Why it could not be shown the last time. */
  #lack = '';

  /** @param subject - `bundle` or `bundle@example` */
  constructor(terminal: Terminal, subject: string) {
    const at = subject.lastIndexOf('@');
    this.#terminal = terminal;
    this.#bundle = at <= 0 ? subject : subject.slice(0, at);
    this.#example = at <= 0 ? undefined : subject.slice(at + 1);
  }

  /** Prints the render if it is another one than before, and says so if it cannot be had. */
  async show(build: Build, compiled: Compiled): Promise<void> {
    try {
      const text = await this.#render(build, compiled);
      if (text === this.#shown) return;
      this.#terminal.out(this.#shown === undefined ? `${text}\n` : markedText(this.#shown, text, this.#terminal.colourResults));
      this.#shown = text;
      this.#lack = '';
    } catch (error) {
      if (!(error instanceof PromptcError)) throw error;
      this.#miss(error);
    }
  }

  /** Says why there is nothing to show, once. */
  #miss({ message, problems }: PromptcError): void {
    const lines = problems.map((one) => `  ${visible(one.path || '(the payload)')} ${visible(one.message)}\n`);
    if (problems.length > 0) lines.push(`Give the bundle an example (docs/frontmatter.md): it is what is rendered.\n`);
    const lack = `${visible(this.#bundle)} is not shown: ${visible(message)}\n${lines.join('')}`;
    if (lack !== this.#lack) this.#terminal.err(lack);
    this.#lack = lack;
  }

  async #render(build: Build, { config }: Compiled): Promise<string> {
    const [id, name] = [this.#bundle, this.#example];
    const source = new StoreSource(new BuildStore(build));
    const { version } = await source.bundle(id);
    const { examples } = build.bundles.find(({ prompt }) => prompt.id === id && prompt.version === version)!.prompt;
    const example = name === undefined ? examples[0] : examples.find((one) => one.name === name);
    if (name !== undefined && example === undefined) {
      const known = examples.length === 0 ? 'it has none' : `it has ${examples.map((one) => one.name).join(', ')}`;
      throw new PromptcError('content_invalid', `The bundle "${id}" has no example "${name}"; ${known}.`);
    }
    const renderer = new BundleRenderer({ bundles: source, templates: source, limits: config.limits });
    return (await renderer.render(id, version, example?.input ?? {})).rendered_prompt;
  }
}

/** The whole text, with what goes and what comes in colours, or in `[-…-]` and `{+…+}`. */
function markedText(before: string, after: string, colour: boolean): string {
  return textChange(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : eachLine(text, (line) => mark(kind, line, colour))))
    .join('');
}

function mark(kind: 'removed' | 'added', line: string, colour: boolean): string {
  if (colour) return styleText(kind === 'removed' ? ['red', 'strikethrough'] : ['green', 'bold'], line, { validateStream: false });
  return kind === 'removed' ? `[-${line}-]` : `{+${line}+}`;
}

/** Marks do not go on behind the end of a line. */
function eachLine(text: string, change: (line: string) => string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : change(line)))
    .join('\n');
}
