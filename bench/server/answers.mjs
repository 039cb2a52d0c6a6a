/** What the peers answer with: the very bytes that promptc has answered. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export function answers() {
  const folder = process.argv[2];
  const read = (name) => readFileSync(path.join(folder, name));
  return { prompt: read('prompt.json'), artifact: read('artifact.json'), etag: read('etag').toString() };
}
