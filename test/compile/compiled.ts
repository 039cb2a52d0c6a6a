/** What a compilation came to, for comparing two. */
import type { Compiled } from '../../src/compile/compile.js';

export function outcome({ diagnostics, build, exampleCount, edited }: Compiled) {
  return {
    diagnostics: diagnostics.map(({ span, related, ...rest }) => ({
      ...rest,
      at: [span.source.path, span.start, span.end, span.source.text],
      related: related?.map((one) => [one.message, one.span.source.path, one.span.start, one.span.end]),
    })),
    manifest: build?.manifestDigest,
    objects: build && new Map([...build.objects].map(([path, { bytes }]) => [path, Buffer.from(bytes).toString()])),
    index: build?.index,
    prompts: build && [...build.templates, ...build.bundles].map(({ prompt: { id, version } }) => `${id}@${version}`),
    exampleCount,
    edited,
  };
}

/** Whether nothing was compiled but what was edited: then the index is made when somebody asks for it. */
export function isFromEdits({ build }: Compiled): boolean {
  return build !== undefined && Object.getOwnPropertyDescriptor(build, 'index')!.get !== undefined;
}
