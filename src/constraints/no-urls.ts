import type { Constraint } from './constraint.js';
import { shown } from './counted.js';
import { findMatches } from './find-matches.js';

/** Whether an answer must be free of addresses of the web and of mail. */
export const noUrls: Constraint<boolean> = {
  name: 'NO_URLS',
  schema: { type: 'boolean', description: 'Whether an answer must be free of URLs.' },
  merge: (a, b) => a || b,
  directive: (on) => (on ? 'Use no URLs.' : undefined),
  check: (on) =>
    function* breaches({ text }) {
      for (const { start, end } of on ? findUrls(text) : []) {
        const url = text.slice(start, end);
        yield {
          message: `The answer holds the URL ${shown(url)}; none is allowed.`,
          span: { start, end },
          actual: url,
          limit: 0,
          retryHint: `Leave out the URL ${shown(url)}.`,
        };
      }
    },
  finder: (on) => (on ? findUrls : () => []),
};

/** Up to white space, quotes, brackets and the marks of other scripts; marks at its end belong to the sentence. */
const ENDS = String.raw`\s<>"'\x60()\[\]{}«»“”‘’、。，！？「」`;
const REST = `[^${ENDS}]*[^${ENDS}.,;:!?*_]`;
/** Labels of a host, from the first one on. */
const LABELS = String.raw`(?:[\p{L}\p{N}-]{1,63}\.){1,10}`;

/**
 * Anything with `scheme://`, `mailto:`, `www.` and a name, and names of hosts that are followed by a path or end in one of the oldest
 * top-level domains. `index.ts`, `Node.js` and `e.g.` are none.
 */
const URL_LIKE = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}+.-])[a-z][a-z0-9+.-]{1,31}:\/\/${REST}`,
    String.raw`(?<![\p{L}\p{N}])(?:mailto:|www\.)${REST}`,
    String.raw`(?<![\p{L}\p{N}@.\/_-])${LABELS}(?:(?:com|org|net|edu|gov|io|dev|app|info|ai|eu|de|fr|es|it|nl|uk|jp|cn|in|br|ru)(?::\d{1,5})?\/${REST}|(?:com|org|edu|gov)(?![\p{L}\p{N}@-]|\.[\p{L}\p{N}]))`,
  ].join('|'),
  'giu',
);

const findUrls = findMatches(URL_LIKE);
