/** Every word exists in both languages, says the same placeholders, and every code of the contract has its words. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ErrorCode } from '#contract/error-codes.ts';
import { RoomNotice } from '#contract/room-state.ts';
import { languageFrom } from './words.ts';

type Tree = { readonly [key: string]: string | Tree };

function leaves(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(path + key, value);
    else for (const [below, words] of leaves(value, `${path}${key}.`)) found.set(below, words);
  }
  return found;
}
const placeholders = (words: string) => [...words.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
const load = async (language: 'en' | 'ko', area: string) =>
  leaves(((await import(`./${language}/${area}.ts`)) as { default: Tree }).default);

const areas = readdirSync(new URL('./en', import.meta.url)).map((file) => file.replace(/\.ts$/, ''));

describe.each(areas)('words of %s', (area) => {
  it('has the same keys in both languages, but for the plural that Korean lacks', async () => {
    const [en, ko] = await Promise.all([load('en', area), load('ko', area)]);
    expect([...ko.keys()].sort()).toEqual([...en.keys()].filter((key) => !key.endsWith('_one')).sort());
  });

  it('keeps the placeholders, and is empty nowhere', async () => {
    const [en, ko] = await Promise.all([load('en', area), load('ko', area)]);
    for (const [key, words] of en) {
      expect(words.trim(), key).not.toBe('');
      const korean = ko.get(key);
      if (korean === undefined) continue;
      expect(korean.trim(), key).not.toBe('');
      expect(placeholders(korean), key).toEqual(placeholders(words));
    }
  });

  it('is Korean where it says so', async () => {
    const ko = [...(await load('ko', area)).values()];
    const hangul = ko.filter((words) => /[가-힣]/.test(words));
    expect(hangul.length).toBeGreaterThanOrEqual(Math.floor(ko.length * 0.9));
  });
});

it('has three sentences for every error code', async () => {
  const en = await load('en', 'errors');
  for (const code of ErrorCode.options) {
    for (const part of ['what', 'meaning', 'todo']) expect(en.get(`${code}.${part}`), `${code}.${part}`).toBeDefined();
  }
  expect(en.size).toBe(ErrorCode.options.length * 3);
});

it('has words for every notice', async () => {
  const en = await load('en', 'notices');
  expect([...en.keys()].sort()).toEqual(RoomNotice.options.flatMap((code) => [`${code}.todo`, `${code}.what`]).sort());
});

it('finds the language: asked, then kept, then the browser’s', () => {
  expect(languageFrom('ko', 'en', ['en-US'])).toBe('ko');
  expect(languageFrom('xx', 'ko', ['en-US'])).toBe('ko');
  expect(languageFrom(null, null, ['ko-KR'])).toBe('ko');
  expect(languageFrom(null, null, ['de-DE', 'ko-KR'])).toBe('en');
});
