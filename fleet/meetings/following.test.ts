import { describe, expect, test } from 'vitest';
import { followingPeople, followingTimes } from './following.ts';
import { peopleChange, type PersonRow, type WantedPerson } from './meeting-draft.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('the time of a later one', () => {
  const weekly = { every: 'week' as const, timeZone: 'Europe/Berlin', durationMinutes: 60 };
  // 10:00 in Berlin, before and after its clocks change
  const [before, after] = [Date.UTC(2027, 2, 22, 9), Date.UTC(2027, 2, 29, 8)];
  const at = (startsAtMs: number, occurrenceAtMs = startsAtMs, hours = 1) => ({
    ...{ startsAtMs, endsAtMs: startsAtMs + hours * HOUR_MS },
    occurrenceAtMs,
  });

  test.each([
    ['an hour later, by the clock', at(before), before + HOUR_MS, at(after), after + HOUR_MS],
    ['a day later', at(before), before + DAY_MS, at(after), after + DAY_MS],
    [
      'as the changed one was, which was moved with it',
      at(before + DAY_MS, before),
      before,
      at(after + DAY_MS, after),
      after,
    ],
    [
      'as planned, where the changed one alone was moved',
      at(before + HOUR_MS, before),
      before + 2 * HOUR_MS,
      at(after),
      after + 2 * HOUR_MS,
    ],
    ['neither, and stays', at(before), before + HOUR_MS, at(after + 3 * HOUR_MS, after), null],
    ['longer, and stays', at(before), before + HOUR_MS, at(after, after, 2), null],
    ['not changed', at(before), before, at(after), null],
  ])('%s', (_, former, wantedMs, later, expected) => {
    const wanted = { startsAtMs: wantedMs, endsAtMs: wantedMs + HOUR_MS };
    expect(followingTimes(former, wanted, later, weekly)?.startsAtMs ?? null).toBe(expected);
  });

  test('one that has lost its time has none again', () => {
    const wanted = { startsAtMs: before + HOUR_MS, endsAtMs: before + 2 * HOUR_MS };
    const untimed = { startsAtMs: null, endsAtMs: null, occurrenceAtMs: after };
    expect(followingTimes(at(before), wanted, untimed, weekly)).toBeNull();
  });

  test('a time that is skipped when clocks change is taken by the offset before, and is still the one of all', () => {
    // on 28 March 2027 two o'clock is skipped in Berlin
    const sunday = Date.UTC(2027, 2, 21, 9);
    const toHalfPastTwo = { startsAtMs: sunday - 7.5 * HOUR_MS, endsAtMs: sunday - 6.5 * HOUR_MS };
    const skipped = followingTimes(at(sunday), toHalfPastTwo, at(Date.UTC(2027, 2, 28, 8)), weekly)!.startsAtMs;
    expect(skipped).toBe(Date.UTC(2027, 2, 28, 1, 30));
    const back = { startsAtMs: sunday, endsAtMs: sunday + HOUR_MS };
    const former = { ...toHalfPastTwo, occurrenceAtMs: sunday };
    const later = at(skipped, Date.UTC(2027, 2, 28, 8));
    expect(followingTimes(former, back, later, weekly)?.startsAtMs).toBe(Date.UTC(2027, 2, 28, 8));
  });
});

describe('the people of a later one', () => {
  const row = (name: string, role: PersonRow['role'] = 'member'): PersonRow => ({
    ...{
      personId: `p-${name}`,
      meetingId: 'm',
      inviteId: null,
      addedAtMs: 1,
      invitedAs: null,
      displayName: name,
      role,
    },
    ...(role === 'guest' ? { accountId: null, email: `${name}@guests.example` } : { accountId: name, email: null }),
  });
  const want = (name: string, role: 'member' | 'co-host' = 'member'): WantedPerson => ({ accountId: name, role });
  const guest = (name: string): WantedPerson => ({ displayName: name, email: `${name}@guests.example` });

  test.each([
    [
      'somebody is added',
      [],
      [want('ana'), guest('gus')],
      [row('eve')],
      [want('ana'), guest('gus'), want('eve')],
      true,
    ],
    ['who is added is there already', [], [want('ana')], [row('ana', 'co-host')], [want('ana', 'co-host')], false],
    ['somebody is removed', [row('ana'), row('gus', 'guest')], [], [row('ana'), row('gus', 'guest')], [], true],
    ['who is removed was not there', [row('ana')], [], [row('eve')], [want('eve')], false],
    ['a role changes', [row('ana')], [want('ana', 'co-host')], [row('ana')], [want('ana', 'co-host')], true],
    [
      'a role was another',
      [row('ana', 'host')],
      [want('ana')],
      [row('ana', 'co-host')],
      [want('ana', 'co-host')],
      false,
    ],
    ['who stays was removed there', [row('ana')], [want('ana')], [row('eve')], [want('eve')], false],
  ] as [string, PersonRow[], WantedPerson[], PersonRow[], WantedPerson[], boolean][])(
    '%s',
    (_, former, wanted, later, wantedPeople, isOther) => {
      expect(followingPeople(peopleChange(wanted, former, 'mina'), later)).toEqual({ wantedPeople, isOther });
    },
  );
});
