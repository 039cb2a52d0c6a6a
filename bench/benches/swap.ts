/**
 * What requests wait while a new build is checked. A server of many bundles is asked for renders on 32 connections for some seconds
 * at a time: as usual, and beginning with the moment in which another build comes, none of whose objects it knows.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineBench, NotMeasured, type Sample } from '../suite/bench.js';
import { FIRST_BUNDLE, PAYLOAD, writeLargeBuild } from '../support/large-build.js';
import { load, needsWrk } from '../support/load.js';
import { type ServerProcess, startPromptc } from '../support/server-process.js';

interface State {
  readonly server: ServerProcess;
  readonly url: string;
  readonly dist: string;
  readonly script: string;
  readonly ids: number;
  /** How many versions of each bundle there are. */
  versions: number;
}

const SECONDS = 4;
const CONNECTIONS = 32;
const USUAL = 'promptc serve, as usual';
const SWAPPING = 'promptc serve, another build comes';

export const swap = defineBench<State>({
  name: 'swap',
  measures: `renders on ${CONNECTIONS} connections for ${SECONDS} s while half as many bundles as the largest size are exchanged`,
  kind: 'process',
  onlyByName: true,
  series: () => [
    { name: USUAL, sample: asked },
    {
      name: SWAPPING,
      to: USUAL,
      async sample(state) {
        const before = await buildOf(state);
        // Each round adds a version to every bundle and template, and so changes every page.
        await writeLargeBuild(state.dist, state.ids, ++state.versions);
        const sample = await asked(state);
        while ((await buildOf(state)) === before) await sleep(10);
        return sample;
      },
    },
  ],
  goals: () => [{ what: 'p99 while a build is exchanged, to the usual', series: SWAPPING, to: USUAL, figure: 'p99 ms', most: 2 }],
  charts: () => [],
  profiled: () => SWAPPING,
  async prepare({ scale, folder, nodeFlags }) {
    const missing = needsWrk();
    if (missing !== undefined) throw new NotMeasured(missing);
    const [dist, script, ids] = [path.join(folder, 'dist'), path.join(folder, 'post.lua'), Math.min(5000, scale.sizes.at(-1)! / 2)];
    await writeLargeBuild(dist, ids, 1);
    const body = JSON.stringify({ bundle_id: FIRST_BUNDLE, semver: '1.0.0', ...PAYLOAD });
    await writeFile(script, `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[${body}]==]\n`);
    const server = await startPromptc(dist, { nodeFlags });
    const state = { server, url: `http://127.0.0.1:${server.port}`, dist, script, ids, versions: 1 };
    await asked(state);
    return state;
  },
  close: ({ server }) => server.stop(),
});

async function asked({ url, script }: State): Promise<Sample> {
  const { perSecond, p50, p99 } = await load(`${url}/v1/prompts/render`, SECONDS, CONNECTIONS, script);
  return { 'requests/s': perSecond, 'p50 ms': p50, 'p99 ms': p99 };
}

async function buildOf({ url }: State): Promise<string | null> {
  return (await fetch(`${url}/readyz`)).headers.get('x-promptc-build');
}
