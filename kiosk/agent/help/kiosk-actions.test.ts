import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MaruError } from '#contract/error-codes.ts';
import { ACTION_RUNS_AT_MOST_MS, type ActionOrder, type ActionReport, type RoomAction } from '#contract/room-action.ts';
import { ActionRecord, type KeptAction } from './action-record.ts';
import { type Performer, type Performers, KioskActions } from './kiosk-actions.ts';

const ROOM = '019a2b3c-4d5e-7f00-8123-456789abcd00';
const ACTION = '019a2b3c-4d5e-7f00-8123-456789abcd01';
const memoryOf = (kept: KeptAction[] | null = null) => {
  let value = kept;
  return {
    load: () => value,
    save: (next: KeptAction[] | null) => {
      value = next;
    },
  };
};
type Memory = ReturnType<typeof memoryOf>;

function kiosk(
  performer: Performer,
  { memory = memoryOf(), epoch = 1, bootId = 'a' as string | null, isLate = false } = {},
) {
  const reports: ActionReport[] = [];
  const record = new ActionRecord(memory as never);
  const performers = new Proxy({}, { get: () => performer }) as Performers;
  const actions = new KioskActions({
    roomId: ROOM,
    record,
    performers,
    epoch,
    bootId,
    isExpired: () => isLate,
    nowMs: () => Date.now(),
    report: async (report) => void reports.push(report),
    logger: pino({ level: 'silent' }),
  });
  actions.start();
  return { actions, reports, memory, states: () => reports.map(({ state }) => state) };
}
const begin = (action: RoomAction, over: Partial<Extract<ActionOrder, { order: 'begin' }>> = {}): ActionOrder => ({
  order: 'begin',
  protocol: 1,
  actionId: ACTION,
  roomId: ROOM,
  action,
  askedBy: 'IT',
  beginsBeforeMs: 1,
  endsBeforeMs: 2,
  ...over,
});
const stopOrder: ActionOrder = { order: 'stop', protocol: 1, actionId: ACTION, roomId: ROOM };
const forEver: Performer = { perform: () => new Promise(() => {}) };
const untilStopped: Performer = {
  lasts: true,
  perform: (_, { signal }) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => resolve({ of: 'look-at-screen', pictureCount: 3 })),
    ),
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('an action on this kiosk', () => {
  it('runs, is done, and is begun once though its order comes twice', async () => {
    const perform = vi.fn(async () => null);
    const { actions, states } = kiosk({ perform });
    actions.receive(begin({ name: 'test-network' }));
    await vi.runAllTimersAsync();
    actions.receive(begin({ name: 'test-network' }));
    await vi.runAllTimersAsync();
    expect(perform).toHaveBeenCalledTimes(1);
    expect(states()).toEqual(['running', 'done', 'done']);
  });

  it('that fails is reported with its code', async () => {
    const { actions, reports } = kiosk({ perform: () => Promise.reject(new MaruError('no-screen')) });
    actions.receive(begin({ name: 'restart-screen' }));
    await vi.runAllTimersAsync();
    expect(reports.at(-1)).toMatchObject({ state: 'failed', code: 'no-screen' });
  });

  it.each<[string, { performer?: Performer; over?: object; isLate?: boolean }, string]>([
    ['its own reason', { performer: { ...forEver, refusal: () => 'room-in-call' as const } }, 'room-in-call'],
    ['another room', { over: { roomId: '019a2b3c-4d5e-7f00-8123-456789abcdff' } }, 'wrong-room'],
    ['its time', { isLate: true }, 'action-expired'],
  ])('is refused by %s, and not begun', async (_, { performer = forEver, over = {}, isLate = false }, code) => {
    const perform = vi.fn(performer.perform);
    const { actions, reports } = kiosk({ ...performer, perform }, { isLate });
    actions.receive(begin({ name: 'restart-kiosk', evenInCall: false }, over));
    await vi.runAllTimersAsync();
    expect(perform).not.toHaveBeenCalled();
    expect(reports).toMatchObject([{ state: 'refused', code }]);
  });

  it('is not under way for ever: its time ends it', async () => {
    for (const name of ['restart-screen', 'test-network', 'collect-logs'] as const) {
      const { actions, reports } = kiosk(forEver);
      actions.receive(begin({ name }));
      await vi.advanceTimersByTimeAsync(ACTION_RUNS_AT_MOST_MS[name] - 1);
      expect(reports.at(-1)?.state).toBe('running');
      await vi.advanceTimersByTimeAsync(1);
      expect(reports.at(-1)).toMatchObject({ state: 'failed', code: 'action-expired' });
    }
  });

  it('that lasts is done when its time is over, with its result', async () => {
    const { actions, reports } = kiosk(untilStopped);
    actions.receive(begin({ name: 'look-at-screen' }));
    await vi.advanceTimersByTimeAsync(ACTION_RUNS_AT_MOST_MS['look-at-screen']);
    expect(reports.at(-1)).toMatchObject({ state: 'done', result: { pictureCount: 3 } });
  });

  it('is stopped: what ends it afterwards is not reported', async () => {
    const { actions, states } = kiosk(untilStopped);
    actions.receive(begin({ name: 'look-at-screen' }));
    actions.receive(stopOrder);
    await vi.runAllTimersAsync();
    expect(states()).toEqual(['running', 'stopped']);
  });

  it('is reported again when the line is back', async () => {
    const { actions, reports } = kiosk({ perform: async () => null });
    actions.receive(begin({ name: 'set-volume', percent: 10 }));
    await vi.runAllTimersAsync();
    actions.reportAgain();
    expect(reports.at(-1)).toMatchObject({ actionId: ACTION, state: 'done' });
    expect(reports).toHaveLength(3);
  });
});

describe('after a restart', () => {
  const ran = (name: 'restart-agent' | 'restart-kiosk' | 'collect-logs'): Memory => {
    const { actions, memory } = kiosk(forEver);
    actions.receive(begin(name === 'restart-kiosk' ? { name, evenInCall: false } : { name }));
    return memory;
  };
  const stateAfter = (memory: Memory, more: { epoch?: number; bootId?: string | null }) => {
    const next = kiosk(forEver, { memory, ...more });
    next.actions.reportAgain();
    return next;
  };

  it('of the agent that was asked for, it is done', () => {
    expect(stateAfter(ran('restart-agent'), { epoch: 2 }).states()).toEqual(['done']);
  });
  it('of the agent, what else ran is lost', () => {
    expect(stateAfter(ran('collect-logs'), { epoch: 2 }).reports).toMatchObject([
      { state: 'failed', code: 'shutting-down' },
    ]);
  });
  it('of the part alone, a restart of the agent is lost', () => {
    expect(stateAfter(ran('restart-agent'), { epoch: 1 }).states()).toEqual(['failed']);
  });
  it('of the box, it is done by its next start', () => {
    expect(stateAfter(ran('restart-kiosk'), { epoch: 2, bootId: 'b' }).states()).toEqual(['done']);
  });
  it('of the agent alone, the restart of the box goes on, and not for ever', async () => {
    const { states } = stateAfter(ran('restart-kiosk'), { epoch: 2 });
    expect(states()).toEqual(['running']);
    await vi.advanceTimersByTimeAsync(ACTION_RUNS_AT_MOST_MS['restart-kiosk']);
    expect(states().at(-1)).toBe('failed');
  });
});
