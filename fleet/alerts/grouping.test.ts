/** Grouping alone: which alerts are in one message, when it leaves, and what is never sent. */
import { beforeEach, expect, test } from 'vitest';
import type { SignalName } from '#contract/signals.ts';
import { signalOf } from '#contract/signals.ts';
import type { AlertChange, StoredAlert } from './alert-book.ts';
import { GROUP_WINDOW_MS, type GroupingFacts, type KnownMember, type KnownMessage, planMessages } from './grouping.ts';

/** rooms `a1`, `a2` on a floor of site `a`; `b1` at site `b`; `o1` in no place */
const PATHS: Record<string, string[]> = {
  a1: ['floor', 'a'],
  a2: ['floor', 'a'],
  b1: ['b'],
  floor: ['floor', 'a'],
  a: ['a'],
  b: ['b'],
};
const alertOf = (roomId: string, signal: SignalName, over: Partial<StoredAlert> = {}): StoredAlert => ({
  alertId: `${roomId} ${signal}`,
  signal,
  severity: signalOf(signal).severity,
  roomId,
  placeId: null,
  facts: '{}',
  sinceMs: 1,
  openedAtMs: 1,
  closedAtMs: null,
  inhibitedBy: null,
  acknowledgedBy: null,
  acknowledgedAtMs: null,
  acknowledgedNote: null,
  ...over,
});
const opened = (alert: StoredAlert): AlertChange => ({ kind: 'opened', alert });
const closed = (alert: StoredAlert): AlertChange => ({ kind: 'closed', alert: { ...alert, closedAtMs: nowMs } });
const critical = (roomId: string) => alertOf(roomId, 'camera-failing');
const warning = (roomId: string) => alertOf(roomId, 'disk-low');

let nowMs: number;
let messages: KnownMessage[];
let members: KnownMember[];
let count: number;
beforeEach(() => {
  nowMs = 1_000_000;
  messages = [];
  members = [];
  count = 0;
});

/** As the outbox would write it; what leaves begins. */
function change(changes: AlertChange[], targets: Partial<GroupingFacts['targets'][number]>[] = [{}]) {
  const plan = planMessages({
    changes,
    targets: targets.map((target, n) => ({ targetId: `t${n}`, placeId: null, atLeast: 'warning', ...target })),
    members,
    messages,
    pathOf: (placeId) => PATHS[placeId] ?? [],
    placesOf: (roomId) => PATHS[roomId] ?? [],
    nowMs,
    newId: () => {
      count += 1;
      return `m${count}`;
    },
  });
  members = members.filter(
    ({ notificationId, alertId }) =>
      !plan.removed.some((each) => each.notificationId === notificationId && each.alertId === alertId),
  );
  for (const { isNew, alertIds, ...message } of plan.messages) {
    if (isNew) messages.push({ ...message, begunAtMs: null });
    else
      messages = messages.map((each) =>
        each.notificationId === message.notificationId ? { ...each, ...message } : each,
      );
    const { notificationId, targetId } = message;
    if (message.type === 'alerts.opened')
      members.push(...alertIds.map((alertId) => ({ targetId, alertId, notificationId, isBegun: false })));
  }
  return plan;
}
function leave(): string[] {
  const due = messages.filter(({ begunAtMs, dueAtMs }) => begunAtMs === null && dueAtMs <= nowMs);
  const ids = due.map(({ notificationId }) => notificationId);
  messages = messages.map((each) => (ids.includes(each.notificationId) ? { ...each, begunAtMs: nowMs } : each));
  members = members.map((each) => (ids.includes(each.notificationId) ? { ...each, isBegun: true } : each));
  return ids;
}
const inSeconds = (message: { dueAtMs: number }): number => (message.dueAtMs - nowMs) / 1_000;

test('the first critical one leaves at once; those that follow at its site within the window are one message', () => {
  expect(change([opened(critical('a1'))]).messages.map(inSeconds)).toEqual([0]);
  leave();
  nowMs += 2_000;
  expect(change([opened(critical('a2'))]).messages.map(inSeconds)).toEqual([28]);
  nowMs += 2_000;
  const second = change([opened(warning('a1')), opened(alertOf('a2', 'tv-failing'))]).messages;
  expect(second).toMatchObject([{ notificationId: 'm2', isNew: false, alertIds: ['a1 disk-low', 'a2 tv-failing'] }]);
  expect(second.map(inSeconds)).toEqual([26]);
  nowMs += GROUP_WINDOW_MS;
  expect(leave()).toEqual(['m2']);
});

test('500 rooms of a site at once are one message, another site is another one', () => {
  const rooms = Array.from({ length: 500 }, (_, n) => `a${n}`);
  for (const roomId of rooms) PATHS[roomId] = ['floor', 'a'];
  const { messages: planned } = change([...rooms, 'b1', 'o1'].map((roomId) => opened(critical(roomId))));
  expect(planned.map(({ groupKey, alertIds }) => [groupKey, alertIds.length])).toEqual([
    ['a', 500],
    ['b', 1],
    ['', 1],
  ]);
});

test('a critical one sends the warnings that wait at its site along', () => {
  expect(change([opened(warning('a1'))]).messages.map(inSeconds)).toEqual([30]);
  nowMs += 3_000;
  expect(change([opened(critical('a2'))]).messages.map(inSeconds)).toEqual([0]);
  expect(leave()).toEqual(['m1']);
  expect(members.map(({ alertId, isBegun }) => [alertId, isBegun])).toEqual([
    ['a1 disk-low', true],
    ['a2 camera-failing', true],
  ]);
});

test('opened and closed before it was sent: neither is sent', () => {
  change([opened(warning('a1'))]);
  nowMs += 1_000;
  const plan = change([closed(warning('a1'))]);
  expect(plan).toEqual({ removed: [{ notificationId: 'm1', alertId: 'a1 disk-low' }], messages: [] });
});

test('closings of what was sent are gathered, also where it is explained or looked after by then', () => {
  change([opened(critical('a1')), opened(critical('a2')), opened(critical('b1'))]);
  leave();
  nowMs += 60_000;
  const first = change([closed({ ...critical('a1'), inhibitedBy: 'x' })]).messages;
  expect(first).toMatchObject([{ type: 'alerts.closed', groupKey: 'a', isNew: true }]);
  expect(first.map(inSeconds)).toEqual([30]);
  nowMs += 5_000;
  const second = change([closed({ ...critical('a2'), acknowledgedBy: 'account:a' }), closed(warning('b1'))]).messages;
  expect(second).toMatchObject([{ notificationId: first[0]!.notificationId, alertIds: ['a2 camera-failing'] }]);
  expect(second.map(inSeconds)).toEqual([25]);
});

test('what another alert explains is not sent, and is once nothing explains it and it is still open', () => {
  const explained = { ...critical('a1'), inhibitedBy: 'x' };
  expect(change([opened(explained)]).messages).toEqual([]);
  expect(change([{ kind: 'released', alert: critical('a1') }]).messages).toHaveLength(1);
  // it waits, and is explained now
  nowMs += 1;
  expect(change([{ kind: 'inhibited', alert: explained }]).removed).toHaveLength(1);
  // it was sent, is explained, and is not any more: it is known
  change([opened(critical('b1'))]);
  leave();
  change([{ kind: 'inhibited', alert: { ...critical('b1'), inhibitedBy: 'x' } }]);
  expect(change([{ kind: 'released', alert: critical('b1') }]).messages).toEqual([]);
});

test('what somebody looks after before it is sent is not sent, until nobody does', () => {
  change([opened(warning('a1'))]);
  const mine = { ...warning('a1'), acknowledgedBy: 'account:a' };
  expect(change([{ kind: 'acknowledged', alert: mine }]).removed).toHaveLength(1);
  expect(change([{ kind: 'changed', alert: { ...mine, facts: '{"freePercent":1}' } }]).messages).toEqual([]);
  expect(change([{ kind: 'unacknowledged', alert: warning('a1') }]).messages).toHaveLength(1);
});

test('a target is notified of its place alone, from its severity on; of what lasts already it is not', () => {
  const targets = [{ placeId: 'floor' }, { placeId: 'b' }, { atLeast: 'critical' as const }, { placeId: 'gone' }];
  const reached = (...changes: AlertChange[]) => change(changes, targets).messages.map(({ targetId }) => targetId);
  expect(reached(opened(warning('a1')))).toEqual(['t0']);
  expect(reached(opened(critical('b1')))).toEqual(['t1', 't2']);
  // the site explains what happens on its floor
  expect(reached(opened(alertOf('x', 'site-offline', { roomId: null, placeId: 'a' })))).toEqual(['t0', 't2']);
  expect(reached({ kind: 'changed', alert: critical('a2') })).toEqual([]);
});

test('an alert of the organisation is for those who look after all of it', () => {
  const alert = alertOf('organisation', 'rollout-halted', { roomId: null, placeId: null });
  const sent = change([opened(alert)], [{}, { placeId: 'a' }]);
  expect(sent.messages.map(({ targetId }) => targetId)).toEqual(['t0']);
});
