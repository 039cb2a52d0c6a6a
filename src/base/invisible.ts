/**
 * A character that a reader of a text does not see and a model does: control characters, zero-width and
 * bidirectional controls, fillers, variation selectors and tags that belong to nothing.
 *
 * Left out is what writing needs: tab and line feed, a joiner within an emoji or within a word of a script that
 * joins, one variation selector behind a character, and the tags of a flag. Each alternative begins with the
 * characters themselves and looks around afterwards, which keeps the search as fast as one for a character.
 */
export const INVISIBLE = new RegExp(
  [
    String.raw`[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e]`,
    String.raw`[\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb]`,
    String.raw`[\u200c\u200d](?<!(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|\p{M}|(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{L}).)`,
    String.raw`[\ufe00-\ufe0f](?<=[\ufe00-\ufe0f].)`,
    String.raw`[\u{e0000}-\u{e007f}](?<!\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{0,6}.)`,
    String.raw`[\u{e0100}-\u{e01ef}](?<!\p{Script=Han}.)`,
  ].join('|'),
  'gu',
);
