import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { v7 } from 'uuid';
import type { RoomPhase } from '#contract/room-state.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { PairingCodes } from '../pairing-codes.ts';
import { RoomStore } from '../store/room-store.ts';
import { LanPairings } from './lan-pairings.ts';

const MINUTE_MS = 60_000;
const logger = pino({ level: 'silent' });
let folder: string;
let store: RoomStore;
let codes: PairingCodes;
let phase: RoomPhase['name'];
let ended: string[];
let pairings: LanPairings;
let clock: WallClock;

beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'maru-lan-'));
  [phase, ended] = ['idle', []];
  clock = new WallClock({ steadyNowMs: () => performance.now() });
  codes = new PairingCodes({ roomId: v7(), onChange: () => codes.show(codes.offer), clock });
  codes.start();
  open();
});
afterEach(() => {
  close();
  codes.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});
function open(): void {
  store = new RoomStore({ path: join(folder, 'room.sqlite'), logger, onStorage: () => {}, onDamaged: () => {} });
  store.start();
  pairings = new LanPairings({
    store,
    codes,
    clock,
    phase: () => phase,
    onEnded: (pairingId) => ended.push(pairingId),
    logger,
  });
  pairings.start();
}
function close(): void {
  pairings.stop();
  store.stop();
}
const pair = async (network = 'net') => (await pairings.pair(codes.shown, network)).controllerToken;
const refused = (code: string) => expect.objectContaining({ code });
const pass = (minutes: number) => vi.advanceTimersByTime(minutes * MINUTE_MS);

test('a code of the TV lets a phone in once, and the TV shows another', async () => {
  const code = codes.shown;
  const token = await pair();
  expect(pairings.admit(token)).toMatchObject({ kind: 'phone' });
  expect(codes.shown).not.toBe(code);
  await expect(pairings.pair(code, 'net')).rejects.toMatchObject({ code: 'pairing-code-invalid' });
  expect(() => pairings.admit('made up')).toThrow(refused('token-invalid'));
});

test('the code before is good until its time is over', async () => {
  const code = codes.shown;
  pass(5);
  expect(codes.shown).not.toBe(code);
  await expect(pairings.pair(code, 'net')).resolves.toBeDefined();
  const next = codes.shown;
  pass(11);
  await expect(pairings.pair(next, 'net')).rejects.toMatchObject({ code: 'pairing-code-invalid' });
});

test('who guesses runs dry alone; flooded from everywhere, wrong answers turn slow and right ones do not', async () => {
  const answers: string[] = [];
  for (let n = 0; n < 12; n += 1)
    await pairings.pair('22222222', 'guesser').catch(({ code }: { code: string }) => answers.push(code));
  expect(answers.at(0)).toBe('pairing-code-invalid');
  expect(answers.at(-1)).toBe('too-many-attempts');
  await expect(pairings.pair(codes.shown, 'guesser')).rejects.toMatchObject({ code: 'too-many-attempts' });
  for (let n = 0; n < 100; n += 1) void pairings.pair('22222222', `other ${n}`).catch(() => {});
  await vi.advanceTimersByTimeAsync(0);
  let isAnswered = false;
  void pairings.pair('22222222', 'last').catch(() => {
    isAnswered = true;
  });
  await expect(pair('owner')).resolves.toBeDefined();
  expect(isAnswered).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
});

test('in a flood ten wrong answers a second are quick, beyond a hundred at first', async () => {
  let guessers = 0;
  const quickOf = async (count: number): Promise<number> => {
    let answered = 0;
    for (let n = 0; n < count; n += 1) {
      guessers += 1;
      void pairings.pair('22222222', `net ${guessers}`).catch(() => {
        answered += 1;
      });
    }
    await vi.advanceTimersByTimeAsync(0);
    return answered;
  };
  expect(await quickOf(103)).toBe(100);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await quickOf(13)).toBe(10);
});

test('without a meeting it ends 15 minutes after its last use; its links are ended and it is told so', async () => {
  const token = await pair();
  const { pairingId } = pairings.admit(token);
  pass(14);
  pairings.touch(pairingId);
  pass(14);
  expect(pairings.admit(token)).toMatchObject({ pairingId });
  expect(ended).toEqual([]);
  pass(2);
  expect(ended).toEqual([pairingId]);
  expect(() => pairings.admit(token)).toThrow(refused('pairing-revoked'));
});

test('during a meeting it stays; after its end for 15 minutes, whatever is tapped', async () => {
  const token = await pair();
  phase = 'in-call';
  pass(180);
  expect(pairings.admit(token)).toBeDefined();
  phase = 'idle';
  pass(10);
  pairings.touch(pairings.admit(token).pairingId);
  pass(6);
  expect(() => pairings.admit(token)).toThrow(refused('pairing-revoked'));
});

test('who paired after the meeting is not ended by it', async () => {
  phase = 'in-call';
  pass(1);
  phase = 'idle';
  pass(10);
  const token = await pair();
  pass(10);
  expect(pairings.admit(token)).toBeDefined();
});

test('a phone may end its own', async () => {
  const token = await pair();
  const { pairingId } = pairings.admit(token);
  pairings.end(pairingId);
  pairings.end(pairingId);
  expect(ended).toEqual([pairingId]);
  expect(() => pairings.admit(token)).toThrow(refused('pairing-revoked'));
});

test('it is known after a restart, by its hash alone', async () => {
  const token = await pair();
  const { pairingId } = pairings.admit(token);
  close();
  open();
  expect(pairings.admit(token)).toEqual({ pairingId, kind: 'phone' });
  for (const side of ['', '-wal'])
    expect(readFileSync(join(folder, `room.sqlite${side}`)).includes(token), side).toBe(false);
});

test.each([20, -60, 60 * 24 * 365])(
  'a clock that jumps by %d minutes ends no pairing, now or after a restart',
  async (minutes) => {
    const token = await pair();
    pass(10);
    vi.setSystemTime(Date.now() + minutes * MINUTE_MS);
    pass(4);
    expect(pairings.admit(token)).toMatchObject({ kind: 'phone' });
    close();
    open();
    expect(pairings.admit(token)).toMatchObject({ kind: 'phone' });
    pass(2);
    expect(() => pairings.admit(token)).toThrow(refused('pairing-revoked'));
  },
);

test('a jump after a call ends no pairing of that call', async () => {
  const token = await pair();
  phase = 'in-call';
  pass(60);
  phase = 'idle';
  vi.setSystemTime(Date.now() + 20 * MINUTE_MS);
  pass(14);
  expect(pairings.admit(token)).toMatchObject({ kind: 'phone' });
  pass(2);
  expect(() => pairings.admit(token)).toThrow(refused('pairing-revoked'));
});

test('what is over is forgotten after a while', async () => {
  const token = await pair();
  pass(20);
  expect(store.pairings).toHaveLength(1);
  vi.setSystemTime(Date.now() + 8 * 86_400_000);
  pass(1);
  expect(store.pairings).toEqual([]);
  expect(() => pairings.admit(token)).toThrow(refused('token-invalid'));
});

const tabletOf = (token: string) => ({
  pairingId: v7(),
  tokenSha256: createHash('sha256').update(token).digest('hex'),
});

test('a tablet that the fleet names is let in for good, also when the fleet is gone and the agent starts again', () => {
  const tablet = tabletOf('tablet token');
  expect(() => pairings.admit('tablet token')).toThrow(refused('token-invalid'));
  pairings.setTablets([tablet]);
  close();
  open();
  vi.setSystemTime(Date.now() + 100 * 86_400_000);
  pass(20);
  expect(pairings.admit('tablet token')).toEqual({ pairingId: tablet.pairingId, kind: 'tablet' });
});

test('one that the fleet takes back is out at once, the others stay', () => {
  const [one, two] = [tabletOf('one'), tabletOf('two')];
  pairings.setTablets([one, two]);
  pairings.setTablets([one, two]);
  pairings.setTablets([two]);
  expect(ended).toEqual([one.pairingId]);
  expect(pairings.isLive(one.pairingId)).toBe(false);
  expect(pairings.isLive(two.pairingId)).toBe(true);
  expect(() => pairings.admit('one')).toThrow(refused('pairing-revoked'));
  expect(pairings.admit('two').kind).toBe('tablet');
  pairings.setTablets([tabletOf('three')]);
  expect(ended).toEqual([one.pairingId, two.pairingId]);
});
