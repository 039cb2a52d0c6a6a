/** Some hundred cases of each property that `npm run fuzz` looks at for longer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diagnosticsText } from '../../src/cli/diagnostics/text.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { PROJECT } from './mutated-project.js';
import { PROPERTIES, type Seen } from './properties.js';

it('the project that is changed is fine', async () => {
  const { diagnostics } = await compile(new MemoryDisk(PROJECT));
  expect(diagnosticsText(diagnostics, false)).toBe('');
});

it.each([
  ['bytes', 300, { refused: 200 }],
  ['mutations', 500, { refused: 100, accepted: 10 }],
  ['nesting', 60, { refused: 20 }],
  ['types', 400, { refused: 50, accepted: 100, rendered: 400 }],
] as const)(
  'holds for %s',
  async (name, numRuns, atLeast) => {
    const seen: Seen = new Map();
    await fc.assert(PROPERTIES[name](seen) as fc.IAsyncProperty<[unknown]>, { numRuns });
    for (const [sort, least] of Object.entries(atLeast)) expect(seen.get(sort) ?? 0, sort).toBeGreaterThanOrEqual(least);
  },
  120_000,
);
