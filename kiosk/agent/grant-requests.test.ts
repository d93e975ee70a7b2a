import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OperationalError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomRequest } from '#contract/topics.ts';
import { FleetRequests } from './fleet-requests.ts';
import { GrantRequests } from './grant-requests.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const grantOf = (n: number): CallGrant => ({
  callId: id(n),
  meetingId: id(1),
  meetingTitle: 'Standing',
  peerId: id(2),
  signalingUrl: 'ws://node/signaling',
  joinToken: 't',
  expiresAtMs: 1,
  documents: null,
  iceServers: [],
});
const OURS = 'a'.repeat(64);
const OTHERS = 'b'.repeat(64);

let online: boolean;
let asked: RoomRequest[];
let answers: object[];
let minted: { resolve: (grant: CallGrant) => void; reject: (error: Error) => void }[];
let requests: GrantRequests;
let fleet: FleetRequests;

beforeEach(() => {
  [online, asked, answers, minted] = [true, [], [], []];
  const logger = pino({ level: 'silent' });
  fleet = new FleetRequests({ publish: (request) => asked.push(request), isFleetOnline: () => online, logger });
  requests = new GrantRequests({
    requests: fleet,
    isFleetOnline: () => online,
    bookingOf: (bookingId) =>
      bookingId === OURS
        ? { title: 'Ours', invite: null }
        : bookingId === OTHERS
          ? { title: 'Theirs', invite: 'i' }
          : null,
    mintGrant: () => new Promise((resolve, reject) => minted.push({ resolve, reject })),
    onAnswer: (event) => answers.push(event),
    logger,
  });
});
afterEach(() => void vi.useRealTimers());
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('the fleet is asked while it is there, and its answer to the newest question counts, once', () => {
  requests.ask(null, null);
  requests.ask(id(9), OTHERS);
  expect(asked).toMatchObject([
    { endedCallId: null, booking: null },
    { endedCallId: id(9), booking: { bookingId: OTHERS, title: 'Theirs', invite: 'i' } },
  ]);
  fleet.onRequestReply({ name: 'grant', id: asked[0]!.id, grant: grantOf(3) });
  expect(answers).toEqual([]);
  fleet.onRequestReply({ name: 'grant', id: asked[1]!.id, grant: grantOf(4) });
  fleet.onRequestReply({ name: 'grant', id: asked[1]!.id, grant: grantOf(5) });
  fleet.onRequestReply({ name: 'refused', id: null, error: { code: 'second-writer', message: '' } });
  expect(answers).toEqual([{ type: 'grant', grant: grantOf(4) }]);
  expect(minted).toEqual([]);
});

test('without the fleet the box signs for itself', async () => {
  online = false;
  requests.ask(null, OURS);
  expect(asked).toEqual([]);
  minted[0]!.resolve(grantOf(3));
  await settled();
  expect(answers).toEqual([{ type: 'grant', grant: grantOf(3) }]);
});

test('a fleet that goes before it answers is answered for; what it says later is too late', async () => {
  requests.ask(null, null);
  online = false;
  requests.onFleetGone();
  minted[0]!.resolve(grantOf(3));
  await settled();
  fleet.onRequestReply({ name: 'grant', id: asked[0]!.id, grant: grantOf(4) });
  expect(answers).toEqual([{ type: 'grant', grant: grantOf(3) }]);
  requests.onFleetGone();
  expect(minted).toHaveLength(1);
});

test('another’s meeting cannot be entered without the fleet; what goes wrong is said by its code, once it stays away', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  online = false;
  requests.ask(null, OTHERS);
  await settled();
  expect(minted).toEqual([]);
  vi.advanceTimersByTime(10_000);
  requests.ask(null, null);
  minted[0]!.reject(new OperationalError('no-media-node'));
  await settled();
  const refused = { type: 'grant-refused', code: 'no-media-node' };
  vi.advanceTimersByTime(9_999);
  expect(answers).toEqual([refused]);
  vi.advanceTimersByTime(1);
  expect(answers).toEqual([refused, refused]);
});

test('a fleet that comes back meanwhile is asked again, and nothing of the first try is said', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  online = false;
  requests.ask(null, OTHERS);
  await settled();
  online = true;
  requests.ask(null, OTHERS);
  vi.advanceTimersByTime(60_000);
  fleet.onRequestReply({ name: 'grant', id: asked[0]!.id, grant: grantOf(6) });
  expect(answers).toEqual([{ type: 'grant', grant: grantOf(6) }]);
});
