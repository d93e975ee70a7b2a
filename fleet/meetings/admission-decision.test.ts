/** Every combination of state, asker and policy against a table that is read from top to bottom; and what must hold whatever the table says. */
import { expect, test } from 'vitest';
import { Admission } from '#contract/meeting-policy.ts';
import {
  type Asker,
  decideAdmission,
  type Decision,
  type MeetingFacts,
  type PersonFacts,
} from './admission-decision.ts';

const ASKERS = {
  host: { kind: 'account', role: 'host' },
  'co-host': { kind: 'account', role: 'co-host' },
  presenter: { kind: 'account', role: 'presenter' },
  member: { kind: 'account', role: 'member' },
  colleague: { kind: 'account', role: null },
  named: { kind: 'guest', isNamed: true },
  link: { kind: 'guest', isNamed: false },
  'own room': { kind: 'room', isOfMeeting: true },
  'invited room': { kind: 'room', isOfMeeting: false },
} as const satisfies Record<string, Asker>;
type Who = keyof typeof ASKERS;
const YES_NO = [false, true];

type Case = Omit<MeetingFacts, 'policy'> & MeetingFacts['policy'] & Omit<PersonFacts, 'asker'> & { who: Who };
function* cases(): Generator<Case> {
  for (const who of Object.keys(ASKERS) as Who[])
    for (const admission of Admission.options)
      for (let bits = 0; bits < 2 ** 9; bits += 1) {
        const bit = (n: number): boolean => YES_NO[(bits >> n) & 1]!;
        yield {
          who,
          admission,
          joinBeforeHost: bit(0),
          guestsAllowed: bit(1),
          isOver: bit(2),
          isLocked: bit(3),
          isHostThere: bit(4),
          wasRemoved: bit(5),
          isLetIn: bit(6),
          isReturning: bit(7),
          isInviteClosed: bit(8),
        };
      }
}
function decided({ who, admission, joinBeforeHost, guestsAllowed, ...facts }: Case): string {
  const policy = { admission, joinBeforeHost, guestsAllowed };
  return shown(decideAdmission({ policy, ...facts }, { asker: ASKERS[who], ...facts }));
}
const shown = (decision: Decision): string =>
  decision.kind === 'enter' ? 'enter' : decision.kind === 'wait' ? decision.state : decision.code;

const HOSTS: Who[] = ['host', 'own room'];
const KNOWN: Who[] = ['presenter', 'member', 'named', 'invited room'];
const GUESTS: Who[] = ['named', 'link'];
/** The first row that fits counts. */
const TABLE: [fits: Partial<{ [K in keyof Case]: Case[K] | readonly Case[K][] }>, result: string][] = [
  [{ isOver: true }, 'call-ended'],
  [{ who: HOSTS }, 'enter'],
  [{ wasRemoved: true }, 'removed-from-call'],
  [{ who: 'co-host' }, 'enter'],
  [{ isLetIn: true }, 'enter'],
  [{ isReturning: true }, 'enter'],
  [{ isInviteClosed: true }, 'invite-closed'],
  [{ who: GUESTS, guestsAllowed: false }, 'guests-not-allowed'],
  [{ isLocked: true }, 'locked'],
  [{ admission: 'all-wait', isHostThere: true }, 'waiting'],
  [{ admission: 'all-wait' }, 'no-host'],
  [{ admission: 'links-wait', who: ['colleague', 'link'], isHostThere: true }, 'waiting'],
  [{ admission: 'links-wait', who: ['colleague', 'link'] }, 'no-host'],
  [{ isHostThere: true }, 'enter'],
  [{ joinBeforeHost: false }, 'no-host'],
  [{}, 'enter'],
];
const fits = (one: Case, row: (typeof TABLE)[number][0]): boolean =>
  Object.entries(row).every(([name, wanted]) => [wanted].flat().includes(one[name as keyof Case] as never));

test('each of 13,824 combinations is decided as the table has it', () => {
  let count = 0;
  const unused = new Set(TABLE);
  for (const one of cases()) {
    const row = TABLE.find(([wanted]) => fits(one, wanted))!;
    unused.delete(row);
    expect(decided(one), JSON.stringify(one)).toBe(row[1]);
    count += 1;
  }
  expect(count).toBe(9 * 3 * 2 ** 9);
  expect([...unused]).toEqual([]);
});

test('a host and a room of the meeting are never kept out of one that goes on', () => {
  for (const one of cases()) if (HOSTS.includes(one.who) && !one.isOver) expect(decided(one)).toBe('enter');
});

test('who was removed never comes in, by whatever right; nobody comes into what is over', () => {
  for (const one of cases())
    if ((one.wasRemoved && !HOSTS.includes(one.who)) || one.isOver) expect(decided(one)).not.toBe('enter');
});

test('the arrival of a host lets in nobody who has to ask', () => {
  for (const one of cases()) {
    const asks = one.admission === 'all-wait' || (one.admission === 'links-wait' && !KNOWN.includes(one.who));
    if (one.isHostThere || !asks || decided(one) !== 'no-host') continue;
    expect(decided({ ...one, isHostThere: true }), JSON.stringify(one)).toBe('waiting');
  }
});

test('a stricter policy and a lock let in nobody who was kept out before', () => {
  const order = Admission.options;
  for (const one of cases()) {
    if (decided(one) === 'enter') continue;
    const stricter: Case[] = [
      ...order.slice(order.indexOf(one.admission)).map((admission) => ({ ...one, admission })),
      { ...one, isLocked: true },
      { ...one, guestsAllowed: false },
      { ...one, joinBeforeHost: false },
    ];
    for (const each of stricter) expect(decided(each), JSON.stringify(each)).not.toBe('enter');
  }
});
