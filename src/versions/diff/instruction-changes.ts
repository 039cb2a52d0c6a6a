/**
 * What a template told the model and what it tells it now → the rules about instructions, logic and wording.
 *
 * A sentence is edited if an old one that is gone shares more than half of its words with it; else it is new, as an
 * old one that finds no such partner is removed.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../../format/operation.js';
import type { Change } from './change.js';
import { type Instruction, instructionsOf } from './instructions.js';
import { type Sentence, sentence, words } from './sentence.js';

export function instructionChanges(before: readonly Operation[], after: readonly Operation[]): Change[] {
  const [was, is] = [instructionsOf(before), instructionsOf(after)];
  const removed = without(was.sentences, is.sentences);
  const added = without(is.sentences, was.sentences);
  const edited = pairs(removed, added);
  const changes: Change[] = [];
  const isOtherLogic = !isDeepStrictEqual(was.logic, is.logic);
  if (isOtherLogic) {
    changes.push({ rule: 'logic-changed', message: sentence`A condition, a loop or an inserted value differs.` });
  } else if (isMoved(was.sentences, is.sentences)) {
    changes.push({ rule: 'logic-changed', message: sentence`Text stands in another block, so it is there under other conditions.` });
  }
  const unpaired = (all: readonly string[], side: 0 | 1) => all.filter((_, i) => !edited.some((pair) => pair[side] === i));
  const [gone, come] = [unpaired(removed, 0), unpaired(added, 1)];
  if (come.length > 0) changes.push({ rule: 'instructions-added', message: counted('new', come), sentences: come });
  if (gone.length > 0) changes.push({ rule: 'instructions-removed', message: counted('gone', gone), sentences: gone });
  if (edited.length > 0) {
    const sentences = edited.flatMap(([old, fresh]) => [removed[old]!, added[fresh]!]);
    const rest = edited.length === 1 ? sentence`.` : sentence` (${edited.length} sentences differ).`;
    changes.push({ rule: 'wording-changed', message: sentence`${sentences[0]!} now reads ${sentences[1]!}${rest}`, sentences });
  } else if (changes.length === 0 && !isDeepStrictEqual(before, after)) {
    changes.push({ rule: 'wording-changed', message: sentence`White space, punctuation or the order of sentences differs.` });
  }
  return changes;
}

function counted(what: string, all: readonly string[]): Sentence {
  const [first] = all;
  return all.length === 1 ? sentence`${first!} is ${words(what)}.` : sentence`${first!} and ${all.length - 1} more are ${words(what)}.`;
}

/** The texts that stand more often in the one list than in the other, each as often as that. */
function without(all: readonly Instruction[], others: readonly Instruction[]): string[] {
  const left = new Map<string, number>();
  for (const { text } of others) left.set(text, (left.get(text) ?? 0) + 1);
  return all
    .map(({ text }) => text)
    .filter((text) => {
      const count = left.get(text) ?? 0;
      left.set(text, count - 1);
      return count <= 0;
    });
}

/** Whether a sentence that both have stands in other blocks. */
function isMoved(before: readonly Instruction[], after: readonly Instruction[]): boolean {
  const [old, fresh] = [blocksByText(before), blocksByText(after)];
  return [...old].some(([text, blocks]) => {
    const now = fresh.get(text);
    return now?.length === blocks.length && !isDeepStrictEqual(now.toSorted(), blocks.toSorted());
  });
}

function blocksByText(all: readonly Instruction[]): Map<string, string[]> {
  const blocks = new Map<string, string[]>();
  for (const { text, block } of all) {
    const known = blocks.get(text);
    if (known === undefined) blocks.set(text, [block]);
    else known.push(block);
  }
  return blocks;
}

/** With more words to look up than this, a text counts as written anew, and no sentence as edited. */
const MAX_LOOKUPS = 1_000_000;

/** A sentence and what became of it share more than this part of their words. */
const LEAST_SHARED = 1 / 2;

/** The sentences that belong together, the most alike first, by their places in the two lists. */
function pairs(removed: readonly string[], added: readonly string[]): [number, number][] {
  const [oldWords, freshWords] = [removed.map(wordsOf), added.map(wordsOf)];
  if (lookups(oldWords, freshWords) > MAX_LOOKUPS || lookups(freshWords, oldWords) > MAX_LOOKUPS) return [];
  // The order of sides must not matter, so that a change undone is the change seen from behind: ties go by the texts.
  const ranks = new Map([...new Set([...removed, ...added])].toSorted().map((text, rank) => [text, rank]));
  const alike: { old: number; fresh: number; shared: number; low: number; high: number }[] = [];
  for (const [old, own] of oldWords.entries()) {
    for (const [fresh, others] of freshWords.entries()) {
      const shared = sharedPart(own, others);
      if (shared <= LEAST_SHARED) continue;
      const [one, other] = [ranks.get(removed[old]!)!, ranks.get(added[fresh]!)!];
      alike.push({ old, fresh, shared, low: Math.min(one, other), high: Math.max(one, other) });
    }
  }
  alike.sort((a, b) => b.shared - a.shared || a.low - b.low || a.high - b.high || a.old - b.old || a.fresh - b.fresh);
  const [usedOld, usedFresh] = [new Set<number>(), new Set<number>()];
  const found: [number, number][] = [];
  for (const { old, fresh } of alike) {
    if (usedOld.has(old) || usedFresh.has(fresh)) continue;
    usedOld.add(old);
    usedFresh.add(fresh);
    found.push([old, fresh]);
  }
  return found.toSorted(([a], [b]) => a - b);
}

interface Words {
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

/** In scripts that put no space between words, each character counts as one. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}\p{M}])+/gu;

function wordsOf(text: string): Words {
  const counts = new Map<string, number>();
  const all = text.toLowerCase().match(WORD) ?? [];
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, total: all.length };
}

function lookups(all: readonly Words[], others: readonly Words[]): number {
  return others.length * all.reduce((sum, { counts }) => sum + counts.size, 0);
}

/** How much of two sentences is words that both have (the coefficient of Sørensen and Dice). */
function sharedPart(a: Words, b: Words): number {
  let shared = 0;
  for (const [word, count] of a.counts) shared += Math.min(count, b.counts.get(word) ?? 0);
  return (2 * shared) / (a.total + b.total);
}
