/** Names after an `@`: whom it may mean, what stands in the field then, and what of a text is a name. */
import { expect, test } from 'vitest';
import { mentionPieces, namedIn, offeredNames, withName } from './chat-mentions.ts';

const people = ['Mina Park', 'Mina', '김서준', '김준호'].map((name, n) => ({ id: `${n}`, name }));
const offered = (text: string): string[] => offeredNames(text, people).map(({ name }) => name);

test.each([
  ['@', ['Mina Park', 'Mina', '김서준', '김준호']],
  ['Hello @mi', ['Mina Park', 'Mina']],
  ['안녕하세요 @김', ['김서준', '김준호']],
  ['line\n@Mina P', ['Mina Park']],
  ['mail@mi', []],
  ['Hello', []],
  ['@nobody', []],
  ['@Mina Park, look', []],
])('after %j it may be %j', (text, names) => expect(offered(text)).toEqual(names));

test('a chosen name replaces what was typed of it, at the caret', () => {
  expect(withName('Look @mi, please', 8, 'Mina Park')).toEqual({ text: 'Look @Mina Park , please', caret: 16 });
});

test('who was chosen counts as long as the name stands there', () => {
  expect(namedIn('@김서준 확인 부탁드립니다', people)).toEqual(['2']);
  expect(namedIn('Nobody', people)).toEqual([]);
});

test('pieces give the text again, the longer name first', () => {
  const pieces = mentionPieces('@Mina Park and @Mina: a@b', ['Mina', 'Mina Park']);
  expect(pieces).toEqual([
    { text: '@Mina Park', name: 'Mina Park' },
    { text: ' and ', name: null },
    { text: '@Mina', name: 'Mina' },
    { text: ': a@b', name: null },
  ]);
  expect(mentionPieces('', ['Mina'])).toEqual([]);
});
