/** What a bundle returns with its prompts, and whom it is for, before and after. */
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../base/canonical-json.js';
import type { Json, JsonObject } from '../../base/json.js';
import type { BundleArtifact } from '../../format/artifact.js';
import type { Change } from './change.js';
import { joinSentences, type Sentence, sentence, words } from './sentence.js';
import { textChange } from './text-change.js';

export function metadataChanges(before: BundleArtifact, after: BundleArtifact): Change[] {
  return [
    ...objectChanges('output', 'output-changed', before.output, after.output),
    ...tagChanges(before.tags, after.tags),
    ...directivesChanges(before, after),
    ...textChanges('locale', 'locale-changed', before.locale, after.locale),
    ...objectChanges('config', 'config-changed', before.config, after.config),
    ...adapterChanges(before.adapter_version, after.adapter_version),
  ];
}

function objectChanges(key: string, rule: Change['rule'], before: JsonObject | undefined, after: JsonObject | undefined): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const how = before === undefined ? 'is new' : after === undefined ? 'is gone' : 'differs';
  return [{ rule, message: sentence`${key} ${words(how)}.`, detail: textChange(jsonText(before), jsonText(after)) }];
}

/** Readable JSON with its keys sorted, so that their order makes no difference. */
function jsonText(value: Json | undefined): string {
  return value === undefined ? '' : `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
}

function tagChanges(before: readonly string[] | undefined, after: readonly string[] | undefined): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (after === undefined) {
    return [{ rule: 'tag-added', message: sentence`The bundle is for any model; it was only for ${tagList(before!)}.` }];
  }
  if (before === undefined) {
    return [{ rule: 'tag-removed', message: sentence`The bundle is only for ${tagList(after)}; it was for any model.` }];
  }
  const [removed, added] = [before.filter((tag) => !after.includes(tag)), after.filter((tag) => !before.includes(tag))];
  const changes: Change[] = [];
  if (removed.length > 0) changes.push({ rule: 'tag-removed', message: sentence`The bundle is no longer for ${tagList(removed)}.` });
  if (added.length > 0) changes.push({ rule: 'tag-added', message: sentence`The bundle is also for ${tagList(added)}.` });
  return changes;
}

function tagList(tags: readonly string[]): Sentence {
  return joinSentences(
    tags.map((tag) => sentence`${tag}`),
    ', ',
  );
}

function directivesChanges({ constraints_in_prompt: before }: BundleArtifact, { constraints_in_prompt: after }: BundleArtifact): Change[] {
  if (before === after) return [];
  const how = after === undefined ? 'no longer stand' : 'stand';
  return [
    { rule: 'directives-changed', message: sentence`The directives of the constraints ${words(how)} at the end of the system part.` },
  ];
}

/** Of a bundle, or of one template. */
export function adapterChanges(before: string | undefined, after: string | undefined): Change[] {
  return textChanges('adapter_version', 'adapter-version-changed', before, after);
}

function textChanges(name: string, rule: Change['rule'], before: string | undefined, after: string | undefined): Change[] {
  if (before === after) return [];
  const key = sentence`${name}`;
  if (before === undefined) return [{ rule, message: sentence`${key} is ${after!}; there was none.` }];
  if (after === undefined) return [{ rule, message: sentence`${key} is gone; it was ${before}.` }];
  return [{ rule, message: sentence`${key} is ${after} instead of ${before}.` }];
}
