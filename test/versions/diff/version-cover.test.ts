import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { leastVersion, versionCover } from '../../../src/versions/diff/version-cover.js';

const LEVELS = ['major', 'minor', 'patch', 'none'] as const;

describe('a version', () => {
  it.each([
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3', '1.2.3', 'none'],
    ['0.2.3', '0.3.0', 'major'],
    ['0.2.3', '0.2.4', 'minor'],
    ['0.0.3', '0.0.4', 'major'],
    ['1.2.3', '2.0.0-beta.1', 'major'],
    ['2.0.0-beta.1', '2.0.0-beta.2', 'major'],
    ['2.0.0-beta.1', '2.0.0', 'major'],
  ] as const)('%s covered by %s: %s', (before, after, level) => {
    // All that is lighter is covered as well.
    for (const lighter of LEVELS.slice(LEVELS.indexOf(level))) expect(versionCover(before, after, lighter).covered, lighter).toBe(true);
  });

  it.each([
    ['1.2.3', '1.9.9', 'major', '2.0.0'],
    ['1.2.3', '1.2.9', 'minor', '1.3.0'],
    ['1.2.3', '1.2.3', 'patch', '1.2.4'],
    ['1.2.3', '1.2.2', 'none', '1.2.3'],
    ['0.2.3', '0.2.9', 'major', '0.3.0'],
    ['0.2.3', '0.2.3', 'minor', '0.2.4'],
    ['0.0.3', '0.0.3', 'patch', '0.0.4'],
    ['1.2.3', '1.3.0-beta.1', 'major', '2.0.0'],
    ['1.2.3', '1.2.3-beta.1', 'patch', '1.2.4'],
    ['2.0.0-beta.1', '2.0.0-beta.1', 'patch', '2.0.0-beta.2'],
    ['2.0.0-beta.2', '1.9.0', 'patch', '2.0.0-beta.3'],
  ] as const)('%s not covered by %s: %s needs %s', (before, after, level, least) => {
    expect(versionCover(before, after, level)).toEqual({ covered: false, least });
  });

  it('that a caret range takes has no major change', () => {
    const number = fc.nat({ max: 3 });
    const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, (before, after) => {
        const isTaken = semver.satisfies(after, `^${before}`);
        expect(versionCover(before, after, 'major').covered).toBe(semver.gt(after, before) && !isTaken);
      }),
      { numRuns: 1000 },
    );
  });

  it('that is the least covers, and is above the one before', () => {
    for (const before of ['0.0.0', '0.0.1', '0.1.0', '1.0.0', '1.0.0-rc.1', '3.4.5', '1.0.0-0']) {
      for (const level of ['major', 'minor', 'patch'] as const) {
        const least = leastVersion(before, level);
        expect(semver.gt(least, before)).toBe(true);
        expect(versionCover(before, least, level).covered).toBe(true);
      }
    }
  });
});
