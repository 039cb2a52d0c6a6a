/** The same content, from files and as values: equal text, equal hashes. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { compile, type Compiled } from '../../src/compile/compile.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import {
  FileBundleSource,
  FileTemplateSource,
  InlineBundleSource,
  type InlineContent,
  InlineTemplateSource,
  type Payload,
  PromptGenerator,
  type RenderResult,
} from '../../src/index.js';
import { REPOSITORY, temporaryFolder } from '../support/project.js';

let compiled: Compiled;
let content: InlineContent;

beforeAll(async () => {
  compiled = await compile(new NodeDisk(REPOSITORY));
  content = await asValues(compiled);
});

describe('files and values', () => {
  it('render every example of the corpus alike', async () => {
    const folder = await temporaryFolder();
    await writeBuild(compiled.build!, { commit: null, dirty: null }, new NodeDisk(folder));
    const fromFiles = new PromptGenerator({ bundles: new FileBundleSource(folder), templates: new FileTemplateSource(folder) });
    const fromValues = new PromptGenerator({ bundles: new InlineBundleSource(content), templates: new InlineTemplateSource(content) });
    const uncached = new PromptGenerator({
      bundles: new FileBundleSource(folder),
      templates: new FileTemplateSource(folder),
      cache: false,
    });

    expect(compiled.examples.length).toBeGreaterThanOrEqual(12);
    for (const {
      bundle: { id: bundle },
      example,
    } of compiled.examples) {
      const payload = example.input as Payload;
      const version = compiled.build!.index.bundles[bundle]!.default;
      const first = await fromFiles.renderFromBundle(bundle, version, payload);
      const inline = content.bundles!.find((one) => one.id === bundle)!;
      const others: RenderResult[] = [
        await fromValues.renderFromBundle(bundle, undefined, payload),
        await fromValues.renderInline({ ...content, bundle: inline }, payload),
        await uncached.renderFromBundle(bundle, `^${version}`, payload),
        await uncached.renderInline({ ...content, bundle: inline }, payload),
      ];
      for (const other of others) {
        expect(other.rendered_prompt).toBe(first.rendered_prompt);
        expect(other.bundle_hash).toBe(first.bundle_hash);
        expect(other.personality_hash).toBe(first.personality_hash);
        expect(other.prompt_hash).toBe(first.prompt_hash);
        expect(other).toEqual(first);
        expect(JSON.stringify(other)).toBe(JSON.stringify(first));
      }
    }
  });

  it('make the same artifacts, byte for byte', async () => {
    const { compileInline } = await import('../../src/compile/inline.js');
    const build = compileInline(content);
    expect([...build.objects.keys()].toSorted()).toEqual([...compiled.build!.objects.keys()].toSorted());
    expect(build.manifestDigest).toBe(compiled.build!.manifestDigest);
  });

  it('treat line ends and white space around a body alike', async () => {
    const templates = [{ id: 'a', version: '1.0.0', role: 'user', content: '\r\n \r\n  Hi {{task}}\r\nthere \r\n\r\n' }] as const;
    const bundle = { id: 'b', version: '1.0.0', slots: { task: 'a' } };
    const generator = new PromptGenerator({
      bundles: new InlineBundleSource({ templates }),
      templates: new InlineTemplateSource({ templates }),
    });
    const { rendered_prompt } = await generator.renderInline({ bundle, templates }, { task: 'x' });
    expect(rendered_prompt).toBe('  Hi x\nthere');
  });
});

/** The corpus as a caller without files would hold it. */
async function asValues({ build }: Compiled): Promise<InlineContent> {
  const templates = build!.templates.map(({ prompt }) => {
    const { source, frontmatter } = prompt;
    const end = source.text.indexOf('\n---\n', 3) + '\n---\n'.length;
    return { ...frontmatter.value, content: source.text.slice(end) };
  });
  const bundles = build!.bundles.map(({ prompt }) => prompt.frontmatter.value);
  const partials: { [name: string]: string } = {};
  const { glob } = await import('fast-glob');
  for (const file of await glob('**/*', { cwd: path.join(REPOSITORY, 'prompts/partials') })) {
    partials[file.replace(/\.(md|txt)$/, '')] = await readFile(path.join(REPOSITORY, 'prompts/partials', file), 'utf8');
  }
  return { templates, bundles, partials } as unknown as InlineContent;
}
