/** Which rooms share a name, as people read it, and how names are sorted. */
import { expect, it } from 'vitest';
import { compareNames, SharedNames } from './room-names.ts';

const names = ['Maple 3F', 'Birch', ' maple  3f ', 'ＢＩＲＣＨ', '한라', '한라'.normalize('NFD'), 'Oak'];

it('finds those of one name, whatever their case, width, spaces or Unicode form', () => {
  const shared = new SharedNames();
  for (const [index, name] of names.entries()) shared.add(String(index), name);
  expect(names.map((name) => shared.isShared(name))).toEqual([true, true, true, true, true, true, false]);
  expect([...shared.remove('2', names[2]!)]).toEqual(['0']);
  expect(shared.isShared('MAPLE 3F')).toBe(false);
  expect([...shared.add('7', 'oak ')]).toEqual(['6', '7']);
});

it('sorts by number, and in Korean Korean names first', () => {
  const sorted = (language: 'en' | 'ko') =>
    ['Room 10', '설악', 'Room 9', '한라'].sort((a, b) => compareNames(language, a, b));
  expect(sorted('en')).toEqual(['Room 9', 'Room 10', '설악', '한라']);
  expect(sorted('ko')).toEqual(['설악', '한라', 'Room 9', 'Room 10']);
});
