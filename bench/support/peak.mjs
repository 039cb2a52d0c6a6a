/**
 * Loaded ahead of a program (`node --import`): when the program ends, writes what it held in memory at most, in bytes, to file
 * descriptor 3. `maxRSS` would not do: on Linux it is inherited from the process that started this one.
 */
import { readFileSync, writeSync } from 'node:fs';

process.once('exit', () => {
  writeSync(3, String(peak()));
});

function peak() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}
