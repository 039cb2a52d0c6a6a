import { open } from 'node:fs/promises';

/** Makes new names and renames in a folder last through a power cut, where the system can sync folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
