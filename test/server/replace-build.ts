import { cp, rename } from 'node:fs/promises';
import path from 'node:path';

/** Puts another build in the place of the one in a folder, its manifest last. */
export async function replaceBuild(from: string, to: string): Promise<void> {
  await cp(path.join(from, 'objects'), path.join(to, 'objects'), { recursive: true });
  await rename(path.join(from, 'manifest.json'), path.join(to, 'manifest.json'));
}
