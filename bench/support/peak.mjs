/**
 * Loaded ahead of a program (`node --import`): when the program ends, writes to file descriptor 3 what it held in memory at most, in
 * bytes, and what it took of the processor, in microseconds. `maxRSS` would not do: on Linux it is inherited from the process that
 * started this one.
 */
import { readFileSync, writeSync } from 'node:fs';

process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ memory: peak(), processor: user + system }));
});

function peak() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}
