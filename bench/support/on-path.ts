/** Programs that benches use, and packages do not bring. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
}
