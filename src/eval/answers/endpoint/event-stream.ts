/**
 * The data of each event of a stream of server-sent events (HTML Standard, 9.2.6). Names and ids of events mean nothing here.
 *
 * @param pieces - the text, cut anywhere
 */
export async function* eventData(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let data: string[] = [];
  for await (const line of lines(pieces)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line === '' && data.length > 0) {
      yield data.join('\n');
      data = [];
    }
  }
  // An event that no empty line ends counts for nothing by the standard; servers that end with one mean it all the same.
  if (data.length > 0) yield data.join('\n');
}

async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  /** The pieces of a line that has not ended, joined once it has: a long one takes no more time than its length. */
  let begun: string[] = [];
  for await (const piece of pieces) {
    const parts = piece.split('\n');
    for (const part of parts.slice(0, -1)) {
      yield [...begun, part].join('').replace(/\r$/, '');
      begun = [];
    }
    begun.push(parts.at(-1)!);
  }
  yield begun.join('').replace(/\r$/, '');
}
