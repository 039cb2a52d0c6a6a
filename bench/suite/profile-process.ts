/** Profiles of this process, as the inspector of V8 takes them: `Profiler.Profile` and `HeapProfiler.SamplingHeapProfile` of its protocol. */
import { type HeapProfiler, type Profiler, Session } from 'node:inspector/promises';

/** Between two samples. Ten renders fit in, so that even one that is short is met. */
const CPU_MICROSECONDS = 200;

/** Between two samples, on average: V8's own default. */
const HEAP_BYTES = 32 * 1024;

/** Where the time goes while something runs. */
export function profileCpu(run: () => Promise<void>): Promise<Profiler.Profile> {
  return inSession(async (session) => {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: CPU_MICROSECONDS });
    await session.post('Profiler.start');
    await run();
    return (await session.post('Profiler.stop')).profile;
  });
}

/** What is allocated while something runs: what is collected again costs time as well. */
export function profileHeap(run: () => Promise<void>): Promise<HeapProfiler.SamplingHeapProfile> {
  // Parameters of the protocol that its types of this version of Node.js lack.
  const all = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  const parameters: HeapProfiler.StartSamplingParameterType = { samplingInterval: HEAP_BYTES, ...all };
  return inSession(async (session) => {
    await session.post('HeapProfiler.enable');
    await session.post('HeapProfiler.startSampling', parameters);
    await run();
    return (await session.post('HeapProfiler.stopSampling')).profile;
  });
}

async function inSession<Profile>(take: (session: Session) => Promise<Profile>): Promise<Profile> {
  const session = new Session();
  session.connect();
  try {
    return await take(session);
  } finally {
    session.disconnect();
  }
}
