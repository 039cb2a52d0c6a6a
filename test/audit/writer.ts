/** A process that writes a log, for tests that end it in rude ways. Arguments: the log, options as JSON, and what to do. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { openSink, type SinkOptions } from '../../src/audit/open-sink.js';
import { recording } from './recording.js';

const [spec, options, mode] = process.argv.slice(2);
const say = (text: string): void => void writeSync(1, `${text}\n`);

// Whatever happens to the test, this ends.
setTimeout(() => process.exit(9), 20_000).unref();

const sink = await openSink(spec!, { log: say, ...(JSON.parse(options!) as SinkOptions) });
let number = 0;
const record = (count: number): void => {
  for (let i = 0; i < count; i++) sink.record(recording(++number));
};
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};

if (mode === 'endless') {
  // Until it is killed: says how much is stored, as far as it knows.
  for (;;) {
    record(20);
    await until(() => sink.counts.queued < 200);
    say(`written ${sink.counts.written}`);
  }
} else if (mode === 'no-descriptors') {
  record(10);
  await until(() => sink.counts.queued === 0);
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    say((error as NodeJS.ErrnoException).code!);
  }
  record(1000);
  await until(() => sink.counts.failures > 1);
  for (const descriptor of taken) closeSync(descriptor);
  await until(() => sink.counts.queued === 0);
} else if (mode === 'until-room') {
  record(30);
  await until(() => sink.counts.failures > 0);
  say('full');
  await until(() => sink.counts.queued === 0);
} else {
  // Until the file may not grow any more.
  record(1000);
  await until(() => sink.counts.failures > 0 || sink.counts.queued === 0);
}
await sink.close();
say(JSON.stringify(sink.counts));
