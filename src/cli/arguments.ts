/** The texts of options → what they mean. */
import { InvalidArgumentError } from 'commander';
import { SCOPES, type Scope } from '../access/scope.js';
import { parseExpiry } from '../access/time.js';
import { type Digest, isDigest } from '../base/digest.js';
import { parseTime, TIME_FORM } from '../drift/reading/time.js';

export function scopes(text: string): Scope[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(SCOPES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Scopes are ${SCOPES.join(', ')}, with commas between them.`);
  return [...new Set(names)] as Scope[];
}

export function expiry(text: string): number {
  const time = parseExpiry(text, Date.now());
  if (time === undefined)
    throw new InvalidArgumentError('It is a time from now, such as 90d or 12h, or a day to come, such as 2099-01-31.');
  return time;
}

export function digest(text: string): Digest {
  if (!isDigest(text)) throw new InvalidArgumentError('A digest is sha256: and 64 hexadecimal digits, as `promptc build` prints it.');
  return text;
}

export function port(text: string): number {
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || number > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

export function seconds(text: string): number {
  if (!/^[0-9]{1,3}$/.test(text)) throw new InvalidArgumentError('It is a whole number of seconds, below 1000.');
  return Number(text);
}

export function count(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number, at least 1.');
  return Number(text);
}

/** 0 means none. */
export function countOrNone(text: string): number | false {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number, up to 999999.');
  return Number(text) === 0 ? false : Number(text);
}

/** A whole number within bounds. */
export function between(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^[0-9]{1,9}$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    return number;
  };
}

/** Of answers; in milliseconds since 1970. */
export function pointInTime(text: string): number {
  const found = parseTime(text);
  if (found === undefined) throw new InvalidArgumentError(`It is ${TIME_FORM}.`);
  return found;
}

/** In milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^([1-9][0-9]{0,3})([dh])$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('It is a number of days or hours, such as 7d or 12h.');
  return Number(number) * (unit === 'd' ? 24 : 1) * 60 * 60 * 1000;
}
