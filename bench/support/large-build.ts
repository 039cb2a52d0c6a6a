/** A build of any size, as a folder: copies of one bundle and its templates under other ids and versions. */
import { canonicalJson } from '../../src/base/canonical-json.js';
import { hashJson, sha256 } from '../../src/base/digest.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { emit } from '../../src/compile/emit/emit.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import type { LinkedBundleFile, LinkedTemplate } from '../../src/compile/link/link.js';

const PROMPTS = {
  'prompts/templates/tone.md':
    '---\nid: tone\nversion: 1.0.0\nrole: system\ninputs: { name: string, plan: { enum: [free, pro] } }\n---\nYou answer {{name}}, who has the plan {{plan}}. Be brief.\n',
  'prompts/bundles/agent.md': '---\nid: agent\nversion: 1.0.0\nslots: { system: tone }\n---\nFor benches.\n',
};

/** The id of the first bundle. */
export const FIRST_BUNDLE = 'team-0/agent-0';

/** What the bundles are rendered with. */
export const PAYLOAD = { inputs: { name: 'Ada', plan: 'pro' } };

/**
 * @param ids - how many bundles, each with a template of its own
 * @param versions - of each
 */
export async function writeLargeBuild(folder: string, ids: number, versions: number): Promise<void> {
  const { build } = await compile(new MemoryDisk(PROMPTS));
  const [template, bundle] = [build!.templates[0]!, build!.bundles[0]!];
  const templates: LinkedTemplate[] = [];
  const bundles: LinkedBundleFile[] = [];
  for (let i = 0; i < ids; i++) {
    for (let version = 0; version < versions; version++) {
      const of = { version: `1.${version}.0` };
      const own = renamed(template, { ...of, id: `team-${i % 40}/tone-${i}` }, {});
      templates.push(own);
      const { id, hash } = own.artifact;
      const slots = { system: { id, ...of, hash, artifact: own.reference } };
      bundles.push(renamed(bundle, { ...of, id: `team-${i % 40}/agent-${i}` }, { slots }));
    }
  }
  await writeBuild(emit(templates, bundles), { commit: null, dirty: null }, new NodeDisk(folder));
}

function renamed<Linked extends LinkedTemplate | LinkedBundleFile>(
  linked: Linked,
  identity: { id: string; version: string },
  more: object,
): Linked {
  const artifact = { ...linked.artifact, ...identity, ...more, hash: hashJson(identity) };
  const bytes = new TextEncoder().encode(canonicalJson(artifact));
  return {
    ...linked,
    prompt: { ...linked.prompt, ...identity },
    hash: artifact.hash,
    artifact,
    bytes,
    reference: { digest: sha256(bytes), size: bytes.length },
  };
}
