import type { Publishing } from '../compile/publishing.js';

/**
 * What is published if the lock cannot be read: nobody knows. A reference to what the working tree does not hold may well
 * be right, and that the lock is wrong has been said.
 */
export const UNREADABLE_LOCK: Publishing = {
  isPartial: false,
  edited: [],
  yanked: () => undefined,
  recorded: () => undefined,
  templates(index) {
    index.addUnknown();
    for (const id of index.ids()) index.addBroken(id);
    return Promise.resolve([]);
  },
  bundles: () => Promise.resolve([]),
  hold: () => Promise.resolve(),
  holds: () => true,
};
