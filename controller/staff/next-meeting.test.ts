/** When the next meeting of a series is, and who comes to it. */
import { expect, test } from 'vitest';
import { nextFormOf, nextStart } from './next-meeting.ts';
import { detailOf, idOf, mina } from './staff-under-test.tsx';

const at = (day: number, hour = 9) => new Date(2027, 2, day, hour, 30).getTime();

test('a week later, or as many days as this one was after the one before', () => {
  expect(nextStart(at(8), null, at(8))).toBe(at(15));
  expect(nextStart(at(8), at(1), at(8))).toBe(at(15));
  expect(nextStart(at(8), at(7), at(8))).toBe(at(9));
  expect(nextStart(at(29), at(1), at(29))).toBe(at(57));
  // it was moved within the day
  expect(nextStart(at(8), at(1, 14), at(8))).toBe(at(15));
  // twice on a day, or years apart
  expect(nextStart(at(8), at(8, 8), at(8))).toBe(at(15));
  expect(nextStart(at(8), at(8) - 3 * 366 * 86_400_000, at(8))).toBe(at(15));
});

test('not before now, nor before what is planned already', () => {
  expect(nextStart(at(1), null, at(16))).toBe(at(22));
  expect(nextStart(at(1), null, at(8))).toBe(at(15));
});

test('has the people, the rooms and the policy, and an empty agenda', () => {
  const people = [
    { personId: idOf(1), displayName: 'Mina Park', accountId: mina.accountId, role: 'co-host' as const },
    { personId: idOf(2), displayName: 'Joon', accountId: idOf(2), role: 'member' as const },
    { personId: idOf(3), displayName: 'Dealer', accountId: null, role: 'guest' as const },
  ].map((person) => ({ ...person, email: null, inviteId: null, mail: null }));
  const meeting = detailOf(1, {
    ...{ people, hostAccountId: idOf(9), hostName: 'Sora Lee', startsAtMs: at(8), endsAtMs: at(8, 10) },
    ...{ rooms: [{ roomId: idOf(201), roomName: 'Maple' }], agenda: 'Prices' },
  });
  const of = { accountId: mina.accountId, previousAtMs: null, nextAtMs: null, nowMs: at(9) };
  const form = nextFormOf(meeting, of);
  expect(form).toMatchObject({ title: 'Meeting 1', date: '2027-03-15', time: '09:30', minutes: '60', agenda: '' });
  expect(form).toMatchObject({ roomIds: [idOf(201)], admission: 'links-wait', hasTime: true });
  // whoever plans it is its host, and the former host is still one
  expect(form.people).toEqual([
    { kind: 'account', accountId: idOf(9), displayName: 'Sora Lee', role: 'host' },
    { kind: 'account', accountId: idOf(2), displayName: 'Joon', role: 'member' },
    { kind: 'guest', displayName: 'Dealer', email: null },
  ]);
  const own = nextFormOf({ ...meeting, hostAccountId: mina.accountId, startsAtMs: null, endsAtMs: null }, of);
  expect(own.people.map(({ displayName }) => displayName)).toEqual(['Joon', 'Dealer']);
  expect(own.hasTime).toBe(false);
  expect(nextFormOf(meeting, { ...of, nextAtMs: at(15) }).date).toBe('2027-03-22');
  expect(nextFormOf(meeting, { ...of, nowMs: at(30) }).date).toBe('2027-04-05');
});
