/**
 * What a template tells the model, apart from how its files put it: the sentences of its text, and the logic around
 * them.
 *
 * Both are read off the operations, so a text moved into a partial, a comment or white-space control changes neither.
 */
import type { Operation } from '../../format/operation.js';

/** A sentence or an item of a list. */
export interface Instruction {
  readonly text: string;
  /** The blocks that it stands in, by the numbers of their operations in `logic`. */
  readonly block: string;
}

export interface Instructions {
  readonly sentences: readonly Instruction[];
  /** Every operation but texts and indents, its target counted in these alone. */
  readonly logic: readonly Operation[];
}

/** What stands in a sentence for a value. */
export const VALUE = '{{…}}';

export function instructionsOf(operations: readonly Operation[]): Instructions {
  // How many operations of the logic come before each.
  const before: number[] = [];
  let count = 0;
  for (const operation of operations) {
    before.push(count);
    if (isLogic(operation)) count++;
  }
  before.push(count);

  const logic: Operation[] = [];
  const sentences: Instruction[] = [];
  const blocks: Block[] = [];
  let run = '';
  const endRun = (): void => {
    const block = blocks.map(({ number }) => number).join(' ');
    for (const text of sentencesOf(run)) sentences.push({ text, block });
    run = '';
  };
  for (const [i, operation] of operations.entries()) {
    if (blocks.length > 0 && blocks.at(-1)!.end <= i) endRun();
    leaveBlocks(blocks, i);
    const [name] = operation;
    if (name === 'text') {
      run += operation[1];
    } else if (name === 'print' || name === 'constraints') {
      run += VALUE;
    } else if (isLogic(operation)) {
      endRun();
    }
    if (!isLogic(operation)) continue;
    const target = targetOf(operation);
    logic.push(target === undefined ? operation : ([...operation.slice(0, -1), before[target]!] as unknown as Operation));
    if (target === undefined || target <= i) continue;
    // A jump at the end of a branch begins the next one.
    leaveBlocks(blocks, i + 1);
    blocks.push({ number: before[i]!, end: target });
  }
  endRun();
  return { sentences, logic };
}

/** From an operation that jumps forward to where it leads. */
interface Block {
  readonly number: number;
  readonly end: number;
}

function leaveBlocks(blocks: Block[], at: number): void {
  while (blocks.length > 0 && blocks.at(-1)!.end <= at) blocks.pop();
}

function isLogic([name]: Operation): boolean {
  return name !== 'text' && name !== 'indent' && name !== 'dedent';
}

function targetOf(operation: Operation): number | undefined {
  switch (operation[0]) {
    case 'jump':
    case 'next':
      return operation[1];
    case 'jump-if':
    case 'jump-unless':
      return operation[2];
    case 'each':
      return operation[3];
    default:
      return undefined;
  }
}

/** A line that begins something of its own: an item, a heading, a quotation, a row of a table. */
const BEGINS = /^(?:[-*+•](?= )|[>|]|#{1,6}(?= )|[0-9]{1,3}[.)](?= ))\s*/;

/** Where a sentence ends: behind its mark and closing quotes or brackets, before white space. East Asian marks need none. */
const END = /(?<=[.!?…]["'”’»)\]*_]{0,4})\s+|(?<=[。！？]["”’」』）]{0,4})/u;

/** The sentences and items of a text; lines of one paragraph are one line. What holds no letter and no digit is none. */
function sentencesOf(text: string): string[] {
  const paragraphs: string[] = [];
  let open = false;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const content = line.replace(BEGINS, '');
    const says = /[\p{L}\p{N}]/u.test(line) || line.includes(VALUE);
    if (open && says && content === line) paragraphs[paragraphs.length - 1] += ` ${line}`;
    else paragraphs.push(content);
    // A heading is a line of its own.
    open = says && !/^#{1,6} /.test(line);
  }
  return paragraphs
    .flatMap((paragraph) => paragraph.split(END))
    .map((sentence) => sentence.trim().replaceAll(/\s+/g, ' '))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}
