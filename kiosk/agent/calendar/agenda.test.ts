import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { BOOKINGS_IN_AGENDA } from '#contract/limits.ts';
import { projections } from '#contract/projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type Booking, RoomAgenda } from '#contract/room-agenda.ts';
import type { AgendaCommand } from '#contract/room-command.ts';
import { type AgendaStep, nextDueMs, stepAgenda } from './agenda.ts';
import {
  type AgendaEffect,
  type AgendaEvent,
  type AgendaRules,
  type AgendaState,
  bookingsOf,
  firstState,
  type PlannedBooking,
} from './agenda-state.ts';
import { bookingsInView, startableIn } from './agenda-view.ts';
import { RememberedAgenda } from './agenda-memory.ts';
import { ianaZone } from './zones.ts';

const MINUTE = 60_000;
const FLEET = 'https://maru.example.com';
const zone = ianaZone('Asia/Seoul')!;
/** Ten in the morning in Seoul. */
const TEN = Date.parse('2026-03-03T01:00:00Z');
const id = (name: string): string => createHash('sha256').update(name).digest('hex');

/** From `start` to `end`, minutes after ten. */
function planned(name: string, start: number, end: number, changes: Partial<PlannedBooking> = {}): PlannedBooking {
  return {
    bookingId: id(name),
    uid: name,
    recurrenceId: '',
    title: name,
    organizer: 'Mina',
    startMs: TEN + start * MINUTE,
    endMs: TEN + end * MINUTE,
    isAllDay: false,
    isPrivate: false,
    isGone: false,
    links: [],
    place: null,
    ...changes,
  };
}

/** A room whose time is minutes after ten; both clocks go together unless the wall's is made to jump. */
class Room {
  state: AgendaState = firstState({ bookings: [] });
  effects: AgendaEffect[] = [];
  rules: AgendaRules = { noShowRelease: true, soundPresence: true };
  steadyMs = 5_000_000;
  jumpMs = 0;
  minutes: number;

  constructor(minutes: number, ...bookings: PlannedBooking[]) {
    this.minutes = minutes;
    this.take({ type: 'reading', planned: bookings });
  }
  get nowMs(): number {
    return TEN + this.minutes * MINUTE + this.jumpMs;
  }
  take(event: AgendaEvent): AgendaStep {
    const done = stepAgenda(this.state, event, { nowMs: this.nowMs, steadyMs: this.steadyMs }, this.rules);
    this.state = done.state;
    this.effects.push(...done.effects);
    return done;
  }
  command(command: AgendaCommand) {
    return this.take({ type: 'command', command }).refusal;
  }
  /** minute by minute, as the timer would */
  until(minutes: number): this {
    while (this.minutes < minutes) {
      const passed = Math.min(1, minutes - this.minutes);
      this.minutes += passed;
      this.steadyMs += passed * MINUTE;
      this.take({ type: 'time' });
    }
    return this;
  }
  get view(): { bookings: Booking[]; moreCount: number } {
    return bookingsInView(this.state, { nowMs: this.nowMs, zone, fleetOrigin: FLEET, rules: this.rules });
  }
  of(name: string): Booking | undefined {
    return this.view.bookings.find((booking) => booking.bookingId === id(name));
  }
  get told(): string[] {
    return this.effects.flatMap((effect) => {
      if (effect.type !== 'tell') return [];
      const { event } = effect;
      const detail = 'by' in event ? ` ${event.by}` : 'because' in event ? ` ${event.because}` : '';
      return [`${event.name}${detail}`];
    });
  }
  get written(): unknown[] {
    return this.effects.flatMap((effect) => (effect.type === 'write' ? [effect.write] : []));
  }
}

describe('a day', () => {
  test.each<[number, string, number | null]>([
    [-30, 'upcoming', null],
    [-11, 'upcoming', null],
    [-10, 'check-in-open', 10],
    [0, 'check-in-open', 10],
    [9, 'check-in-open', 10],
    [10, 'released', null],
    [29, 'released', null],
  ])('at %i minutes nobody has come: %s', (minutes, state, until) => {
    const room = new Room(-40, planned('a', 0, 30)).until(minutes);
    expect(room.of('a')).toMatchObject({
      state,
      checkInUntilMs: until === null ? null : TEN + until * MINUTE,
      releasedBecause: state === 'released' ? 'no-show' : null,
    });
  });
  it('is shown until its end', () => {
    expect(new Room(-5, planned('a', 0, 30)).until(30).of('a')).toBeUndefined();
  });

  test.each<[string, AgendaEvent]>([
    ['tap', { type: 'command', command: { name: 'check-in', bookingId: id('a') } }],
    ['presence', { type: 'presence' }],
    ['call', { type: 'call', call: { bookingId: id('a') } }],
  ])('checked in by %s before its start', (by, event) => {
    const room = new Room(-8, planned('a', 0, 30));
    room.take(event);
    expect(room.of('a')?.state).toBe('in-use');
    room.take({ type: 'call', call: null });
    room.until(25);
    expect(room.of('a')?.state).toBe('in-use');
    expect(room.told).toEqual([`booking-checked-in ${by}`]);
  });

  it('any call during it checks in, one that ended before its start does not', () => {
    const room = new Room(-8, planned('a', 0, 30));
    room.take({ type: 'call', call: { bookingId: null } });
    room.until(-1).take({ type: 'call', call: null });
    expect(room.until(1).of('a')?.state).toBe('check-in-open');
    room.take({ type: 'call', call: { bookingId: null } });
    expect(room.told).toEqual(['booking-checked-in call']);
  });

  it('a call that began before and goes on checks in at the start', () => {
    const room = new Room(-8, planned('a', 0, 30));
    room.take({ type: 'call', call: { bookingId: null } });
    expect(room.until(0).of('a')?.state).toBe('in-use');
  });

  it('voices check in from the start on, not before: those are the ones before', () => {
    const room = new Room(-8, planned('a', 0, 30));
    room.take({ type: 'sound-heard' });
    expect(room.until(1).of('a')?.state).toBe('check-in-open');
    room.take({ type: 'sound-heard' });
    expect(room.told).toEqual(['booking-checked-in sound']);
  });

  it('who is there belongs to what runs, not to what comes next', () => {
    const room = new Room(-30, planned('a', -30, 0), planned('b', 0, 30)).until(-25);
    room.take({ type: 'presence' });
    room.until(-5).take({ type: 'presence' });
    expect([room.of('a')?.state, room.of('b')?.state]).toEqual(['in-use', 'check-in-open']);
    room.until(1).take({ type: 'presence' });
    expect(room.of('b')?.state).toBe('in-use');
  });

  it('a whole day is never a no-show, and does not stand in the way', () => {
    const room = new Room(-60, planned('day', -600, 840, { isAllDay: true }), planned('a', 0, 30));
    room.until(-5);
    expect(room.of('day')).toMatchObject({ state: 'check-in-open', checkInUntilMs: null });
    room.take({ type: 'presence' });
    expect([room.of('day')?.state, room.of('a')?.state]).toEqual(['check-in-open', 'in-use']);
    expect(room.command({ name: 'extend-booking', bookingId: id('a'), minutes: 30 })).toBeNull();
  });

  it('without the rule nobody has to check in', () => {
    const room = new Room(-40, planned('a', 0, 30));
    room.rules = { noShowRelease: false, soundPresence: true };
    expect(room.until(-5).of('a')?.checkInUntilMs).toBeNull();
    expect(room.until(25).of('a')).toMatchObject({ state: 'check-in-open', checkInUntilMs: null });
    expect(room.effects.filter((effect) => effect.type === 'listen')).toEqual([]);
  });
});

describe('a no-show', () => {
  it('is waited for from when the room could first see the booking', () => {
    const room = new Room(20, planned('a', 0, 60));
    expect(room.of('a')).toMatchObject({ state: 'check-in-open', checkInUntilMs: TEN + 30 * MINUTE });
    expect(room.until(29).of('a')?.state).toBe('check-in-open');
    expect(room.until(30).of('a')?.state).toBe('released');
  });

  it('is nobody when the clock jumps ahead: ten minutes have to pass', () => {
    const room = new Room(-1, planned('a', 0, 60));
    room.jumpMs = 15 * MINUTE;
    room.take({ type: 'time' });
    expect(room.of('a')).toMatchObject({ state: 'check-in-open', checkInUntilMs: TEN + 24 * MINUTE });
    expect(room.until(8).of('a')?.state).toBe('check-in-open');
    expect(room.until(9).of('a')?.state).toBe('released');
  });

  it('is nobody when the clock jumps back either', () => {
    const room = new Room(0, planned('a', 0, 60)).until(8);
    room.jumpMs = -5 * MINUTE;
    expect(room.until(12).of('a')?.state).toBe('check-in-open');
    expect(room.until(15).of('a')?.state).toBe('released');
  });

  it('is not told while the room is in a call, whosever it is; after it the wait begins anew', () => {
    const room = new Room(-30, planned('a', -30, 0), planned('b', 0, 60));
    room.take({ type: 'call', call: { bookingId: id('a') } });
    room.until(20);
    expect(room.of('b')?.state).toBe('check-in-open');
    expect(room.told).toEqual(['booking-checked-in call']);
    // the one that is over is shown for as long as its call runs
    expect(room.of('a')?.state).toBe('over');
    room.take({ type: 'call', call: null });
    expect(room.of('a')).toBeUndefined();
    expect(room.of('b')?.checkInUntilMs).toBe(TEN + 30 * MINUTE);
    expect(room.until(29).of('b')?.state).toBe('check-in-open');
    expect(room.until(30).of('b')?.state).toBe('released');
  });

  it('is taken back by a tap, and by a call that is started for it', () => {
    for (const event of [
      { type: 'command', command: { name: 'restore-booking', bookingId: id('a') } },
      { type: 'call', call: { bookingId: id('a') } },
    ] satisfies AgendaEvent[]) {
      const room = new Room(-5, planned('a', 0, 60)).until(15);
      expect(room.of('a')?.state).toBe('released');
      room.take(event);
      expect(room.of('a')).toMatchObject({ state: 'in-use', releasedBecause: null, endMs: TEN + 60 * MINUTE });
      expect(room.told.slice(0, 2)).toEqual(['booking-released no-show', 'booking-restored']);
      room.take({ type: 'call', call: null });
      expect(room.until(50).of('a')?.state).toBe('in-use');
    }
  });

  it('stays one when somebody else is in the room, and cannot be taken back after its end', () => {
    const room = new Room(-5, planned('a', 0, 60)).until(15);
    room.take({ type: 'presence' });
    room.take({ type: 'sound-heard' });
    room.take({ type: 'call', call: { bookingId: null } });
    expect(room.of('a')?.state).toBe('released');
    room.until(60);
    expect(room.command({ name: 'restore-booking', bookingId: id('a') })).toBe('not-possible-now');
  });

  it('cannot be taken back once another has the room', () => {
    const room = new Room(-5, planned('a', 0, 60)).until(15);
    room.take({ type: 'reading', planned: [planned('a', 0, 60), planned('b', 15, 45)] });
    expect(room.command({ name: 'restore-booking', bookingId: id('a') })).toBe('booking-conflict');
    // what overlapped from the first is no surprise
    const twice = new Room(-5, planned('a', 0, 60), planned('c', 30, 60)).until(15);
    expect(twice.command({ name: 'restore-booking', bookingId: id('a') })).toBeNull();
    // what was moved into it since is
    const moved = new Room(-5, planned('a', 0, 60), planned('c', 60, 90)).until(15);
    moved.take({ type: 'reading', planned: [planned('a', 0, 60), planned('c', 30, 60)] });
    expect(moved.command({ name: 'restore-booking', bookingId: id('a') })).toBe('booking-conflict');
  });

  it('is undone by whoever plans it anew', () => {
    const room = new Room(-5, planned('a', 0, 60)).until(15);
    room.take({ type: 'reading', planned: [planned('a', 120, 180)] });
    expect(room.of('a')).toMatchObject({ state: 'upcoming', releasedBecause: null });
    expect(room.told.at(-1)).toBe('booking-restored');
    const longer = new Room(-5, planned('a', 0, 60)).until(15);
    longer.take({ type: 'reading', planned: [planned('a', 0, 90)] });
    expect(longer.of('a')).toMatchObject({ state: 'check-in-open', endMs: TEN + 90 * MINUTE });
  });
});

describe('commands', () => {
  const bookingId = id('a');
  test.each<[string, number, AgendaCommand, string | null]>([
    ['check-in too early', -20, { name: 'check-in', bookingId }, 'not-possible-now'],
    ['check-in', -10, { name: 'check-in', bookingId }, null],
    ['check-in after the release', 15, { name: 'check-in', bookingId }, 'not-possible-now'],
    ['check-in after the end', 60, { name: 'check-in', bookingId }, 'not-possible-now'],
    ['check-in to nothing', 0, { name: 'check-in', bookingId: id('x') }, 'booking-unknown'],
    ['extend too early', -20, { name: 'extend-booking', bookingId, minutes: 15 }, 'not-possible-now'],
    ['extend what is released', 15, { name: 'extend-booking', bookingId, minutes: 15 }, 'not-possible-now'],
    ['give back early', -300, { name: 'end-booking', bookingId }, null],
    ['give back twice', 15, { name: 'end-booking', bookingId }, null],
    ['give back after the end', 60, { name: 'end-booking', bookingId }, 'not-possible-now'],
    ['restore what is not released', -20, { name: 'restore-booking', bookingId }, 'not-possible-now'],
    ['restore twice', 5, { name: 'restore-booking', bookingId }, null],
  ])('%s', (_what, minutes, command, refusal) => {
    expect(new Room(-300, planned('a', 0, 60)).until(minutes).command(command)).toBe(refusal);
  });

  it('extend: until the next one begins, and not a minute longer', () => {
    const room = new Room(-5, planned('a', 0, 30), planned('b', 45, 60)).until(5);
    expect(room.command({ name: 'extend-booking', bookingId, minutes: 16 })).toBe('booking-conflict');
    expect(room.of('a')?.endMs).toBe(TEN + 30 * MINUTE);
    expect(room.command({ name: 'extend-booking', bookingId, minutes: 15 })).toBeNull();
    expect(room.of('a')).toMatchObject({ endMs: TEN + 45 * MINUTE, state: 'in-use' });
    expect(room.command({ name: 'extend-booking', bookingId, minutes: 5 })).toBe('booking-conflict');
    expect(room.told).toEqual(['booking-moved', 'booking-checked-in tap']);
  });

  it('extend over one that was given back is fine, and yields to one that is booked since', () => {
    const room = new Room(-5, planned('a', 0, 30), planned('b', 30, 60)).until(5);
    room.command({ name: 'end-booking', bookingId: id('b') });
    expect(room.command({ name: 'extend-booking', bookingId, minutes: 30 })).toBeNull();
    room.take({ type: 'reading', planned: [planned('a', 0, 30), planned('b', 30, 60), planned('c', 40, 60)] });
    expect(room.of('a')?.endMs).toBe(TEN + 40 * MINUTE);
  });

  it('an end that somebody changes in the calendar afterwards holds', () => {
    const room = new Room(-5, planned('a', 0, 30)).until(5);
    room.command({ name: 'extend-booking', bookingId, minutes: 30 });
    room.take({ type: 'reading', planned: [planned('a', 0, 30)] });
    expect(room.of('a')?.endMs).toBe(TEN + 60 * MINUTE);
    room.take({ type: 'reading', planned: [planned('a', 0, 20)] });
    expect(room.of('a')?.endMs).toBe(TEN + 20 * MINUTE);
  });

  it('a room in a call is given back by nobody', () => {
    const room = new Room(-5, planned('a', 0, 30)).until(5);
    room.take({ type: 'call', call: { bookingId } });
    expect(room.command({ name: 'end-booking', bookingId })).toBe('not-possible-now');
    room.take({ type: 'call', call: null });
    expect(room.command({ name: 'end-booking', bookingId })).toBeNull();
    expect(room.of('a')).toMatchObject({ state: 'released', releasedBecause: 'given-back' });
  });
});

describe('what is written to a calendar that lets us', () => {
  const place = 'https://calendar.example.com/a.ics';
  it('used: it ends now, and ends then again when it is taken back', () => {
    const room = new Room(-5, planned('a', 0, 60, { place })).until(5);
    room.take({ type: 'presence' });
    room.until(20.5).command({ name: 'end-booking', bookingId: id('a') });
    room.take({ type: 'reading', planned: [planned('a', 0, 20, { place })] });
    expect(room.of('a')).toMatchObject({ state: 'released', endMs: TEN + 60 * MINUTE });
    room.until(25).command({ name: 'restore-booking', bookingId: id('a') });
    // at once, though the calendar does not have it yet
    expect(room.of('a')).toMatchObject({ state: 'in-use', endMs: TEN + 60 * MINUTE });
    expect(room.written).toEqual([
      { name: 'move-end', endMs: TEN + 20 * MINUTE },
      { name: 'move-end', endMs: TEN + 60 * MINUTE },
    ]);
    room.take({ type: 'reading', planned: [planned('a', 0, 60, { place })] });
    expect(room.of('a')).toMatchObject({ state: 'in-use', endMs: TEN + 60 * MINUTE });
  });

  it('not used: given back whole, and shown as such though the calendar says that it is cancelled', () => {
    const room = new Room(-5, planned('a', 0, 60, { place })).until(12);
    const gone = planned('a', 0, 60, { place, isGone: true });
    room.take({ type: 'reading', planned: [gone] });
    expect(room.of('a')).toMatchObject({ state: 'released', releasedBecause: 'no-show' });
    room.command({ name: 'restore-booking', bookingId: id('a') });
    room.take({ type: 'reading', planned: [gone] });
    expect(room.of('a')?.state).toBe('in-use');
    room.take({ type: 'taken-back', bookingId: id('a') });
    room.take({ type: 'reading', planned: [planned('a', 0, 60, { place })] });
    expect(room.of('a')?.state).toBe('in-use');
    expect(room.written).toEqual([{ name: 'give-back' }, { name: 'take-back' }]);
    // cancelled by its organizer now: gone
    room.take({ type: 'reading', planned: [gone] });
    expect(room.of('a')).toBeUndefined();
  });

  it('nothing where the calendar is read-only', () => {
    const room = new Room(-5, planned('a', 0, 60)).until(5);
    room.command({ name: 'extend-booking', bookingId: id('a'), minutes: 30 });
    room.command({ name: 'end-booking', bookingId: id('a') });
    room.command({ name: 'restore-booking', bookingId: id('a') });
    expect(room.written).toEqual([]);
    expect(room.of('a')).toMatchObject({ endMs: TEN + 90 * MINUTE });
  });

  it('what others cancelled is not shown', () => {
    expect(new Room(-5, planned('a', 0, 60, { isGone: true })).view.bookings).toEqual([]);
  });
});

describe('what is asked of the room', () => {
  const listens = (room: Room): number[] =>
    room.effects.flatMap((effect) => (effect.type === 'listen' ? [effect.forMs] : []));

  it('listens minute by minute while somebody is awaited, no longer', () => {
    const room = new Room(-8, planned('a', 0, 60)).until(3);
    expect(listens(room)).toEqual([60_000, 60_000, 60_000, 60_000]);
    room.take({ type: 'sound-heard' });
    room.until(20);
    expect(listens(room).slice(4)).toEqual([0]);
  });
  it('does not listen where that is switched off', () => {
    const room = new Room(-8, planned('a', 0, 60));
    room.rules = { noShowRelease: true, soundPresence: false };
    expect(listens(room.until(8))).toEqual([]);
  });
  it('tests itself ten minutes before each booking, once', () => {
    const tests = (room: Room): number => room.effects.filter((effect) => effect.type === 'self-test').length;
    const room = new Room(-60, planned('a', 0, 30), planned('b', 30, 60));
    expect(tests(room.until(-11))).toBe(0);
    expect(tests(room.until(-10))).toBe(1);
    expect(tests(room.until(19))).toBe(1);
    expect(tests(room.until(20))).toBe(2);
    expect(tests(room.until(60))).toBe(2);
    // one that is known only now is tested until it begins
    expect(tests(new Room(-1, planned('a', 0, 30)))).toBe(1);
    expect(tests(new Room(0, planned('a', 0, 30)))).toBe(0);
  });
  it('says when something is due next', () => {
    const room = new Room(-60, planned('a', 0, 30));
    const due = (): number => nextDueMs(room.state, { nowMs: room.nowMs, steadyMs: room.steadyMs })! / MINUTE;
    expect(due()).toBe(50);
    expect(room.until(-10) && due()).toBe(10);
    room.rules.soundPresence = false;
    expect(room.until(3) && due()).toBe(7);
    expect(room.until(10) && due()).toBe(20);
  });
});

describe('what is shown', () => {
  it('of a booking of which nothing is remembered: nobody has come, and nothing was given back', () => {
    const [booking] = bookingsOf(new Room(-40, planned('a', 0, 30)).state);
    expect([booking!.checkedIn, booking!.released]).toEqual([false, null]);
  });
  it('today by the zone of the room, and what opens before midnight', () => {
    const toMidnight = (24 - 10) * 60;
    const room = new Room(0, planned('today', 60, 90), planned('tomorrow', toMidnight + 5, toMidnight + 60));
    expect(room.view.bookings.map((booking) => booking.title)).toEqual(['today']);
    expect(room.until(toMidnight - 5).view.bookings.map((booking) => booking.title)).toEqual(['tomorrow']);
  });

  it('which link it has, and the invite to nobody but the agent', () => {
    const invite = 'aaa.bbb.ccc';
    const room = new Room(
      0,
      planned('ours', 60, 90, { links: [`${FLEET}/join#${invite}`] }),
      planned('theirs', 100, 110, { links: ['https://example.zoom.us/j/1'] }),
      planned('none', 120, 130),
    );
    expect(room.view.bookings.map((booking) => booking.link)).toEqual(['ours', 'foreign', 'none']);
    expect(JSON.stringify(room.view)).not.toContain(invite);
    const view = { nowMs: room.nowMs, fleetOrigin: FLEET };
    expect(startableIn(room.state, id('ours'), view)).toEqual({ title: 'ours', invite });
    expect(startableIn(room.state, id('none'), view)).toEqual({ title: 'none', invite: null });
    expect(startableIn(room.state, id('unknown'), view)).toBeNull();
    expect(startableIn(room.state, id('ours'), { ...view, nowMs: TEN + 90 * MINUTE })).toBeNull();
  });

  it.each(['회의실 예약 '.repeat(60), '👨‍👩‍👧‍👦'.repeat(60), '"\\'.repeat(150), 'x'.repeat(300)])(
    'fits with thirty bookings named %.12s',
    (long) => {
      const many = Array.from({ length: 30 }, (_, i) =>
        planned(`b${i}`, i * 10, i * 10 + 10, { title: long, organizer: long, links: ['https://zoom.us/j/1'] }),
      );
      const { bookings, moreCount } = new Room(-60, ...many).view;
      const agenda: RoomAgenda = {
        protocol: PROTOCOL_VERSION,
        roomId: '01a20efc-090d-75f0-801d-f262f6422b43',
        epoch: 2 ** 40,
        revision: 2 ** 40,
        asOfMs: TEN,
        timeZone: 'America/Argentina/ComodRivadavia',
        calendar: { state: 'stale', code: 'calendar-unreachable', freshAsOfMs: TEN, unreadCount: 0 },
        bookings,
        moreCount,
      };
      expect(Buffer.byteLength(JSON.stringify(agenda))).toBeLessThanOrEqual(projections.agenda.maxBytes);
      expect(RoomAgenda.parse(agenda)).toEqual(agenda);
      expect(bookings.length + moreCount).toBe(30);
      expect(bookings).toHaveLength(BOOKINGS_IN_AGENDA);
    },
  );
});

describe('whatever happens', () => {
  const names = ['a', 'b', 'c', 'd'];
  const place = 'https://calendar.example.com/x.ics';
  const booking = fc
    .record({
      start: fc.integer({ min: -20, max: 60 }),
      length: fc.integer({ min: 1, max: 60 }),
      writable: fc.boolean(),
      isAllDay: fc.boolean(),
      isGone: fc.boolean(),
    })
    .map((each) => each);
  const bookings = fc.array(booking, { minLength: 1, maxLength: 4 }).map((each) =>
    each.map(({ start, length, writable, isAllDay, isGone }, i) =>
      planned(names[i]!, start, start + length, {
        place: writable ? place : null,
        isAllDay,
        isGone: isGone && i === 3,
      }),
    ),
  );
  const bookingId = fc.constantFrom(...names.map(id));
  const command: fc.Arbitrary<AgendaCommand> = fc.oneof(
    fc.record({
      name: fc.constantFrom('check-in' as const, 'restore-booking' as const, 'end-booking' as const),
      bookingId,
    }),
    fc.record({ name: fc.constant('extend-booking' as const), bookingId, minutes: fc.integer({ min: 5, max: 60 }) }),
  );
  type Happening = { wait: number } | { jump: number } | { event: AgendaEvent };
  const happening: fc.Arbitrary<Happening> = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 15 }).map((wait) => ({ wait })) },
    { weight: 1, arbitrary: fc.integer({ min: -90, max: 90 }).map((jump) => ({ jump })) },
    { weight: 2, arbitrary: command.map((each) => ({ event: { type: 'command' as const, command: each } })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ event: { type: 'presence' as const } }, { event: { type: 'sound-heard' as const } }),
    },
    {
      weight: 2,
      arbitrary: fc
        .oneof(fc.constant(null), fc.record({ bookingId: fc.option(bookingId) }))
        .map((call) => ({ event: { type: 'call' as const, call } })),
    },
    { weight: 1, arbitrary: bookings.map((each) => ({ event: { type: 'reading' as const, planned: each } })) },
  );

  /** Runs it, and calls `check` after each single step of the rules. */
  function run(
    first: PlannedBooking[],
    happenings: Happening[],
    check: (room: Room, effects: AgendaEffect[]) => void,
  ): Room {
    const room = new Room(-30, ...first);
    const one = (event: AgendaEvent): void => check(room, room.take(event).effects);
    one({ type: 'time' });
    for (const each of happenings) {
      if ('jump' in each) {
        room.jumpMs += each.jump * MINUTE;
        one({ type: 'time' });
      } else if ('event' in each) one(each.event);
      else
        for (let i = 0; i < each.wait; i += 1) {
          room.minutes += 1;
          room.steadyMs += MINUTE;
          one({ type: 'time' });
        }
    }
    return room;
  }

  it('nobody is released in a call, nor before ten minutes were really waited through', () => {
    fc.assert(
      fc.property(bookings, fc.array(happening, { maxLength: 40 }), (first, happenings) => {
        /** the last steady moment at which a booking could not be waited for */
        const busyAt = new Map<string, number>();
        run(first, happenings, (room, effects) => {
          for (const effect of effects) {
            if (effect.type !== 'tell' || effect.event.name !== 'booking-released') continue;
            expect(room.state.call).toBeNull();
            if (effect.event.because === 'given-back') continue;
            const waitedMs = room.steadyMs - (busyAt.get(effect.event.bookingId) ?? -Infinity);
            expect(waitedMs).toBeGreaterThanOrEqual(10 * MINUTE);
            expect(room.nowMs).toBeGreaterThanOrEqual(
              room.of(names[names.map(id).indexOf(effect.event.bookingId)]!)!.startMs + 10 * MINUTE,
            );
          }
          // told apart from the rules' own book-keeping: by what is shown
          for (const name of names) {
            const shown = room.of(name);
            const isWaiting =
              shown?.state === 'check-in-open' && room.nowMs >= shown.startMs && room.state.call === null;
            // busy until now: the wait can begin with this very moment
            if (!isWaiting) busyAt.set(id(name), room.steadyMs);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('what is shown obeys the contract, and the same is shown after a restart', () => {
    fc.assert(
      fc.property(bookings, fc.array(happening, { maxLength: 40 }), (first, happenings) => {
        run(first, happenings, (room) => {
          for (const each of room.view.bookings) {
            if (each.state !== 'over') expect(each.releasedBecause !== null).toBe(each.state === 'released');
            if (each.checkInUntilMs !== null) expect(each.state).toBe('check-in-open');
            if (each.state === 'upcoming') expect(each.startMs).toBeGreaterThan(room.nowMs + 10 * MINUTE);
            if (each.state === 'over') expect(room.state.call?.bookingId).toBe(each.bookingId);
          }
          const remembered = RememberedAgenda.parse(
            JSON.parse(JSON.stringify({ bookings: [...room.state.remembered.values()] })),
          );
          const again = new Room(room.minutes);
          again.jumpMs = room.jumpMs;
          again.state = { ...firstState(remembered), call: room.state.call };
          again.take({ type: 'reading', planned: room.state.planned });
          const comparable = (each: Room): unknown[] =>
            each.view.bookings.map((shown) => ({ ...shown, checkInUntilMs: null }));
          expect(comparable(again)).toEqual(comparable(room));
        });
      }),
      { numRuns: 150 },
    );
  });

  it('released and restored take turns, and restoring at once undoes exactly', () => {
    fc.assert(
      fc.property(bookings, fc.array(happening, { maxLength: 30 }), bookingId, (first, happenings, chosen) => {
        const released = new Set<string>();
        const room = run(first, happenings, (_room, effects) => {
          for (const effect of effects) {
            if (effect.type !== 'tell') continue;
            const { name, bookingId: of } = effect.event;
            if (name === 'booking-released') {
              expect(released.has(of)).toBe(false);
              released.add(of);
            }
            if (name === 'booking-restored') expect(released.delete(of)).toBe(true);
          }
        });
        room.take({ type: 'call', call: null });
        const before = room.view.bookings.find((each) => each.bookingId === chosen);
        if (!before || before.state === 'released') return;
        expect(room.command({ name: 'end-booking', bookingId: chosen })).toBeNull();
        expect(room.view.bookings.find((each) => each.bookingId === chosen)?.state).toBe('released');
        const refusal = room.command({ name: 'restore-booking', bookingId: chosen });
        if (refusal === 'booking-conflict') return;
        expect(refusal).toBeNull();
        const state = before.state === 'upcoming' ? 'upcoming' : 'in-use';
        expect(room.view.bookings.find((each) => each.bookingId === chosen)).toEqual({
          ...before,
          state,
          checkInUntilMs: null,
        });
      }),
      { numRuns: 300 },
    );
  });
});
