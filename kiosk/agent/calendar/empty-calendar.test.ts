/** A calendar server that is not well may answer with an empty calendar: people's meetings are not cancelled for that. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import { Calendar } from './calendar.ts';
import type { Occurrence } from './calendar-source.ts';
import { DayClock } from './calendar-under-test.ts';
import type { BookingsContent } from './invited-bookings.ts';

const plan: Occurrence = {
  ...{ uid: 'one', recurrenceId: '', title: 'Plan', organizer: null, isAllDay: false, isPrivate: false, isGone: false },
  ...{ startMs: Date.parse('2026-03-04T09:00:00Z'), endMs: Date.parse('2026-03-04T10:00:00Z'), links: [], place: null },
};

test('an empty calendar is believed once it has been so for a quarter of an hour; anything else at once', async () => {
  const clock = new DayClock('2026-03-03T08:00:00Z');
  let occurrences: Occurrence[] = [plan, { ...plan, uid: 'two' }];
  const told: BookingsContent[] = [];
  const calendar = new Calendar({
    logger: pino({ level: 'silent' }),
    settings: CalendarAccount.parse({ kind: 'ics', url: 'https://cal.example.com/a.ics', timeZone: 'UTC' }),
    fleetOrigin: () => 'https://maru.example.com',
    memory: { load: () => ({ bookings: [] }), save: () => {} },
    entryMemory: { load: () => ({ entries: [] }) as never, save: () => {} },
    onAgenda: () => {},
    onInvited: (bookings) => told.push(bookings),
    onEntryFault: () => {},
    onEvent: () => {},
    listenForSound: () => {},
    onSelfTestDue: () => {},
    clock,
    source: { writes: null, read: async () => ({ occurrences: [...occurrences], leftOut: 0, unknownZones: 0 }) },
  });
  // readings end in microtasks
  clock.settled = () => new Promise((resolve) => setImmediate(resolve));
  calendar.setMeetings([]);
  calendar.start();
  const shown = (): [count: number, reaches: boolean] => {
    const { bookings, untilMs } = told.at(-1)!;
    return [bookings.length, untilMs > 0];
  };
  await clock.until('2026-03-03T08:03:00Z');
  expect(shown()).toEqual([2, true]);
  occurrences = [plan];
  await clock.until('2026-03-03T08:06:00Z');
  expect(shown()).toEqual([1, true]);
  occurrences = [];
  await clock.until('2026-03-03T08:20:00Z');
  expect(shown()).toEqual([0, false]);
  occurrences = [plan];
  await clock.until('2026-03-03T08:23:00Z');
  expect(shown()).toEqual([1, true]);
  occurrences = [];
  await clock.until('2026-03-03T08:36:00Z');
  expect(shown()).toEqual([0, false]);
  await clock.until('2026-03-03T08:42:00Z');
  expect(shown()).toEqual([0, true]);
  await calendar.stop();
});
