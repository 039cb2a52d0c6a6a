/** Finds many texts in another in one pass, after Aho and Corasick, "Efficient String Matching" (1975). */

/** An occurrence of one of the texts that are looked for. */
export interface Occurrence {
  /** Which of them. */
  readonly index: number;
  /** In UTF-16 code units; it is as long as what was looked for. */
  readonly start: number;
}

/** A state stands for the beginning of one or more of the texts, which is what has just been read. */
interface State {
  readonly next: Map<number, State>;
  /** The text that ends here. */
  index: number | undefined;
  /** The longest other beginning of a text that what has been read ends with; absent for the state of nothing read. */
  shorter: State | undefined;
  /** The longest whole text that it ends with, itself left out. */
  inner: State | undefined;
}

/**
 * @param texts - none of them empty, all different
 * @returns a search that costs no more than what it looks through and what it finds; an occurrence can overlap others
 */
export function searchMany(texts: readonly string[]): (text: string) => Generator<Occurrence> {
  const root = newState();
  for (const [index, text] of texts.entries()) addText(root, text, index);
  linkStates(root);
  return function* occurrences(text) {
    let state = root;
    for (let at = 0; at < text.length; at++) {
      state = step(state, text.charCodeAt(at));
      for (let found: State | undefined = state; found !== undefined; found = found.inner) {
        if (found.index !== undefined) yield { index: found.index, start: at + 1 - texts[found.index]!.length };
      }
    }
  };
}

function newState(): State {
  return { next: new Map(), index: undefined, shorter: undefined, inner: undefined };
}

function addText(root: State, text: string, index: number): void {
  let state = root;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let next = state.next.get(unit);
    if (next === undefined) state.next.set(unit, (next = newState()));
    state = next;
  }
  state.index = index;
}

/** Goes through the states by length, so that the shorter ones are linked first. */
function linkStates(root: State): void {
  let level = [root];
  while (level.length > 0) {
    const deeper: State[] = [];
    for (const state of level) {
      for (const [unit, next] of state.next) {
        next.shorter = state.shorter === undefined ? root : step(state.shorter, unit);
        next.inner = next.shorter.index === undefined ? next.shorter.inner : next.shorter;
        deeper.push(next);
      }
    }
    level = deeper;
  }
}

/** The state after one more unit. */
function step(from: State, unit: number): State {
  let state = from;
  for (;;) {
    const next = state.next.get(unit);
    if (next !== undefined) return next;
    if (state.shorter === undefined) return state;
    state = state.shorter;
  }
}
