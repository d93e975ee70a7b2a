import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_MQTT_PACKET_BYTES, MAX_PEERS_IN_CALL } from '#contract/limits.ts';
import { type Participant, RosterUpdate } from '#contract/room-state.ts';
import type { Phase } from '../room/room.ts';
import { type CallLetter, guest, id, manyPeople, ownPlace, phases, ticketOf } from '../room/room-under-test.ts';
import { RosterFeed } from './roster-feed.ts';

const seed = process.env.MARU_SEED === undefined ? undefined : Number(process.env.MARU_SEED);
const person = (n: number, over: Partial<Participant> = {}): Participant => ({
  ...guest,
  peerId: id(100 + n),
  ...over,
});
const inCall = (participants: Participant[], call: CallLetter = 'A'): Phase => ({
  ...phases['in-call'],
  ticket: ticketOf(call),
  participants,
});

/** A phone that shows the roster: applies what it hears, and would notice a gap. */
class Phone {
  readonly heard: Exclude<RosterUpdate, { kind: 'unknown' }>[] = [];
  readonly atMs: number[] = [];
  readonly people = new Map<string, Participant>();
  callId: string | null = null;
  readonly hear = (told: RosterUpdate): void => {
    const update = RosterUpdate.parse(JSON.parse(JSON.stringify(told)));
    if (update.kind === 'unknown') throw new Error('the feed sends what it does not know');
    if (this.heard.length > 0) expect(update.revision).toBe(this.heard.at(-1)!.revision + 1);
    if (update.kind === 'snapshot') {
      this.people.clear();
      this.callId = update.callId;
      for (const each of update.participants) this.people.set(each.peerId, each);
    } else {
      expect(update.callId).toBe(this.callId);
      for (const peerId of update.removedPeerIds) this.people.delete(peerId);
      for (const each of update.changed) this.people.set(each.peerId, each);
    }
    this.heard.push(update);
    this.atMs.push(Date.now());
  };
}

describe('the roster', () => {
  let phone: Phone;
  let feed: RosterFeed;
  beforeEach(() => {
    vi.useFakeTimers();
    phone = new Phone();
    feed = new RosterFeed(phone.hear);
  });
  afterEach(() => {
    feed.stop();
    vi.useRealTimers();
  });

  it('is told to nobody who has not asked', () => {
    feed.update(inCall([ownPlace]));
    vi.advanceTimersByTime(5_000);
    expect(phone.heard).toEqual([]);
  });

  it('is whole at first, then what has changed', () => {
    feed.watch(inCall([ownPlace, person(1), person(2)]));
    feed.update(inCall([ownPlace, person(2, { microphone: 'muted' }), person(3)]));
    expect(phone.heard).toMatchObject([
      { kind: 'snapshot', participants: [ownPlace, person(1), person(2)] },
      { kind: 'delta', changed: [person(2, { microphone: 'muted' }), person(3)], removedPeerIds: [person(1).peerId] },
    ]);
  });

  it('is whole again for the next who asks', () => {
    feed.watch(inCall([ownPlace]));
    feed.watch(inCall([ownPlace, person(1)]));
    expect(phone.heard.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot']);
  });

  it('says nothing where nothing has changed', () => {
    feed.watch(inCall([ownPlace]));
    feed.update(inCall([{ ...ownPlace }]));
    vi.advanceTimersByTime(5_000);
    expect(phone.heard).toHaveLength(1);
  });

  it('is told for a minute, and for another after each asking', () => {
    feed.watch(inCall([ownPlace]));
    vi.advanceTimersByTime(59_000);
    feed.watch(inCall([ownPlace]));
    vi.advanceTimersByTime(60_000);
    feed.update(inCall([ownPlace, person(1)]));
    vi.advanceTimersByTime(1_000);
    expect(phone.people.size).toBe(2);
    feed.update(inCall([ownPlace]));
    vi.advanceTimersByTime(5_000);
    expect(phone.people.size).toBe(2);
  });

  it('begins with the call that is asked for in an idle room, and anew with the next call', () => {
    feed.watch({ name: 'idle' });
    expect(phone.heard).toEqual([]);
    feed.update(inCall([ownPlace]));
    feed.update(phases.ended);
    feed.update(inCall([ownPlace, person(1)], 'B'));
    expect(phone.heard.map(({ kind, callId }) => [kind, callId])).toEqual([
      ['snapshot', ticketOf('A').callId],
      ['snapshot', ticketOf('B').callId],
    ]);
  });

  it('of 300 people with long names goes through the broker in one piece', () => {
    feed.watch(inCall(manyPeople(MAX_PEERS_IN_CALL)));
    expect(Buffer.byteLength(JSON.stringify(phone.heard[0]))).toBeLessThan(MAX_MQTT_PACKET_BYTES);
  });

  it('is right at every phone in the end, twice a second at most, whatever comes and goes', () => {
    const people = fc.uniqueArray(fc.tuple(fc.nat(12), fc.boolean()), { selector: ([n]) => n, maxLength: 12 });
    const acts = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: people.map((list) => ({ list, call: 'A' as CallLetter })) },
        { weight: 1, arbitrary: people.map((list) => ({ list, call: 'B' as CallLetter })) },
        { weight: 1, arbitrary: fc.constant('watch' as const) },
        { weight: 4, arbitrary: fc.nat(900) },
      ),
      { maxLength: 40, size: 'max' },
    );
    fc.assert(
      fc.property(acts, (sequence) => {
        phone = new Phone();
        feed = new RosterFeed(phone.hear);
        let now = inCall([ownPlace]);
        feed.watch(now);
        for (const act of sequence) {
          if (typeof act === 'number') vi.advanceTimersByTime(act);
          else if (act === 'watch') feed.watch(now);
          else {
            const list = act.list.map(([n, muted]) => person(n, { microphone: muted ? 'muted' : 'on' }));
            now = inCall([ownPlace, ...list], act.call);
            feed.update(now);
          }
        }
        vi.advanceTimersByTime(500);
        if (now.name !== 'in-call') throw new Error('not in the call');
        expect(phone.callId).toBe(now.ticket.callId);
        expect([...phone.people.values()].sort(byPeer)).toEqual([...now.participants].sort(byPeer));
        const deltasAtMs = phone.atMs.filter((_, index) => phone.heard[index]!.kind === 'delta');
        const gapsMs = deltasAtMs.slice(1).map((atMs, index) => atMs - deltasAtMs[index]!);
        expect(Math.min(500, ...gapsMs)).toBe(500);
      }),
      { numRuns: 500, seed },
    );
  });
});

const byPeer = (one: Participant, other: Participant): number => one.peerId.localeCompare(other.peerId);
