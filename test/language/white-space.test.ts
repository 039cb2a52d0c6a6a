import { describe, expect, it } from 'vitest';
import { render } from './render.js';

const p = { p: 'one\ntwo' };

describe('~', () => {
  it.each([
    ['a {{~x}} b', 'aX b'],
    ['a {{x~}} b', 'a Xb'],
    ['a \n\t {{~x~}} \n\n b', 'aXb'],
    ['a {{~{x}~}} b', 'aXb'],
    ['a\u00a0\v{{~x}}', 'aX'],
    ['a {{~#if x~}} b {{~else~}} c {{~/if~}} d', 'abd'],
    ['a {{~! c ~}} b', 'ab'],
    ['a {{~!-- c --~}} b', 'ab'],
    ['a {{~> p~}} b', 'aone\ntwob'],
    ['a{{~x~}}b', 'aXb'],
    // Only up to the next tag: that one's text is its own.
    ['{{x~}} {{y}} b', 'XY b'],
  ])('%j → %j', (template, text) => {
    expect(render(template, { x: 'X', y: 'Y' }, p)).toBe(text);
  });

  it('leaves values alone', () => {
    expect(render('{{~x~}}', { x: ' v ' })).toBe(' v ');
  });
});

describe('a tag on a line of its own takes its line along', () => {
  it.each([
    ['a\n{{#if x}}\nb\n{{/if}}\nc', 'a\nb\nc'],
    ['a\n  {{#if x}}  \nb\n\t{{/if}}\t\nc', 'a\nb\nc'],
    ['{{#if x}}\nb\n{{/if}}', 'b\n'],
    ['  {{#if x}}\nb\n  {{/if}}  ', 'b\n'],
    ['{{#if no}}\na\n{{else}}\nb\n{{/if}}\n', 'b\n'],
    ['{{#if no}}\na\n  {{else if x}}  \nb\n{{else}}\nc\n{{/if}}\n', 'b\n'],
    ['{{#each list}}\n- {{this}}\n{{/each}}\n', '- 1\n- 2\n'],
    ['{{#each none}}\n- {{this}}\n{{else}}\nnothing\n{{/each}}\n', 'nothing\n'],
    ['{{#with x}}\n{{this}}\n{{/with}}\n', 'X\n'],
    ['a\n{{! c }}\nb', 'a\nb'],
    ['a\n  {{!-- c\nd --}}  \nb', 'a\nb'],
    ['{{! c }}', ''],
    ['  {{! c }}  ', ''],
    ['a\n{{{{raw}}}}\n{{x}}\n{{{{/raw}}}}\nb', 'a\n{{x}}\nb'],
    // Blank lines around it stay.
    ['a\n\n{{#if x}}\n\nb\n\n{{/if}}\n\nc', 'a\n\n\nb\n\n\nc'],
    // Blocks within each other each take their own line.
    ['{{#if x}}\n{{#if x}}\nb\n{{/if}}\n{{/if}}\nc', 'b\nc'],
  ])('%j → %j', (template, text) => {
    expect(render(template, { x: 'X', list: [1, 2] })).toBe(text);
  });
});

describe('a tag that shares its line leaves the line as it is', () => {
  it.each([
    ['a {{#if x}}\nb\n{{/if}} c', 'a \nb\n c'],
    ['{{#if x}}{{/if}}\nb', '\nb'],
    ['{{! one }}{{! two }}\nb', '\nb'],
    ['{{#if x}} b\n{{/if}}\n', ' b\n'],
    ['a\n{{x}}\nb', 'a\nX\nb'],
    ['a\n{{{x}}}\nb', 'a\nX\nb'],
    ['a\n{{constraints}}\nb', 'a\nDIRECTIVES\nb'],
    // The beginning and the end of a block are no line ends; those of a template are.
    ['{{#if x}}  {{! c }}\n{{/if}}', '  \n'],
    ['{{#if x}}{{! c }}{{/if}}', ''],
  ])('%j → %j', (template, text) => {
    expect(render(template, { x: 'X' })).toBe(text);
  });
});

describe('a partial', () => {
  it.each([
    ['on its own line keeps the line end', 'a\n{{> p}}\nb', 'a\none\ntwo\nb'],
    ['indents every line', 'a\n  {{> p}}\nb', 'a\n  one\n  two\nb'],
    ['indents with what is written', '\t {{> p}}', '\t one\n\t two'],
    ['drops blanks behind it', '{{> p}}  \nb', 'one\ntwo\nb'],
    ['drops blanks behind it, even before odd white space', '{{> p}} \v\nb', 'one\ntwo\v\nb'],
    ['within a line is put in as it is', '  a {{> p}}\nb', '  a one\ntwo\nb'],
    ['before text is put in as it is', '  {{> p}} b', '  one\ntwo b'],
    ['with ~ on its left has no indentation', 'a\n  {{~> p}}\nb', 'aone\ntwo\nb'],
    ['with ~ on its right loses its line end', '  {{> p~}}\n  b', '  one\n  twob'],
    ['behind a ~ that takes its indentation has none', '{{#if x~}}\n  {{> p}}\n{{/if}}', 'one\ntwo\n'],
  ])('%s', (_rule, template, text) => {
    expect(render(template, { x: 'X' }, p)).toBe(text);
  });

  it('adds up the indentation of partials within each other', () => {
    expect(render('  {{> outer}}\nend', {}, { outer: 'a\n\t{{> p}}\nb', ...p })).toBe('  a\n  \tone\n  \ttwo\n  b\nend');
  });

  it('indents blank lines, but not the end behind the last line end', () => {
    expect(render('  {{> blank}}', {}, { blank: 'a\n\nb\n' })).toBe('  a\n  \n  b\n');
    expect(render('  {{> empty}}\nx', {}, { empty: '{{! c }}' })).toBe('\nx');
  });

  it('indents the lines of values', () => {
    expect(render('- \n  {{> v}}', { v: 'a\nb' }, { v: '{{v}}' })).toBe('- \n  a\n  b');
  });

  it('takes lines along by its own beginning and end', () => {
    expect(render('<{{> c}}>', {}, { c: '  {{! c }}  ' })).toBe('<>');
  });
});

describe('white space inside a tag', () => {
  it.each([
    ['{{ x }}', 'X'],
    ['{{\n\tx\n}}', 'X'],
    ['{{{ x }}}', 'X'],
    ['{{# if x }}{{ x }}{{ else }}{{/ if }}', 'X'],
    ['{{#if\nx}}a{{\nelse\n}}b{{/if}}', 'a'],
    ['{{#if no}}{{else  if  x}}b{{/if}}', 'b'],
    ['{{#each  list  as  | item  i | }}{{item}}{{i}} {{/each}}', '10 21 '],
    ['{{>p}}{{>  p  }}', 'one\ntwoone\ntwo'],
    ['{{default no  "b" }}', 'b'],
    ['{{#if ( eq x "X" )}}a{{/if}}', 'a'],
  ])('%j → %j', (template, text) => {
    expect(render(template, { x: 'X', list: [1, 2] }, p)).toBe(text);
  });
});
