/** The places of a call, over a pool that has no worker to give: whether a peer gets so far as to be placed on one. */
import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { Call } from './call.ts';
import { ExpiringMap } from './expiring-map.ts';
import { GuestSeats } from './guest-seats.ts';
import { defaultSettings, type MediaSettings } from './media-settings.ts';
import { Peer, type PeerLine } from './peer.ts';
import type { AdmittedClaims } from './token-admission.ts';
import type { WorkerPool } from './worker-pool.ts';

const line: PeerLine = { network: 'n', address: '192.0.2.1', notify: () => {}, close: () => {} };
const claimsOf = (sub: string, holder: string): AdmittedClaims =>
  ({
    sub,
    peerKind: 'person',
    role: 'guest',
    displayName: sub,
    isGuest: true,
    isLetIn: false,
    publishes: [],
    receives: [],
    rights: [],
    documents: [],
    seat: { inviteId: 'link', seats: 5, holder },
  }) as unknown as AdmittedClaims;

let call: Call;
afterEach(() => call.abandon());

function callWith(settings: Partial<MediaSettings>): Call {
  const noWorker = Object.assign(new Error('no worker'), { name: 'WorkerClosedError' });
  return new Call({
    callId: 'call',
    meetingId: 'meeting',
    meetingTitle: 'Test',
    isDelegated: false,
    pool: { leastLoaded: () => Promise.reject(noWorker) } as unknown as WorkerPool,
    settings: { ...defaultSettings, ...settings },
    seats: new GuestSeats({ keptMs: 1_000 }),
    knownDocuments: new ExpiringMap(1_000),
    onAir: { airOf: () => OFF_AIR, portsOf: () => new Map() },
    transcription: null,
    transcriptRule: () => undefined,
    events: { onEvent: () => {}, onPeerGone: () => {}, onClosed: () => {} },
    logger: pino({ level: 'silent' }),
  });
}

it.each([
  ['another person', claimsOf('d', 'dan'), 2, 'call-full'],
  ['another person, while one place is free', claimsOf('d', 'dan'), 3, 'media-failed'],
  ['a person who replaces their own place', claimsOf('a2', 'ana'), 2, 'media-failed'],
  ['a person who replaces one of both', claimsOf('a2', 'ana'), 1, 'call-full'],
])('%s, where two are in a call: of %s', async (_, claims, most, code) => {
  call = callWith({ maxPeersInCall: most, roomPlaces: 0 });
  for (const sub of ['ana', 'ben']) call.peers.set(sub, new Peer(claimsOf(sub, sub), line));
  await expect(call.prepare(claims, line)).rejects.toMatchObject({ code });
});

it('a guest who drops keeps their answer to a poll for the grace time, and loses it with their place', () => {
  vi.useFakeTimers();
  call = callWith({ resumeGraceMs: 1_000 });
  const [ana, ben] = ['ana', 'ben'].map((sub) => {
    const peer = new Peer({ ...claimsOf(sub, sub), issuedTo: null }, line);
    peer.stage = 'joined';
    call.peers.set(sub, peer);
    return peer;
  });
  call.polls.start(ana!, {
    pollId: 'poll',
    draft: { question: 'Where?', choices: ['Here', 'There'], isMultiple: false, isSecret: false, rightChoice: null },
  });
  for (const peer of [ana!, ben!]) call.polls.answer(peer, { pollId: 'poll', choices: [1] });
  const numbers = () => {
    const { counts, answeredCount, peopleCount } = call.polls.seenBy(ana!).polls[0]!;
    return [counts[1], answeredCount, peopleCount];
  };
  call.drop(ben!, line);
  vi.advanceTimersByTime(999);
  expect(numbers()).toEqual([2, 2, 2]);
  vi.advanceTimersByTime(1);
  expect(numbers()).toEqual([1, 1, 1]);
  call.abandon();
  vi.useRealTimers();
});
