import { describe, expect, it, vi } from 'vitest';
import type { InviteSeat } from '#contract/grants.ts';
import { GuestSeats, ownPlaces, placesFor } from './guest-seats.ts';

type Place = Parameters<GuestSeats['remove']>[0] & { name: string };
const seatOf = (holder: string, seats = 2, inviteId = 'link'): InviteSeat => ({ inviteId, seats, holder });
const place = (name: string, changes: { seat?: InviteSeat; stage?: Place['stage']; away?: boolean } = {}): Place => ({
  name,
  claims: { seat: changes.seat ?? seatOf(name), isLetIn: false },
  stage: changes.stage ?? 'joined',
  line: changes.away ? null : ({} as Place['line']),
});
const outcome = <T>(work: () => T): T | string => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const [ana, ben, cho] = [place('ana'), place('ben'), place('cho')];

describe('before a place is prepared', () => {
  it.each<[string, InviteSeat | undefined, Place[], string | undefined]>([
    ['the first', seatOf('ana'), [], undefined],
    ['the last seat', seatOf('ben'), [ana], undefined],
    ['one more than there are seats', seatOf('cho'), [ana, ben], 'seats-taken'],
    ['prepared places count', seatOf('cho'), [ana, place('ben', { stage: 'prepared' })], 'seats-taken'],
    ['two places of one person are one seat', seatOf('cho'), [ana, place('again', { seat: seatOf('ana') })], undefined],
    ['the holder of a seat comes again', seatOf('ben'), [ana, ben], undefined],
    ['a dropped seat is free', seatOf('cho'), [ana, place('ben', { away: true })], undefined],
    ['other invites do not count', seatOf('cho'), [ana, place('x', { seat: seatOf('x', 2, 'other') })], undefined],
    ['a room needs none', undefined, [ana, ben], undefined],
  ])('%s', (_, seat, peers, refusal) => {
    expect(outcome(() => new GuestSeats({ keptMs: 1_000 }).refuse({ seat, isLetIn: false }, peers))).toBe(refusal);
  });
});

describe('as somebody joins', () => {
  const joins = (joining: Place, peers: Place[]) =>
    outcome(() => new GuestSeats({ keptMs: 1_000 }).takeOver(joining, peers));
  const again = place('ana again', { seat: seatOf('ana'), stage: 'prepared' });
  it('the same person’s other places go, joined or prepared', () => {
    expect(joins(again, [ana, ben, again])).toEqual([{ peer: ana, code: 'joined-elsewhere' }]);
    const third = place('third', { seat: seatOf('ana'), stage: 'prepared' });
    expect(joins(again, [third, again])).toEqual([{ peer: third, code: 'joined-elsewhere' }]);
  });
  it('a dropped one gives its seat up, where no other is free', () => {
    const away = place('ben', { away: true });
    expect(joins(cho, [away, cho])).toEqual([]);
    expect(joins(cho, [ana, away, cho])).toEqual([{ peer: away, code: 'peer-unknown' }]);
    expect(joins(cho, [ana, ben, cho])).toBe('seats-taken');
  });
});

describe('after a removal', () => {
  const seats = new GuestSeats({ keptMs: 1_000 });
  for (const peer of [ana, ben]) seats.takeOver(peer, []);
  const gone = seats.remove(ana, [ana, place('ana’s phone', { seat: seatOf('ana') }), ben]);
  it('all places of the person go', () => expect(gone.map(({ name }) => name)).toEqual(['ana', 'ana’s phone']));
  it.each([
    ['ana', false, 'removed-from-call'],
    ['ana', true, 'removed-from-call'],
    ['cho', false, 'invite-closed'],
    ['cho', true, undefined],
    ['ben', false, undefined],
  ])('%s comes by the link, let in by a host: %s: %s', (holder, isLetIn, refusal) => {
    expect(outcome(() => seats.refuse({ seat: seatOf(holder), isLetIn }, []))).toBe(refusal);
  });
  it('who had only prepared does not get in either', () => {
    expect(outcome(() => seats.takeOver(cho, []))).toBe('invite-closed');
  });
  it('it is remembered for its time, and no longer', () => {
    vi.useFakeTimers();
    const forgetful = new GuestSeats({ keptMs: 1_000 });
    forgetful.remove(ana, [ana]);
    const refusals = () =>
      ['ana', 'cho'].map((holder) => outcome(() => forgetful.refuse({ seat: seatOf(holder), isLetIn: false }, [])));
    vi.advanceTimersByTime(999);
    expect(refusals()).toEqual(['removed-from-call', 'invite-closed']);
    vi.advanceTimersByTime(1);
    expect(refusals()).toEqual([undefined, undefined]);
    vi.useRealTimers();
  });
  it('other invites are open', () => {
    expect(outcome(() => seats.refuse({ seat: seatOf('cho', 2, 'other'), isLetIn: false }, []))).toBeUndefined();
  });
});

describe('places', () => {
  it.each([
    [300, 280],
    [100, 90],
    [3, 2],
    [1, 0],
  ])('of %i people may fill %i, rooms all', (most, people) => {
    expect(placesFor(false, most, 20)).toBe(people);
    expect(placesFor(true, most, 20)).toBe(most);
  });
  it('of the same person are to be replaced', () => {
    expect(ownPlaces(seatOf('ana'), [ana, ben, place('x', { seat: seatOf('ana') })])).toBe(2);
    expect(ownPlaces(undefined, [ana])).toBe(0);
  });
});
