import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACTION_BEGINS_WITHIN_MS,
  ACTION_RUNS_AT_MOST_MS,
  isOver,
  RoomActionName,
  RoomActionState,
} from '#contract/room-action.ts';
import { type ActionEvent, type ActionProgress, actionDueAtMs, firstProgress, stepAction } from './action-state.ts';

const AT = 1_000_000;
const reported = (state: RoomActionState, code: 'internal' | null = null): ActionEvent => ({
  type: 'reported',
  state,
  code,
});
const stepped = (progress: ActionProgress, ...steps: [ActionEvent, number][]): ActionProgress =>
  steps.reduce((now, [event, atMs]) => stepAction(now, event, atMs), progress);

describe('an action on a room', () => {
  const asked = firstProgress('collect-logs', AT);

  it('runs and is done', () => {
    const running = stepped(asked, [reported('running'), AT + 500]);
    expect(running).toMatchObject({ state: 'running', begunAtMs: AT + 500, endedAtMs: null });
    expect(stepped(running, [reported('done'), AT + 900])).toMatchObject({
      state: 'done',
      code: null,
      begunAtMs: AT + 500,
      endedAtMs: AT + 900,
    });
  });

  it('is done without a beginning', () => {
    expect(stepped(asked, [reported('done'), AT + 9])).toMatchObject({ state: 'done', begunAtMs: AT + 9 });
  });

  it('expires where it does not begin in time, and not a moment before', () => {
    const last = AT + ACTION_BEGINS_WITHIN_MS;
    expect(actionDueAtMs(asked)).toBe(last);
    expect(stepped(asked, [{ type: 'time-passed' }, last - 1]).state).toBe('pending');
    expect(stepped(asked, [{ type: 'time-passed' }, last])).toMatchObject({ state: 'expired', code: 'action-expired' });
  });

  it('expires where it is not through in time', () => {
    const running = stepped(asked, [reported('running'), AT + 1]);
    const last = AT + ACTION_BEGINS_WITHIN_MS + ACTION_RUNS_AT_MOST_MS['collect-logs'];
    expect(actionDueAtMs(running)).toBe(last);
    expect(stepped(running, [{ type: 'time-passed' }, last - 1]).state).toBe('running');
    expect(stepped(running, [{ type: 'time-passed' }, last]).state).toBe('expired');
  });

  it('is the same whichever of the last report and the time is handled first', () => {
    const running = stepped(asked, [reported('running'), AT + 1]);
    const last = actionDueAtMs(running)!;
    const [time, done] = [{ type: 'time-passed' } as const, reported('done')];
    expect(stepped(running, [time, last], [done, last])).toEqual(stepped(running, [done, last], [time, last]));
  });

  it('is refused with its code, and has not begun', () => {
    expect(stepped(asked, [reported('refused', 'internal'), AT + 1])).toMatchObject({
      state: 'refused',
      code: 'internal',
      begunAtMs: null,
    });
  });

  it('stays as it ended', () => {
    for (const state of ['done', 'failed', 'refused', 'stopped'] as const) {
      const over = stepped(asked, [reported(state), AT + 1]);
      for (const event of [reported('running'), reported('failed'), { type: 'stopped' } as const])
        expect(stepped(over, [event, AT + 2])).toBe(over);
    }
  });

  it('a kiosk cannot report that it waits, or that time is over', () => {
    for (const state of ['pending', 'expired'] as const) expect(stepped(asked, [reported(state), AT + 1])).toBe(asked);
  });

  it('is over by its time, whatever is reported and in whatever order', () => {
    const event = fc.oneof(
      fc.record({
        type: fc.constant('reported' as const),
        state: fc.constantFrom(...RoomActionState.options),
        code: fc.constant(null),
      }),
      fc.constant({ type: 'time-passed' as const }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...RoomActionName.options),
        fc.array(fc.tuple(event, fc.nat(60_000))),
        (name, steps) => {
          let nowMs = AT;
          let progress = firstProgress(name, AT);
          for (const [each, laterMs] of steps) {
            nowMs += laterMs;
            const next = stepAction(progress, each, nowMs);
            if (isOver(progress.state)) expect(next).toBe(progress);
            expect(next.endsBeforeMs).toBe(progress.endsBeforeMs);
            progress = next;
          }
          // nobody reports any more: the timer alone
          for (let due = actionDueAtMs(progress); due !== null; due = actionDueAtMs(progress))
            progress = stepAction(progress, { type: 'time-passed' }, due);
          expect(isOver(progress.state)).toBe(true);
          expect(progress.endedAtMs).not.toBe(null);
        },
      ),
    );
  });
});
