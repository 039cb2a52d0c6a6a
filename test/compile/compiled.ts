/** What a compilation came to, for comparing two. */
import type { Compiled } from '../../src/compile/compile.js';
import type { Publishing } from '../../src/compile/publishing.js';

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

/** A project in which nothing is published. */
export function nothingPublished(): Publishing {
  return {
    ...{ isPartial: false, edited: [], yanked: () => undefined, recorded: () => undefined, holds: () => false },
    ...{ templates: async () => [], bundles: async () => [], hold: async () => {} },
  };
}

/** Counts how often all of a project is compiled: where edits are compiled alone, nobody asks for what was published. */
export class WholeCounter {
  count = 0;

  constructor(publishing: Publishing) {
    const templates = publishing.templates.bind(publishing);
    publishing.templates = (...args) => {
      this.count++;
      return templates(...args);
    };
  }
}
