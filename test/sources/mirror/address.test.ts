/** Which addresses a build is taken from. */
import { describe, expect, it } from 'vitest';
import { AddressError, parseAddress, redirectTarget } from '../../../src/sources/mirror/address.js';

describe('an address', () => {
  it.each([
    ['https://prompts.example.com', 'https://prompts.example.com/'],
    ['https://prompts.example.com/a/dist', 'https://prompts.example.com/a/dist/'],
    ['https://prompts.example.com:8443/dist/', 'https://prompts.example.com:8443/dist/'],
    ['http://localhost:8080/dist', 'http://localhost:8080/dist/'],
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['http://127.1/', 'http://127.0.0.1/'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
  ])('%s is taken', (text, href) => {
    expect(parseAddress(text).href).toBe(href);
  });

  it.each([
    ['dist', /"dist" is no address\. Give the one of a folder with a build, such as https:/],
    ['', /is no address/],
    ['ftp://prompts.example.com/', /no address of a web host\. Give one with https/],
    ['file:///dist/', /no address of a web host/],
    ['http://prompts.example.com/', /not encrypted.* Give an address with https/],
    ['http://localhost.example.com/', /not encrypted/],
    ['http://a.localhost/', /not encrypted/],
    ['http://127.example.com/', /not encrypted/],
    ['http://0.0.0.0/', /not encrypted/],
    ['https://prompts.example.com/?version=2', /query or a fragment.* Leave off/],
    ['https://prompts.example.com/#top', /query or a fragment/],
    ['https://prompts.example.com/dist/manifest.json', /is a file\. Give the address of its folder/],
  ])('%s is refused', (text, message) => {
    expect(() => parseAddress(text)).toThrow(AddressError);
    expect(() => parseAddress(text)).toThrow(message);
  });

  it('with a password is refused, and the password not repeated', () => {
    for (const text of ['https://ada:secret@prompts.example.com/', 'https://secret@prompts.example.com/', 'ftp://:secret@example.com']) {
      expect(() => parseAddress(text)).toThrow(/a user name or a password, .* Leave them out\.$/);
      expect(() => parseAddress(text)).not.toThrow(/secret/);
    }
  });
});

describe('a redirect', () => {
  it.each([
    ['https://a.example/x', '/y', 'https://a.example/y'],
    ['https://a.example/x', 'https://a.example:443/y?z', 'https://a.example/y?z'],
    ['http://localhost:8080/x', 'https://localhost:8443/x', 'https://localhost:8443/x'],
    ['https://a.example/x', 'https://b.example/x', undefined],
    ['https://a.example/x', '//b.example/x', undefined],
    ['https://a.example/x', 'https://a.example:8443/x', undefined],
    ['https://a.example/x', 'https://sub.a.example/x', undefined],
    ['https://a.example/x', 'http://a.example/x', undefined],
    ['https://a.example/x', 'https://ada:secret@a.example/x', undefined],
    ['https://a.example/x', 'file:///x', undefined],
    ['https://a.example/x', 'https://', undefined],
    ['http://127.0.0.1:1/x', 'http://127.0.0.1:2/x', undefined],
  ])('from %s to %s leads to %s', (from, location, target) => {
    expect(redirectTarget(new URL(from), location)?.href).toBe(target);
  });
});
