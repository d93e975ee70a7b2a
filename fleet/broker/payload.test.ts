import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { projections } from '#contract/projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { parsePayload, ProtocolRefused } from './payload.ts';

const presence = { protocol: PROTOCOL_VERSION, online: true, epoch: 1, asOfMs: 1 };
const read = (value: unknown) => parsePayload('presence', JSON.stringify(value));

test('a message is read by its schema, and is there as it came, too', () => {
  const sent = { ...presence, later: { word: 1 } };
  expect(read(sent)).toEqual({ message: presence, raw: sent });
});

test('up to its topic’s limit in bytes it is read, and not above', () => {
  const { maxBytes } = projections.state;
  // each of these letters is three bytes
  const frame = JSON.stringify({ word: '' }).length;
  const padded = (bytes: number): string => JSON.stringify({ word: `회의${'a'.repeat(bytes - frame - 6)}` });
  // it is no state; that is looked at after its size
  expect(() => parsePayload('state', padded(maxBytes))).toThrow(ZodError);
  expect(() => parsePayload('state', Buffer.from(padded(maxBytes)))).toThrow(ZodError);
  expect(() => parsePayload('state', padded(maxBytes + 1))).toThrow(expect.objectContaining({ code: 'too-large' }));
});

test.each([
  ['[', ']'],
  ['{"a":', '}'],
])('32 levels of %s are read, and not one more', (opened, closed) => {
  const nested = (levels: number): string => `${opened.repeat(levels)}1${closed.repeat(levels)}`;
  // the message itself is the first
  const withNested = (levels: number): string =>
    JSON.stringify(presence).replace('{', `{"later":${nested(levels - 1)},`);
  expect(parsePayload('presence', withNested(32)).message).toEqual(presence);
  expect(() => parsePayload('presence', withNested(33))).toThrow(expect.objectContaining({ code: 'bad-message' }));
});

test('brackets in words are no levels, also beside quotes that are escaped', () => {
  const words = ['[{'.repeat(40), '\\"[[[['.repeat(20), '"{'.repeat(40)];
  expect(read({ ...presence, words }).message).toEqual(presence);
});

test.each([
  ['before a shallow one', '{"deep":DEEP,"shallow":[1]}'],
  ['after a quote that is escaped', String.raw`{"quote":"\"","deep":DEEP}`],
  ['after a backslash at the end of a word', String.raw`{"path":"C:\\","deep":DEEP}`],
])('what is nested too deep is seen %s', (_, frame) => {
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const refused = expect.objectContaining({ code: 'bad-message' });
  expect(() => parsePayload('presence', frame.replace('DEEP', deep))).toThrow(refused);
  // the frame itself is well made
  expect(() => parsePayload('presence', frame.replace('DEEP', '1'))).toThrow(ZodError);
});

test('brackets one after the other are one level', () => {
  expect(read({ ...presence, later: Array.from({ length: 100 }, () => [{}]) }).message).toEqual(presence);
});

test.each([
  [PROTOCOL_VERSION + 1, 'server-too-old'],
  [1, 'client-too-old'],
] as const)('protocol %i is refused by its number, and nothing else is read', (protocol, code) => {
  const refusal = expect.objectContaining({ code, protocol });
  expect(() => read({ protocol, online: 'maybe' })).toThrow(refusal);
  expect(() => read({ protocol, online: 'maybe' })).toThrow(ProtocolRefused);
});

test('what is no JSON, and what is no message of the topic, are errors', () => {
  expect(() => parsePayload('presence', '{"online":')).toThrow(SyntaxError);
  expect(() => read({ ...presence, online: 'maybe' })).toThrow(ZodError);
});
