import { expect, it } from 'vitest';
import type { ShownAction } from '#contract/room-action.ts';
import { type RoomActionsShown, withEvent } from './use-room-actions.ts';

const NOTHING: RoomActionsShown = { actions: [], pictureAtMs: {}, logs: {} };
const action = (actionId: string, state: ShownAction['state'] = 'running'): ShownAction => ({
  actionId,
  roomId: 'room',
  action: { name: 'follow-logs' },
  state,
  code: null,
  result: null,
  askedBy: 'IT',
  askedAtMs: 1,
  begunAtMs: null,
  endedAtMs: null,
  endsBeforeMs: 2,
  hasFile: false,
});
const line = (text: string) => ({ atMs: 1, from: 'agent', level: 'info', text });

it('lists the newest action first, and each once as it is now', () => {
  const shown = [action('a'), action('c'), action('b'), action('a', 'done')].reduce(
    (before, data) => withEvent(before, { name: 'action', data }),
    NOTHING,
  );
  expect(shown.actions.map(({ actionId, state }) => [actionId, state])).toEqual([
    ['c', 'running'],
    ['b', 'running'],
    ['a', 'done'],
  ]);
});

it('keeps lines in their order, and not more than a page can show', () => {
  let shown = NOTHING;
  for (let each = 0; each < 60; each += 1)
    shown = withEvent(shown, {
      name: 'lines',
      data: { actionId: 'a', skippedCount: 1, lines: Array.from({ length: 50 }, (_, n) => line(`${each} ${n}`)) },
    });
  expect(shown.logs.a!.lines).toHaveLength(1_000);
  expect(shown.logs.a!.lines.at(-1)!.text).toBe('59 49');
  expect(shown.logs.a!.skippedCount).toBe(60);
});

it('knows of the newest picture of each action', () => {
  const first = withEvent(NOTHING, { name: 'picture', data: { actionId: 'a', atMs: 5 } });
  expect(withEvent(first, { name: 'picture', data: { actionId: 'a', atMs: 9 } }).pictureAtMs).toEqual({ a: 9 });
});
