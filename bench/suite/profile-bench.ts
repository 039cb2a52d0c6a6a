/**
 * Profiles of what a bench is about. Where that runs in this process, they are of this process, warmed up; where it is a process of its
 * own, Node writes them when that ends.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bench, Scale } from './bench.js';
import { profileCpu, profileHeap } from './profile-process.js';

export interface ProfileFiles {
  readonly cpu: string;
  readonly heap: string;
}

/**
 * @param seconds - how long each of the two profiles takes at least; one sample is always taken
 * @throws if the bench cannot run here
 */
export async function profileBench(bench: Bench, scale: Scale, seconds: number, to: string): Promise<ProfileFiles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptc-bench-'));
  const ofProcesses = path.join(folder, 'profiles');
  try {
    const name = bench.profiled(scale);
    const series = bench.series(scale).find((one) => one.name === name)!;
    const missing = series.needs?.();
    if (missing !== undefined) throw new Error(`${name}: ${missing}`);
    const state = await bench.prepare({ scale, folder, nodeFlags: nodeFlags(ofProcesses) });
    // What preparing started and ended is not what the bench is about.
    await rm(ofProcesses, { recursive: true, force: true });
    const again = async (milliseconds: number): Promise<void> => {
      const end = performance.now() + milliseconds;
      do await series.sample(state);
      while (performance.now() < end);
    };
    let here: { readonly cpu: object; readonly heap: object };
    try {
      // For the just-in-time compiler.
      if (bench.kind === 'function') await again(Math.min(1000, seconds * 1000));
      here = { cpu: await profileCpu(() => again(seconds * 1000)), heap: await profileHeap(() => again(seconds * 1000)) };
    } finally {
      await bench.close?.(state);
    }
    const files = { cpu: path.join(to, `${bench.name}.cpuprofile`), heap: path.join(to, `${bench.name}.heapprofile`) };
    await mkdir(to, { recursive: true });
    await writeFile(files.cpu, (await largest(ofProcesses, '.cpuprofile')) ?? JSON.stringify(here.cpu));
    await writeFile(files.heap, (await largest(ofProcesses, '.heapprofile')) ?? JSON.stringify(here.heap));
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nodeFlags(folder: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--heap-prof', `--heap-prof-dir=${folder}`];
}

/** Threads of a process have profiles of their own; its own is the largest. */
async function largest(folder: string, ending: string): Promise<Buffer | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  const files = await Promise.all(
    names.filter((name) => name.endsWith(ending)).map(async (name) => ({ name, size: (await stat(path.join(folder, name))).size })),
  );
  const found = files.toSorted((a, b) => b.size - a.size)[0];
  return found && readFile(path.join(folder, found.name));
}
