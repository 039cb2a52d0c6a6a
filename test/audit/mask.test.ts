import { describe, expect, it } from 'vitest';
import { applyMasks, parseMask } from '../../src/audit/mask.js';
import type { JsonObject } from '../../src/base/json.js';

const MARK = { $masked: true };

function masked(payload: JsonObject, ...masks: string[]): [JsonObject, string[]] {
  const copy = structuredClone(payload);
  const used = applyMasks(copy, masks.map(parseMask));
  return [copy, used];
}

const PAYLOAD: JsonObject = {
  semantic_traits: { calm: 0.8 },
  stress: 0,
  task: 'T',
  inputs: { name: 'Ada', none: null, list: [{ mail: 'a', to: ['b', 'c'] }, { mail: null }, 'text', []] },
};

describe('a mask', () => {
  it.each<[string[], object, string[]]>([
    [['inputs.name'], { inputs: { ...(PAYLOAD['inputs'] as object), name: MARK } }, ['inputs.name']],
    [['inputs.none'], { inputs: { ...(PAYLOAD['inputs'] as object), none: MARK } }, ['inputs.none']],
    [['semantic_traits', 'stress', 'task'], { semantic_traits: MARK, stress: MARK, task: MARK }, ['semantic_traits', 'stress', 'task']],
    [['inputs'], { inputs: MARK }, ['inputs']],
    [['*'], { semantic_traits: MARK, stress: MARK, task: MARK, inputs: MARK }, ['*']],
    [['semantic_traits.*'], { semantic_traits: { calm: MARK } }, ['semantic_traits.*']],
    [
      ['inputs.list.*.mail'],
      { inputs: { ...(PAYLOAD['inputs'] as object), list: [{ mail: MARK, to: ['b', 'c'] }, { mail: MARK }, 'text', []] } },
      ['inputs.list.*.mail'],
    ],
    [
      ['inputs.list.0.to.*'],
      { inputs: { ...(PAYLOAD['inputs'] as object), list: [{ mail: 'a', to: [MARK, MARK] }, { mail: null }, 'text', []] } },
      ['inputs.list.0.to.*'],
    ],
    [['*.name'], { inputs: { ...(PAYLOAD['inputs'] as object), name: MARK } }, ['*.name']],
    // Nothing of these is there.
    [['inputs.other', 'task.x', 'inputs.list.length', 'inputs.list.9', 'inputs.name.0', 'inputs.none.x', 'activity_level'], {}, []],
    // One within what another covers.
    [['inputs', 'inputs.name', 'inputs.*', 'inputs.$masked'], { inputs: MARK }, ['inputs']],
    [['inputs.name', 'inputs'], { inputs: MARK }, ['inputs.name', 'inputs']],
  ])('%j', (masks, changed, used) => {
    expect(masked(PAYLOAD, ...masks)).toEqual([{ ...PAYLOAD, ...changed }, used]);
  });

  it('can be told from a value that looks like one', () => {
    const payload = { inputs: { name: MARK, other: MARK } };
    expect(masked(payload, 'inputs.none')).toEqual([payload, []]);
    expect(masked(payload, 'inputs.name')).toEqual([payload, ['inputs.name']]);
  });
});
