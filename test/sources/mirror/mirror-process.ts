/** A process of its own that mirrors: tells each report, and closes the mirror when its input ends. Nothing else keeps it alive. */
import { setImmediate as turn } from 'node:timers/promises';
import { Mirror } from '../../../src/sources/mirror/mirror.js';
import { QUICK } from './quick.js';

const [url, folder] = process.argv.slice(-2) as [string, string];
const tell = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const mirror = await Mirror.open({ url, folder, limits: { ...QUICK, startMilliseconds: 50 }, report: tell });
tell({ state: 'opened' });
process.stdin.resume();
process.stdin.on('end', () => void close());

async function close(): Promise<void> {
  await mirror.close();
  // A socket that was destroyed is gone after the next turn.
  await turn();
  await turn();
  tell({ state: 'closed', resources: process.getActiveResourcesInfo() });
}
