/** The part: the page gets what lets it at the picture, phones see what is offered and shown, and the TV is kept on. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '#contract/error-codes.ts';
import { type Viewing, WATCH_TOKEN_RENEWED_AFTER_MS } from '#contract/live-delivery.ts';
import { RoomBroadcasts, type OfferedBroadcast } from '#contract/room-broadcasts.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { SectionValues } from '#contract/settings/all-settings.ts';
import { Parts } from '../parts/parts.ts';
import { servicesUnderTest } from '../parts/services-under-test.ts';
import { Projections } from '../projections.ts';
import { broadcastsPart } from './part.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, TOWN_HALL, SPEECH] = [id(1), id(2), id(3)];
const starting: RoomPhase = { name: 'starting', meetingTitle: 'Weekly', sinceMs: 1, cancelOffered: false };
const roomIn = (phase: RoomPhase) => ({ roomName: 'Maple', phase }) as RoomState;
const offer = (broadcastId: string): OfferedBroadcast => ({
  broadcastId,
  title: `T ${broadcastId.at(-1)}`,
  phase: 'live',
  startsAtMs: null,
});

let kept: Map<string, string>;
let effects: Extract<ScreenEffect, { name: 'show-broadcast' }>[];
let asked: string[];
let answer: (broadcastId: string) => Viewing | ErrorCode | null;
let onTv: (string | null)[];
let isScreenThere: boolean;
let projections: Projections;
let parts: Parts;

const viewing = (broadcastId: string): Viewing => ({
  broadcastId,
  liveUrl: 'https://live.example',
  expiresAtMs: 1,
  token: `t${asked.length}`,
});
const watch = (broadcastId: string | null) => parts.dispatch({ name: 'watch-broadcast', broadcastId });
const published = (): RoomBroadcasts => RoomBroadcasts.parse(projections.valueOf('broadcasts'));
const onPage = (): Viewing | null => effects.at(-1)?.shown?.viewing ?? null;
const settle = () => vi.advanceTimersByTimeAsync(0);
const offers = (...ids: string[]) => parts.notify('offered-broadcasts', ids.map(offer));

const booking = (over: Partial<Booking>): Booking => ({
  bookingId: 'b'.repeat(64),
  title: 'Others',
  isPrivate: false,
  organizer: null,
  startMs: Date.now(),
  endMs: Date.now() + 7_200_000,
  isAllDay: false,
  link: 'none',
  state: 'upcoming',
  releasedBecause: null,
  checkInUntilMs: null,
  ...over,
});
const agenda = (...bookings: Booking[]) =>
  projections.publish('agenda', {
    timeZone: 'Asia/Seoul',
    calendar: { state: 'fresh', code: null, freshAsOfMs: null, unreadCount: 0 },
    bookings,
    moreCount: 0,
  });

function start(tuneIn: SectionValues<'broadcast'>['tuneIn']): void {
  projections = new Projections({ roomId: ROOM, epoch: 1 });
  parts = new Parts({
    list: [
      broadcastsPart,
      {
        name: 'tv',
        make: () => ({
          start: () => {},
          stop: () => {},
          occasions: { 'broadcast-on-tv': (shown) => void onTv.push(shown) },
        }),
      },
    ],
    services: servicesUnderTest({
      projections,
      publish: (name, content) => projections.publish(name, content),
      perform: (effect) => isScreenThere && effect.name === 'show-broadcast' && effects.push(effect) > 0,
      settings: { value: () => ({ tuneIn }) as never, lan: {} as never },
      requestViewing: async (broadcastId) => {
        asked.push(broadcastId);
        return answer(broadcastId);
      },
      store: {
        value: (key: string) => kept.get(key) ?? null,
        keep: (key: string, value: string | null) => (value === null ? kept.delete(key) : kept.set(key, value)),
      } as never,
    }),
    onFault: (part, code) => {
      throw new Error(`${part}: ${code}`);
    },
    onNotices: () => {},
  });
  parts.start(roomIn({ name: 'idle' }));
}

beforeEach(() => {
  vi.useFakeTimers();
  kept = new Map();
  [effects, asked, onTv, isScreenThere, answer] = [[], [], [], true, viewing];
});
afterEach(async () => {
  await parts.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('by itself', () => {
  beforeEach(() => start('by-itself'));

  it('is on the page with its token, and the TV is on for it; a call ends both at once', async () => {
    offers(TOWN_HALL);
    await settle();
    expect(onPage()).toEqual({ broadcastId: TOWN_HALL, liveUrl: 'https://live.example', expiresAtMs: 1, token: 't1' });
    expect(published()).toMatchObject({
      offered: [{ broadcastId: TOWN_HALL }],
      shown: { broadcastId: TOWN_HALL, title: 'T 2' },
    });
    expect(onTv).toEqual(['by-itself']);
    parts.follow(roomIn(starting));
    expect(effects.at(-1)).toEqual({ name: 'show-broadcast', shown: null });
    expect(published().shown).toBeNull();
    expect(onTv.at(-1)).toBeNull();
    parts.follow(roomIn({ name: 'idle' }));
    await settle();
    expect(onPage()).toMatchObject({ token: 't2' });
  });

  it('a document comes first', async () => {
    offers(TOWN_HALL);
    await settle();
    parts.notify('document-on-tv', true);
    expect(onPage()).toBeNull();
    parts.notify('document-on-tv', false);
    await settle();
    expect(onPage()).not.toBeNull();
  });

  it('gives way a minute before a booking begins, and to its check-in', async () => {
    const startMs = Date.now() + 10 * 60_000;
    offers(TOWN_HALL);
    agenda(booking({ startMs }));
    await vi.advanceTimersByTimeAsync(9 * 60_000 - 1_000);
    expect(onPage()).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onPage()).toBeNull();
    agenda(booking({ startMs, state: 'released' }));
    await settle();
    expect(onPage()).not.toBeNull();
    agenda(booking({ startMs: startMs + 3_600_000, state: 'in-use' }));
    expect(onPage()).toBeNull();
  });

  it('its token is renewed, also late where the fleet is away for a while; the picture goes on', async () => {
    offers(TOWN_HALL);
    await settle();
    await vi.advanceTimersByTimeAsync(WATCH_TOKEN_RENEWED_AFTER_MS);
    expect(onPage()).toMatchObject({ token: 't2' });
    answer = () => null;
    await vi.advanceTimersByTimeAsync(2 * WATCH_TOKEN_RENEWED_AFTER_MS);
    expect(onPage()).toMatchObject({ token: 't2' });
    answer = viewing;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(onPage()).toMatchObject({ token: `t${asked.length}` });
    answer = () => 'not-found';
    await vi.advanceTimersByTimeAsync(WATCH_TOKEN_RENEWED_AFTER_MS);
    expect(onPage()).toBeNull();
    expect(published()).toMatchObject({ shown: null, refusal: 'not-found' });
  });

  it('a page that comes later gets it, and one of before loses what the agent does not know', async () => {
    parts.notify('screen-connected', null);
    expect(effects).toEqual([{ name: 'show-broadcast', shown: null }]);
    isScreenThere = false;
    offers(TOWN_HALL);
    await settle();
    isScreenThere = true;
    parts.notify('screen-connected', null);
    expect(onPage()).toMatchObject({ broadcastId: TOWN_HALL });
  });

  it('what came for another one meanwhile is not shown', async () => {
    const late = Promise.withResolvers<Viewing>();
    answer = (broadcastId) => (broadcastId === TOWN_HALL ? (late.promise as never) : viewing(broadcastId));
    offers(TOWN_HALL, SPEECH);
    expect(await watch(SPEECH)).toBeNull();
    late.resolve(viewing(TOWN_HALL));
    await settle();
    expect(onPage()).toMatchObject({ broadcastId: SPEECH });
  });

  it('stopped by a tap it does not come again, after a restart of the agent neither', async () => {
    offers(TOWN_HALL);
    await settle();
    expect(await watch(null)).toBeNull();
    expect(onPage()).toBeNull();
    await parts.stop();
    start('by-itself');
    offers(TOWN_HALL);
    await settle();
    expect(published()).toMatchObject({ shown: null, offered: [{ broadcastId: TOWN_HALL }] });
    offers();
    offers(TOWN_HALL);
    await settle();
    expect(onPage()).not.toBeNull();
  });
});

describe('by a tap', () => {
  beforeEach(() => {
    start('by-tap');
    offers(TOWN_HALL);
  });

  it('is shown, and comes back after a restart of the agent', async () => {
    expect(onPage()).toBeNull();
    expect(await watch(TOWN_HALL)).toBeNull();
    expect(onPage()).toMatchObject({ broadcastId: TOWN_HALL });
    expect(onTv).toEqual(['by-tap']);
    await parts.stop();
    effects = [];
    start('by-tap');
    offers(TOWN_HALL);
    parts.notify('screen-connected', null);
    await settle();
    expect(onPage()).toMatchObject({ broadcastId: TOWN_HALL });
    expect([...kept.values()].join()).not.toContain('"t1"');
  });

  it.each<[string, () => void, ErrorCode]>([
    ['the fleet refuses', () => (answer = () => 'not-found'), 'not-found'],
    ['the fleet does not answer', () => (answer = () => null), 'not-possible-now'],
    ['no screen is there', () => (isScreenThere = false), 'no-screen'],
    ['a meeting starts', () => parts.follow(roomIn(starting)), 'not-possible-now'],
    ['it is offered no longer', () => offers(), 'not-found'],
  ])('where %s it is refused in words', async (_, arrange, code) => {
    arrange();
    expect(await watch(TOWN_HALL)).toBe(code);
    expect(published().shown).toBeNull();
  });

  it('that is over ends it; what the page reports of another one does not', async () => {
    await watch(TOWN_HALL);
    parts.onReport({ type: 'broadcast-ended', broadcastId: SPEECH, code: null });
    expect(published().shown).not.toBeNull();
    parts.onReport({ type: 'broadcast-ended', broadcastId: TOWN_HALL, code: 'packager-unavailable' });
    expect(published()).toMatchObject({ shown: null, refusal: 'packager-unavailable' });
    expect(onTv.at(-1)).toBeNull();
  });

  it('is not offered where the room’s rule says never', () => {
    expect(published().offered).toHaveLength(1);
    parts.applySettings('broadcast', { mayBroadcast: false, mayRecord: false, tuneIn: 'never' });
    expect(published().offered).toEqual([]);
  });
});
