/** When a certificate is renewed. Getting one is room-identity.integration.test.ts's. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CaUnderTest } from './certificates-under-test.ts';
import { RoomIdentity, renewalDue } from './room-identity.ts';

const DAY_MS = 86_400_000;
const fromMs = Date.UTC(2026, 0, 1);
const toMs = fromMs + 90 * DAY_MS;
let identity: RoomIdentity;

beforeAll(async () => {
  const authority = await CaUnderTest.create();
  identity = RoomIdentity.parse({
    roomId: '0193a0b0-0000-7000-8000-000000000001',
    roomName: 'Maple',
    deviceApiUrl: 'https://127.0.0.1:7401',
    mqttUrl: 'mqtts://127.0.0.1:7402',
    caPem: authority.certificatePem,
    ...(await authority.issue({ commonName: 'room:1', fromMs, toMs })),
  });
});

describe('a certificate of ninety days', () => {
  it.each([
    ['on its first day', fromMs, false],
    ['after a month', fromMs + 30 * DAY_MS, false],
    ['to the second after two thirds', fromMs + 60 * DAY_MS, false],
    ['after two thirds', fromMs + 60 * DAY_MS + 1, true],
    ['on its last day', toMs, true],
    ['long after', toMs + 365 * DAY_MS, true],
    // a clock that stands in the past is wrong, and no reason to make a new key every few hours
    ['before its first day', fromMs - 1, false],
    ['in 1970', 0, false],
  ])('%s', (_, nowMs, due) => expect(renewalDue(identity, nowMs)).toBe(due));
});
