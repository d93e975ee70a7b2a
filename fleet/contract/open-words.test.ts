import { afterEach, describe, expect, test } from 'vitest';
import { knownMembers, knownWords, oncePerWord, onUnknownWord, openUnion, openWord } from './open-words.ts';
import { z } from './schema.ts';

const counted: string[] = [];
onUnknownWord((word) => counted.push(word));
afterEach(() => void counted.splice(0));

const Colour = z.enum(['red', 'green']);
const tooLong = 'x'.repeat(65);

describe('a word', () => {
  test('that is known stays, and is not counted', () => {
    expect(openWord(Colour).parse('red')).toBe('red');
    expect(counted).toEqual([]);
  });
  test('that is not known reads as unknown, or as the word that is safe, and is counted', () => {
    expect(openWord(Colour).parse('ochre')).toBe('unknown');
    expect(openWord(Colour, 'green').parse('ochre')).toBe('green');
    expect(counted).toEqual(['ochre', 'ochre']);
  });
  test.each([7, null, undefined, '', tooLong, ['red']])('%j is an error', (value) => {
    expect(openWord(Colour).safeParse(value).success).toBe(false);
  });
  test('of a list is dropped where it is not known', () => {
    expect(knownWords(Colour).parse(['ochre', 'red'])).toEqual(['red']);
    expect(knownWords(Colour).safeParse(['red', 7]).success).toBe(false);
    expect(knownWords(Colour).safeParse([tooLong]).success).toBe(false);
    expect(counted).toEqual(['ochre']);
  });
});

describe('a member', () => {
  const Shape = openUnion(
    'name',
    [z.object({ name: z.literal('circle'), radius: z.number() }), z.strictObject({ name: z.literal('point') })],
    { id: z.string() },
  );
  test('that is known stays', () => {
    expect(Shape.parse({ name: 'circle', radius: 1 })).toEqual({ name: 'circle', radius: 1 });
  });
  test('that is not known keeps what the reader needs of it', () => {
    expect(Shape.parse({ name: 'square', id: 'a', side: 3 })).toEqual({ name: 'unknown', id: 'a' });
    expect(counted).toEqual(['square']);
  });
  test.each([
    { name: 'circle', radius: 'one' },
    { name: 'point', radius: 1 },
    { name: 'square' },
    { name: 7, id: 'a' },
    { name: tooLong, id: 'a' },
    { id: 'a' },
    'circle',
    null,
  ])('%j is an error', (value) => {
    expect(Shape.safeParse(value).success).toBe(false);
  });
  test('of a list is dropped where its word is not known', () => {
    const list = knownMembers(z.object({ colour: Colour, size: z.number() }), 'colour');
    expect(list.parse([{ colour: 'ochre' }, { colour: 'red', size: 1 }])).toEqual([{ colour: 'red', size: 1 }]);
    expect(list.safeParse([{ colour: 'red', size: 'big' }]).success).toBe(false);
    expect(list.safeParse([{ colour: 7, size: 1 }]).success).toBe(false);
  });
});

test('the description for others names the words that a reader gets', () => {
  const schema = z.toJSONSchema(z.object({ colour: openWord(Colour) }), { io: 'output' });
  expect(schema).toMatchObject({ properties: { colour: { enum: ['red', 'green', 'unknown'] } } });
});

test('a log has each word once, and not more words than it can bear', () => {
  const lines: string[] = [];
  const listener = oncePerWord((word) => lines.push(word), 2);
  for (const word of ['a', 'a', 'b', 'c']) listener(word);
  expect(lines).toEqual(['a', 'b']);
});
