import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PAIRING_CODE_TTL_MS, PAIRING_IDLE_TTL_MS, PRESENCE_TTL_MS } from '#contract/limits.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { emptied } from '../store/emptied-under-test.ts';
import { type AuthorityStore, authorityStore, hashOf, moveStoredTimes, newId } from '../store/index.ts';
import { Pairings } from './pairings.ts';
import { PairingOffers } from './pairing-offers.ts';

const CODE = 'BCDFGHJK';
const MINUTE_MS = 60_000;
const roomId = newId();
let dataDir: string;
let store: AuthorityStore;
let pairings: Pairings;
let phase: string;
let callId: string;
let takeOffer: (roomId: string, offer: object) => void;
const revoked: string[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-pairings-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  await emptied(store);
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
  await store.write((trx) => trx.insertInto('room').values({ roomId, roomName: 'Room', createdAtMs: 1 }).execute());
  phase = 'idle';
  callId = newId();
  revoked.length = 0;
  const clock = new WallClock({ steadyNowMs: () => performance.now() });
  clock.onJump((byMs) => store.write((trx) => moveStoredTimes(trx, byMs)));
  pairings = new Pairings({
    store,
    clock,
    broker: {
      on: (_name: string, handler: typeof takeOffer) => {
        takeOffer = handler;
      },
      publish: () => {},
    } as never,
    reports: { of: () => ({ state: { phase: { name: phase, callId } } }), clockOffsetOf: () => 0 } as never,
    logger: pino({ level: 'silent' }),
  });
  pairings.onRevoked((pairingId) => revoked.push(pairingId));
  await pairings.start();
});
afterEach(() => {
  pairings.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

function offer(code: string, ofRoomId = roomId): void {
  takeOffer(ofRoomId, { codes: [{ sha256: hashOf(`${ofRoomId}:${code}`), expiresAtMs: Date.now() + MINUTE_MS }] });
}
async function pair(): Promise<string> {
  offer(CODE);
  return (await pairings.pair(CODE, 'net')).controllerToken;
}
async function pass(minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 1) vi.advanceTimersByTime(MINUTE_MS);
  // the sweep's write is on its way
  await store.write(async () => {});
  await vi.waitFor(() => {});
}

test('without a meeting a pairing ends 15 minutes after its last use', async () => {
  const token = await pair();
  await pass(14);
  pairings.touch(await pairings.ofToken(token));
  await pass(14);
  await expect(pairings.ofToken(token)).resolves.toMatchObject({ roomId });
  await pass(2);
  await expect(pairings.ofToken(token)).rejects.toMatchObject({ code: 'pairing-revoked' });
  await vi.waitFor(() => expect(revoked).toHaveLength(1));
});

test('during a meeting it stays, untouched for hours; after it, for 15 minutes whatever is tapped', async () => {
  const token = await pair();
  phase = 'in-call';
  await pass(180);
  await expect(pairings.ofToken(token)).resolves.toBeDefined();
  phase = 'idle';
  await pass(10);
  pairings.touch(await pairings.ofToken(token));
  await pass(6);
  await expect(pairings.ofToken(token)).rejects.toMatchObject({ code: 'pairing-revoked' });
});

test('who paired is in the room for a quarter of an hour; a proof in a call holds for that call', async () => {
  const pairing = await pairings.ofToken(await pair());
  phase = 'in-call';
  await pass(PRESENCE_TTL_MS / MINUTE_MS - 1);
  expect(pairings.isPresent(pairing)).toBe(true);
  await pass(2);
  expect(pairings.isPresent(pairing)).toBe(false);
  offer('CCCCCCCC');
  await pairings.prove(pairing, 'CCCCCCCC', 'net');
  await pass(180);
  expect(pairings.isPresent(pairing)).toBe(true);
  callId = newId();
  expect(pairings.isPresent(pairing)).toBe(false);
});

test('a code proves once, and only in its own room; a tablet needs none', async () => {
  const pairing = await pairings.ofToken(await pair());
  await pass(14);
  pairings.touch(pairing);
  await pass(2);
  const invalid = { code: 'pairing-code-invalid' };
  await expect(pairings.prove(pairing, 'DDDDDDDD', 'net')).rejects.toMatchObject(invalid);
  const elsewhere = newId();
  offer('DDDDDDDD', elsewhere);
  await expect(pairings.prove(pairing, 'DDDDDDDD', 'net')).rejects.toMatchObject(invalid);
  expect(pairings.isPresent(pairing)).toBe(false);
  expect(pairings.isPresent({ ...pairing, kind: 'tablet' })).toBe(true);
  offer('FFFFFFFF');
  await pairings.prove(pairing, 'FFFFFFFF', 'net');
  expect(pairings.isPresent(pairing)).toBe(true);
  offer('FFFFFFFF');
  await expect(pairings.prove(pairing, 'FFFFFFFF', 'net')).rejects.toMatchObject(invalid);
  const stored = await store.read.selectFrom('pairing').select('provenAtMs').executeTakeFirstOrThrow();
  expect(stored.provenAtMs).toBe(Date.now());
});

test.each([20, -60, 60 * 24 * 365])(
  'a clock that jumps by %d minutes ends no pairing, now or after a restart',
  async (minutes) => {
    const token = await pair();
    await pass(10);
    vi.setSystemTime(Date.now() + minutes * MINUTE_MS);
    await pass(4);
    await expect(pairings.ofToken(token)).resolves.toMatchObject({ roomId });
    const stored = () => store.read.selectFrom('pairing').selectAll().executeTakeFirstOrThrow();
    const { lastUsedAtMs, revokedAtMs } = await stored();
    expect(Math.abs(lastUsedAtMs - (Date.now() - 14 * MINUTE_MS))).toBeLessThan(1_000);
    expect(revokedAtMs).toBeNull();
    await pass(2);
    await expect(pairings.ofToken(token)).rejects.toMatchObject({ code: 'pairing-revoked' });
  },
);

test('a jump after a call ends no pairing of that call', async () => {
  const token = await pair();
  phase = 'in-call';
  await pass(60);
  phase = 'idle';
  vi.setSystemTime(Date.now() + 20 * MINUTE_MS);
  await pass(14);
  await expect(pairings.ofToken(token)).resolves.toMatchObject({ roomId });
  await pass(2);
  await expect(pairings.ofToken(token)).rejects.toMatchObject({ code: 'pairing-revoked' });
});

test('a code on the TV survives a jump, and one that was used stays used', async () => {
  takeOffer(roomId, { codes: [{ sha256: hashOf(`${roomId}:${CODE}`), expiresAtMs: Date.now() + 5 * MINUTE_MS }] });
  vi.setSystemTime(Date.now() + 20 * MINUTE_MS);
  await expect(pairings.pair(CODE, 'net')).resolves.toMatchObject({ roomId });
  vi.setSystemTime(Date.now() + 20 * MINUTE_MS);
  takeOffer(roomId, { codes: [{ sha256: hashOf(`${roomId}:${CODE}`), expiresAtMs: Date.now() + 5 * MINUTE_MS }] });
  await expect(pairings.pair(CODE, 'net')).rejects.toMatchObject({ code: 'pairing-code-invalid' });
});

test('who paired after the meeting is not ended by it', async () => {
  phase = 'in-call';
  await pass(1);
  phase = 'idle';
  await pass(10);
  const token = await pair();
  await pass(10);
  await expect(pairings.ofToken(token)).resolves.toBeDefined();
  expect(PAIRING_IDLE_TTL_MS).toBe(15 * MINUTE_MS);
});

test('a tablet stays, untouched for weeks, until somebody ends it', async () => {
  const { code } = await pairings.makeTabletCode(roomId, 'By the door', 'account:x');
  const { controllerToken } = await pairings.pair(code, 'net');
  vi.setSystemTime(Date.now() + 30 * 86_400_000);
  await pass(30);
  const tablet = await pairings.ofToken(controllerToken);
  expect(pairings.tabletsOf(roomId)).toEqual([tablet]);
  await pairings.revokeOfRoom(roomId, 'account:x');
  await expect(pairings.ofToken(controllerToken)).resolves.toBeDefined();
  expect(await pairings.revokeTablet(roomId, tablet.pairingId, 'account:x')).toBe(true);
  await expect(pairings.ofToken(controllerToken)).rejects.toMatchObject({ code: 'pairing-revoked' });
});

test('a token that never was is another answer', async () => {
  await expect(pairings.ofToken('made up')).rejects.toMatchObject({ code: 'token-invalid' });
});

test('a code said again and again gets no older than its ten minutes by our clock', () => {
  const offers = new PairingOffers();
  const sha256 = hashOf(`${roomId}:${CODE}`);
  for (let atMs = 0; atMs <= PAIRING_CODE_TTL_MS; atMs += MINUTE_MS) {
    offers.receive(roomId, { codes: [{ sha256, expiresAtMs: atMs + 10 * PAIRING_CODE_TTL_MS }] }, 0, atMs);
  }
  expect(offers.find(CODE, PAIRING_CODE_TTL_MS - 1)).toMatchObject({ roomId });
  expect(offers.find(CODE, PAIRING_CODE_TTL_MS)).toBeNull();
  expect(offers.find('BCDFGHJZ', 1)).toBeNull();
});

test('phones that are paired while all of a room’s are disconnected are disconnected too', async () => {
  takeOffer(roomId, { codes: [{ sha256: hashOf(`${roomId}:${CODE}`), expiresAtMs: Date.now() + MINUTE_MS }] });
  const pairing = pairings.pair(CODE, 'net').catch((error: { code: string }) => error.code);
  expect(await pairings.revokeOfRoom(roomId, 'account:it')).toBe(1);
  expect(await pairing).toBe('pairing-revoked');
  const rows = await store.read.selectFrom('pairing').select('revokedAtMs').execute();
  expect(rows).toEqual([{ revokedAtMs: expect.any(Number) }]);
});

test('a pairing that could not be written lets nobody in', async () => {
  vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('no space'));
  await expect(pair()).rejects.toThrow('no space');
  expect(await pairings.revokeOfRoom(roomId, 'account:it')).toBe(0);
});

test('a pairing that is ended while its holder’s proof is written opens nothing', async () => {
  const pairing = await pairings.ofToken(await pair());
  await pass(14);
  pairings.touch(pairing);
  await pass(2);
  offer('DDDDDDDD');
  const proof = pairings.prove(pairing, 'DDDDDDDD', 'net').catch((error: { code: string }) => error.code);
  await pairings.revokeOfRoom(roomId, 'account:it');
  expect(await proof).toBe('pairing-revoked');
  expect(pairings.isPresent(pairing)).toBe(false);
});

test('a network may guess ten times at once, and once in six seconds from then on', async () => {
  const guess = () => pairings.pair('ZZZZZZZZ', 'net').catch((error: { code: string }) => error.code);
  for (let guesses = 0; guesses < 10; guesses += 1) expect(await guess()).toBe('pairing-code-invalid');
  expect(await guess()).toBe('too-many-attempts');
  vi.advanceTimersByTime(5_999);
  expect(await guess()).toBe('too-many-attempts');
  vi.advanceTimersByTime(2);
  expect([await guess(), await guess()]).toEqual(['pairing-code-invalid', 'too-many-attempts']);
});

test.each([20, -60])('a clock that is set by %d minutes makes nobody come or go', async (minutes) => {
  const pairing = await pairings.ofToken(await pair());
  vi.advanceTimersByTime(MINUTE_MS);
  vi.setSystemTime(Date.now() + minutes * MINUTE_MS);
  vi.advanceTimersByTime(PRESENCE_TTL_MS - MINUTE_MS);
  expect(pairings.isPresent(pairing)).toBe(true);
  vi.advanceTimersByTime(1);
  expect(pairings.isPresent(pairing)).toBe(false);
});

test.each([20, -60])(
  'a clock that is set by %d minutes leaves a tablet’s code the rest of its time',
  async (minutes) => {
    const [first, second, third] = await Promise.all(
      ['By the door', 'On the table', 'At the wall'].map((name) => pairings.makeTabletCode(roomId, name, 'account:it')),
    );
    vi.setSystemTime(Date.now() + minutes * MINUTE_MS);
    await expect(pairings.pair(first!.code, 'net')).resolves.toMatchObject({ kind: 'tablet' });
    vi.advanceTimersByTime(PAIRING_CODE_TTL_MS - 1);
    await expect(pairings.pair(second!.code, 'net')).resolves.toMatchObject({ kind: 'tablet' });
    vi.advanceTimersByTime(1);
    await expect(pairings.pair(third!.code, 'net')).rejects.toMatchObject({ code: 'pairing-code-invalid' });
  },
);

const ended = async (): Promise<boolean[]> => {
  const rows = await store.read.selectFrom('pairing').select('revokedAtMs').execute();
  return rows.map(({ revokedAtMs }) => revokedAtMs !== null);
};
const endAll = {
  phone: () => pairings.revokeOfRoom(roomId, 'account:it'),
  tablet: async () => pairings.revokeTablet(roomId, await tabletId(), 'account:it'),
} as const;
const tabletId = async (): Promise<string> =>
  (await store.read.selectFrom('pairing').select('pairingId').executeTakeFirstOrThrow()).pairingId;

test.each(['phone', 'tablet'] as const)(
  'a %s whose end the disk refused is out at once, and whoever asks again is refused until it is written',
  async (kind) => {
    const token =
      kind === 'phone'
        ? await pair()
        : (await pairings.pair((await pairings.makeTabletCode(roomId, 'Door', 'account:it')).code, 'net'))
            .controllerToken;
    const write = vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('disk'));
    await expect(endAll[kind]()).rejects.toThrow('disk');
    await expect(pairings.ofToken(token)).rejects.toMatchObject({ code: 'pairing-revoked' });
    expect([await ended(), revoked]).toEqual([[false], []]);
    write.mockRejectedValueOnce(new Error('disk'));
    await expect(endAll[kind]()).rejects.toThrow('disk');
    expect(await endAll[kind]()).toBe(kind === 'phone' ? 1 : true);
    expect([await ended(), revoked.length]).toEqual([[true], 1]);
  },
);

test('the end of a pairing that the disk refused is written by itself, in the name of who ended it, and ends its links', async () => {
  await pair();
  vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('disk'));
  await expect(pairings.revokeOfRoom(roomId, 'account:it')).rejects.toThrow('disk');
  vi.advanceTimersByTime(5_000);
  await vi.waitFor(() => expect(revoked).toHaveLength(1));
  expect(await ended()).toEqual([true]);
  const audits = await store.read.selectFrom('audit').select('actor').where('kind', '=', 'pairing-revoked').execute();
  expect(audits).toEqual([{ actor: 'account:it' }]);
  vi.advanceTimersByTime(60_000);
  // once the sweeps have begun, and once what they write is written
  for (let count = 0; count < 2; count += 1) await store.write(async () => {});
  expect(revoked).toHaveLength(1);
});
