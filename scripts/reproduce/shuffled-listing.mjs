/**
 * Preloaded by `npm run reproduce`: folders are listed in another order. Node itself sorts what a file system gives, so
 * that the order on the disk alone would show little.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Every second entry from the end, then the others: no order that anybody would come by. */
function shuffled(entries) {
  const backwards = entries.toReversed();
  return [...backwards.filter((_, i) => i % 2 === 1), ...backwards.filter((_, i) => i % 2 === 0)];
}

const { readdir, readdirSync } = fs;
const { readdir: readdirPromise } = fs.promises;

fs.readdir = (...args) => {
  const callback = args.pop();
  readdir(...args, (error, entries) => callback(error, entries && shuffled(entries)));
};
fs.readdirSync = (...args) => shuffled(readdirSync(...args));
fs.promises.readdir = async (...args) => shuffled(await readdirPromise(...args));
syncBuiltinESMExports();
