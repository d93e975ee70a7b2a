import { expect, test } from 'vitest';
import {
  negotiate,
  negotiateAsClient,
  OLDEST_SERVED_PROTOCOL,
  PROTOCOL_VERSION,
  protocolOf,
} from './protocol-version.ts';

test('both sides name the same one as too old', () => {
  expect(negotiate(PROTOCOL_VERSION)).toBe('accepted');
  expect(negotiate(OLDEST_SERVED_PROTOCOL)).toBe('accepted');
  expect(negotiate(OLDEST_SERVED_PROTOCOL - 1)).toBe('client-too-old');
  expect(negotiate(PROTOCOL_VERSION + 1)).toBe('server-too-old');
  expect(negotiateAsClient(PROTOCOL_VERSION)).toBe('accepted');
  expect(negotiateAsClient(OLDEST_SERVED_PROTOCOL - 1)).toBe('server-too-old');
  expect(negotiateAsClient(PROTOCOL_VERSION + 1)).toBe('client-too-old');
});

test('the number is read of a message whose schema nobody knows', () => {
  expect(protocolOf({ protocol: 9, mood: 'good' })).toBe(9);
  for (const message of [null, 'x', {}, { protocol: 'nine' }, { protocol: 0 }, { protocol: 1.5 }])
    expect(protocolOf(message)).toBe(null);
});
