/** The calendar part of meetings that repeat, read by ical.js and by Python's vobject and dateutil. */
import { execFileSync } from 'node:child_process';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { calendarOf, type RepeatedCalendarFacts, repeatedCalendarOf } from './calendar-part.ts';

const HOUR_MS = 3_600_000;
const party = { name: 'Mina', address: 'mina@corp.example' };
const facts = (changes: Partial<RepeatedCalendarFacts> = {}): RepeatedCalendarFacts => {
  const plannedMs = changes.plannedMs ?? [];
  return {
    ...{ uid: 'r', sequence: 0, title: 'Weekly', location: '', organizer: party, attendee: party, every: 'week' },
    ...{ timeZone: 'Europe/Berlin', durationMinutes: 60, description: 'a\nb' },
    occurrences: plannedMs.map((atMs) => ({ plannedMs: atMs, startsAtMs: atMs, endsAtMs: atMs + HOUR_MS })),
    ...changes,
    plannedMs,
  };
};

const READ = `
import json, sys, vobject
calendar = vobject.readOne(sys.stdin.read())
events = calendar.vevent_list
master = ([e for e in events if 'recurrence-id' not in e.contents] + events)[0]
print(json.dumps(dict(method=calendar.method.value,
    rule=[int(d.timestamp() * 1000) for d in master.getrruleset(addRDate=False)] if 'rrule' in master.contents else [],
    others=[[int(e.contents['recurrence-id'][0].value.timestamp() * 1000), int(e.dtstart.value.timestamp() * 1000)]
        for e in events if 'recurrence-id' in e.contents])))
`;
const readByPython = (text: string): { method: string; rule: number[]; others: [number, number][] } =>
  JSON.parse(execFileSync('/usr/bin/python3', ['-c', READ], { input: text, encoding: 'utf8' }));

function readByIcal(text: string): number[] {
  const calendar = ICAL.Component.fromString(text);
  const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone')!);
  const found: number[] = [];
  const steps = new ICAL.Event(calendar.getFirstSubcomponent('vevent')!).iterator();
  for (let next = steps.next(); next; next = steps.next()) {
    next.zone = zone;
    found.push(next.toUnixTime() * 1000);
  }
  return found;
}

describe('meetings that repeat are one entry', () => {
  test('at the same hour over a change of the clocks', () => {
    // 10:00 in Berlin, before and after 28 March 2027
    const plannedMs = [Date.UTC(2027, 2, 15, 9), Date.UTC(2027, 2, 22, 9), Date.UTC(2027, 2, 29, 8)];
    const text = repeatedCalendarOf(facts({ plannedMs }));
    expect(readByPython(text)).toEqual({ method: 'REQUEST', rule: plannedMs, others: [] });
    expect(readByIcal(text)).toEqual(plannedMs);
  });

  test('on weekdays, in a zone that never changes', () => {
    const plannedMs = [4, 7, 8].map((day) => Date.UTC(2026, 11, day, 1));
    const text = repeatedCalendarOf(facts({ plannedMs, every: 'weekday', timeZone: 'Asia/Seoul' }));
    expect(readByPython(text).rule).toEqual(plannedMs);
    expect(readByIcal(text)).toEqual(plannedMs);
  });

  test('on the 31st', () => {
    const plannedMs = [0, 2, 4].map((month) => Date.UTC(2027, month, 31, 1));
    const text = repeatedCalendarOf(facts({ plannedMs, every: 'month', timeZone: 'Asia/Seoul' }));
    expect(readByPython(text).rule).toEqual(plannedMs);
  });

  test('one that is left out, and one that was moved', () => {
    const plannedMs = [1, 8, 15].map((day) => Date.UTC(2026, 11, day, 1));
    const [first, , last] = plannedMs as [number, number, number];
    const occurrences = [
      { plannedMs: first, startsAtMs: first, endsAtMs: first + HOUR_MS },
      { plannedMs: last, startsAtMs: last + HOUR_MS, endsAtMs: last + 2 * HOUR_MS },
    ];
    const read = readByPython(repeatedCalendarOf(facts({ plannedMs, occurrences, timeZone: 'Asia/Seoul' })));
    expect(read.rule).toEqual([first, last]);
    expect(read.others).toEqual([[last, last + HOUR_MS]]);
  });

  test('one with a title, room and sequence of its own', () => {
    const plannedMs = [1, 8].map((day) => Date.UTC(2026, 11, day, 1));
    const [first, last] = plannedMs as [number, number];
    const occurrences = [
      { plannedMs: first, startsAtMs: first, endsAtMs: first + HOUR_MS },
      { plannedMs: last, startsAtMs: last, endsAtMs: last + HOUR_MS, title: 'Party', location: 'Oak', sequence: 4 },
    ];
    const calendar = ICAL.Component.fromString(repeatedCalendarOf(facts({ plannedMs, occurrences, location: 'Elm' })));
    const read = calendar
      .getAllSubcomponents('vevent')
      .map((event) => ['summary', 'location', 'sequence'].map((name) => event.getFirstPropertyValue(name)));
    expect(read).toEqual([
      ['Weekly', 'Elm', 0],
      ['Party', 'Oak', 4],
    ]);
  });
});

test.each(['REQUEST', 'CANCEL'] as const)('%s of one of them names it by the time that was planned', (method) => {
  const atMs = Date.UTC(2027, 2, 29, 8);
  const one = { method, uid: 'r', sequence: 1, title: 'Weekly', location: '', url: null, organizer: party };
  const times = { startsAtMs: atMs + HOUR_MS, endsAtMs: atMs + 2 * HOUR_MS };
  const text = calendarOf({ ...one, ...times, attendee: party, occurrence: { atMs, timeZone: 'Europe/Berlin' } });
  const [event] = ICAL.Component.fromString(text).getAllSubcomponents('vevent');
  expect(event!.getFirstPropertyValue('uid')).toBe('r');
  expect(readByPython(text)).toMatchObject({ method, others: [[atMs, times.startsAtMs]] });
  // Outlook refuses zones in it
  expect(text.includes('TZID')).toBe(method === 'REQUEST');
});
