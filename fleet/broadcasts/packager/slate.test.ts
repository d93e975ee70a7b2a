import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CodedPicture } from './cutter.ts';
import { SlateRecorder } from './slate.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-slate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const second = (name: string): CodedPicture[] =>
  Array.from({ length: 10 }, (_, index) => ({ bytes: Buffer.from(`${name}${index}`), isKey: index === 0 }));
const names = ({ pictures }: SlateRecorder): string[] => pictures.map(({ bytes }) => bytes.toString());
const add = (slate: SlateRecorder, pictures: CodedPicture[], nowMs: number, isGood = true): void => {
  for (const picture of pictures) slate.add(picture, nowMs, isGood);
};

test('is a whole second of the title card, once the page has drawn it', () => {
  const slate = new SlateRecorder();
  expect(slate.pictures).toEqual([]);
  for (const [index, name] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) add(slate, second(name), index * 1_000);
  expect(names(slate)).toEqual(second('c').map(({ bytes }) => bytes.toString()));
});

test('shows the newest whole second, where it goes live sooner, and nothing of the meeting', () => {
  const slate = new SlateRecorder();
  add(slate, second('a'), 0);
  add(slate, second('b'), 1_000);
  slate.freeze();
  add(slate, second('c'), 1_500);
  add(slate, second('d'), 9_000);
  expect(names(slate)[0]).toBe('a0');
});

test('a black second is none', () => {
  const slate = new SlateRecorder();
  add(slate, second('a'), 0);
  add(slate, second('b'), 4_000, false);
  add(slate, second('c'), 5_000);
  expect(names(slate)[0]).toBe('b0');
});

test('ends where a picture was lost: what follows is drawn on it', () => {
  const slate = new SlateRecorder();
  add(slate, second('a').slice(0, 4), 0);
  slate.cut(100);
  add(slate, second('a').slice(6), 200);
  expect(names(slate)).toEqual(['a0', 'a1', 'a2', 'a3']);
});

test('is kept for a packager that was started again', () => {
  const slate = new SlateRecorder();
  add(slate, second('a'), 0);
  slate.cut(100);
  slate.write(folder);
  const again = new SlateRecorder();
  again.read(folder);
  expect(names(again)).toEqual(names(slate));
  expect(again.pictures[0]?.isKey).toBe(true);
  again.read(join(folder, 'nowhere'));
  expect(again.pictures).toEqual([]);
});
