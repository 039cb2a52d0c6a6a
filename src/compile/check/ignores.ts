/**
 * Comments that ignore a warning at one place: `promptc-ignore CODE: why`, in a template comment or in a
 * comment of the frontmatter.
 *
 * One counts for the lines that it stands on and for the next one. In a text it also counts for the
 * frontmatter above, since what is wrong with that is often a matter of the text.
 */
import { type Code, CODES, isCode, WARNING_CODES } from '../../base/codes.js';
import type { Diagnostic, Diagnostics } from '../../base/diagnostic.js';
import type { SourceText, Span } from '../../base/span.js';
import type { ParsedTemplate, Partial } from '../model.js';
import { didYouMean } from '../nearest.js';
import type { Node } from '../parse/template/ast.js';
import { nodesOfType } from '../parse/template/walk.js';

export interface Ignore {
  readonly code: Code;
  /** The comment. */
  readonly span: Span;
  /** Lines that it counts for, counted from 1. */
  readonly from: number;
  readonly to: number;
  /** Where the frontmatter ends that it counts for as well; 0 for none. */
  readonly frontmatterEnd: number;
}

const MARK = 'promptc-ignore';
/** In frontmatter a comment begins a line or follows a space; what looks like one within a text in quotes is rare, and harmless. */
const YAML_COMMENT = /(?<=^|\s)#[ \t]*(promptc-ignore\b.*)$/gm;

/** Whether there may be such a comment in a text. */
export function mayIgnore({ text }: SourceText): boolean {
  return text.includes(MARK);
}

/** Those of a template. Comments that are meant to ignore something and cannot are reported. */
export function findTemplateIgnores(template: Pick<ParsedTemplate, 'source' | 'nodes' | 'body'>, diagnostics: Diagnostics): Ignore[] {
  const { source } = template;
  // Of most, neither text nor nodes are looked at.
  if (!mayIgnore(source)) return [];
  const { nodes, body } = template;
  return [...inFrontmatter(source, body.start, diagnostics), ...inText(source, nodes, body.start, diagnostics)];
}

export function findPartialIgnores({ source, nodes }: Partial, diagnostics: Diagnostics): Ignore[] {
  return inText(source, nodes, 0, diagnostics);
}

export function findBundleIgnores(source: SourceText, diagnostics: Diagnostics): Ignore[] {
  const end = source.text.indexOf('\n---', 1);
  return inFrontmatter(source, end === -1 ? source.text.length : end, diagnostics);
}

/** Ignores by what they count for, so that a diagnostic finds its own however many there are. */
export class IgnoreIndex {
  readonly #byPlace = new Map<string, Ignore[]>();
  readonly #idle = new Set<Ignore>();
  readonly #frontmatterEnds = new Map<string, number>();

  constructor(ignores: readonly Ignore[]) {
    for (const ignore of ignores) {
      const { code, span, from, to, frontmatterEnd } = ignore;
      const { path } = span.source;
      this.#idle.add(ignore);
      for (let line = from; line <= to; line++) this.#add(placeKey(code, path, line), ignore);
      if (frontmatterEnd === 0) continue;
      this.#add(placeKey(code, path, 'frontmatter'), ignore);
      this.#frontmatterEnds.set(path, frontmatterEnd);
    }
  }

  /** Whether something ignores a diagnostic; if so, that is idle no more. */
  ignores({ code, span: { source, start } }: Diagnostic): boolean {
    const places: (number | 'frontmatter')[] = [source.position(start).line];
    if (start < (this.#frontmatterEnds.get(source.path) ?? 0)) places.push('frontmatter');
    let isIgnored = false;
    for (const place of places) {
      const found = this.#byPlace.get(placeKey(code, source.path, place));
      if (found === undefined) continue;
      isIgnored = true;
      // Once is enough; the next diagnostic here need not go through them again.
      for (const ignore of found.splice(0)) this.#idle.delete(ignore);
    }
    return isIgnored;
  }

  /** Those that have ignored nothing so far. */
  idle(): Ignore[] {
    return [...this.#idle];
  }

  #add(key: string, ignore: Ignore): void {
    const others = this.#byPlace.get(key);
    if (others === undefined) this.#byPlace.set(key, [ignore]);
    else others.push(ignore);
  }
}

function placeKey(code: Code, path: string, place: number | 'frontmatter'): string {
  return `${code}\n${path}\n${place}`;
}

function inText(source: SourceText, nodes: readonly Node[], frontmatterEnd: number, diagnostics: Diagnostics): Ignore[] {
  if (!mayIgnore(source)) return [];
  const comments = nodesOfType(nodes, 'comment').filter(({ text }) => text.trim().startsWith(MARK));
  return comments.flatMap(({ text, start, end }) => read(text, { source, start, end }, frontmatterEnd, diagnostics));
}

function inFrontmatter(source: SourceText, end: number, diagnostics: Diagnostics): Ignore[] {
  if (!mayIgnore(source)) return [];
  return [...source.text.slice(0, end).matchAll(YAML_COMMENT)].flatMap(({ 0: comment, 1: text, index }) =>
    read(text!, { source, start: index, end: index + comment.length }, 0, diagnostics),
  );
}

function read(comment: string, span: Span, frontmatterEnd: number, diagnostics: Diagnostics): Ignore[] {
  const text = comment.trim().slice(MARK.length);
  const colon = text.includes(':') ? text.indexOf(':') : text.length;
  const written = text.slice(0, colon).trim();
  const reason = text.slice(colon + 1).trim();
  const { source, start, end } = span;
  const lines = { from: source.position(start).line, to: source.position(end).line + 1 };
  const report = (problem: string, hint?: string): void => diagnostics.report('check/bad-ignore', span, { problem }, { hint });
  const codes = new Set(written.split(/[\s,]+/).filter((code) => code !== ''));
  if (codes.size === 0) report('it does not say which code');
  else if (reason === '') report('it does not say why', `Write the reason behind a colon: \`${MARK} ${written}: why\`.`);
  if (reason === '') return [];
  return [...codes].flatMap((code) => {
    if (!isCode(code)) report(`there is no code ${code}`, didYouMean(code, WARNING_CODES));
    else if (CODES[code].severity === 'error')
      report(`${code} is an error, and only warnings can be ignored`, 'Mend the error, and delete this.');
    else return [{ code, span, ...lines, frontmatterEnd }];
    return [];
  });
}
