import { expect, test } from 'vitest';
import type { WaitingList } from '#contract/waiting.ts';
import { waitingOnTv } from './waiting-on-tv.ts';

const id = '0193a0b0-0000-7000-8000-000000000001';
const mina = { ticketId: id, displayName: 'Mina', organisation: null, isKnown: false, sinceMs: 1 };
const list = (count: number, waiting: WaitingList['waiting']): WaitingList => ({ meetingId: id, count, waiting });

test('the TV names who came first, and counts all', () => {
  expect(waitingOnTv(list(3, [mina, { ...mina, displayName: 'Joon' }]), true)).toEqual({
    displayName: 'Mina',
    count: 3,
  });
});

test('it names nobody where nobody waits, before the fleet has reported, and while the fleet is gone', () => {
  expect(waitingOnTv(list(0, []), true)).toBeNull();
  expect(waitingOnTv(null, true)).toBeNull();
  expect(waitingOnTv(list(1, [mina]), false)).toBeNull();
});
