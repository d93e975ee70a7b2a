/** What is written into a calendar's object, and back: each of it once, however often it is asked. */
import { describe, expect, it } from 'vitest';
import { type Edit, edited } from './caldav-edit.ts';
import type { Occurrence } from './calendar-source.ts';
import { ianaZone } from './zones.ts';

const START_MS = Date.parse('2026-03-03T01:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const context = { zone: ianaZone('Asia/Seoul')!, roomAddress: 'room@example.com', nowMs: START_MS };
const objectOf = (lines: string): string =>
  `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:one\nDTSTAMP:20260101T000000Z\nDTSTART:20260303T010000Z\nDTEND:20260303T020000Z\n${lines}\nEND:VEVENT\nEND:VCALENDAR\n`.replaceAll(
    '\n',
    '\r\n',
  );
const occurrence = (over: Partial<Occurrence> = {}) =>
  ({ uid: 'one', recurrenceId: '', startMs: START_MS, endMs: START_MS + HOUR_MS, ...over }) as Occurrence;
const edit = (object: string, ...edits: Edit['name'][]): string =>
  edits.reduce((text, name) => edited(text, occurrence(), { name } as Edit, context), object);
const linesOf = (object: string, name: RegExp): string[] =>
  object
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .filter((line) => name.test(line));

describe('a booking that is given back', () => {
  it('as it was before the first time, though that was written twice', () => {
    const object = objectOf('STATUS:CONFIRMED');
    expect(linesOf(edit(object, 'give-back'), /^STATUS/)).toEqual(['STATUS:CANCELLED']);
    expect(linesOf(edit(object, 'give-back', 'give-back'), /^STATUS/)).toEqual(['STATUS:CANCELLED']);
    expect(linesOf(edit(object, 'give-back', 'give-back'), /^X-MARU/)).toEqual(['X-MARU-GIVEN-BACK:STATUS=CONFIRMED']);
    const back = edit(object, 'give-back', 'give-back', 'take-back');
    expect(linesOf(back, /^(STATUS|X-MARU)/)).toEqual(['STATUS:CONFIRMED']);
  });

  it('with nothing of ours left in it where it said nothing of itself', () => {
    expect(linesOf(edit(objectOf('SUMMARY:One'), 'give-back', 'take-back'), /^(STATUS|X-MARU)/)).toEqual([]);
  });

  it('declined by its room, where that is invited, and accepted again as before', () => {
    const object = objectOf('ATTENDEE;PARTSTAT=ACCEPTED:mailto:room@example.com\nATTENDEE:mailto:ana@example.com');
    const given = edit(object, 'give-back', 'give-back');
    expect(linesOf(given, /^(ATTENDEE|STATUS)/)).toEqual([
      'ATTENDEE;PARTSTAT=DECLINED:mailto:room@example.com',
      'ATTENDEE:mailto:ana@example.com',
    ]);
    expect(linesOf(edit(given, 'take-back'), /^(ATTENDEE|X-MARU)/)).toEqual([
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:room@example.com',
      'ATTENDEE:mailto:ana@example.com',
    ]);
  });

  it('of a series by an exception that goes again', () => {
    const second = occurrence({
      recurrenceId: String(START_MS + DAY_MS),
      startMs: START_MS + DAY_MS,
      endMs: START_MS + DAY_MS + HOUR_MS,
    });
    const object = objectOf('RRULE:FREQ=DAILY;COUNT=3');
    const given = edited(object, second, { name: 'give-back' }, context);
    expect(linesOf(given, /^RECURRENCE-ID/)).toEqual(['RECURRENCE-ID:20260304T010000Z']);
    const twice = edited(given, second, { name: 'give-back' }, context);
    const back = edited(twice, second, { name: 'take-back' }, context);
    expect(linesOf(back, /^(RECURRENCE-ID|X-MARU|STATUS)/)).toEqual([]);
  });
});

it('each change is the newest for who keeps a copy', () => {
  const moved = edited(objectOf('SEQUENCE:4'), occurrence(), { name: 'move-end', endMs: START_MS + 60_000 }, context);
  expect(linesOf(moved, /^SEQUENCE/)).toEqual(['SEQUENCE:5']);
  expect(linesOf(moved, /^DTEND/)).toEqual(['DTEND:20260303T010100Z']);
  expect(linesOf(moved, /^LAST-MODIFIED/)).toEqual(['LAST-MODIFIED:20260303T010000Z']);
  expect(() => edited(objectOf(''), occurrence(), { name: 'move-end', endMs: START_MS }, context)).toThrow(
    'it would end before it begins',
  );
});
