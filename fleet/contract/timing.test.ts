import { expect, test } from 'vitest';
import * as timing from './timing.ts';

type Times = typeof timing;
const relations: [string, (t: Times) => boolean][] = [
  ['a pulse comes before the client asks', (t) => t.SIGNALING_PULSE_MS < t.SIGNALING_PING_AFTER_MS],
  ['the node misses three pulses before it hangs up', (t) => 3 * t.SIGNALING_PULSE_MS < t.SIGNALING_DEAD_AFTER_MS],
  [
    'a client finds its dead socket, and its place is kept for three more hellos',
    (t) => t.SIGNALING_PING_AFTER_MS + t.SIGNALING_ANSWER_WITHIN_MS + 3 * t.HELLO_WITHIN_MS < t.RESUME_GRACE_MS,
  ],
  ['blocked media is reported while the place is kept', (t) => t.MEDIA_BLOCKED_AFTER_MS < t.RESUME_GRACE_MS],
  ['a room stays online when one heartbeat is lost', (t) => 2 * t.HEARTBEAT_INTERVAL_MS < t.ROOM_ONLINE_MS],
  [
    'a node registers before a fleet that starts gives it up',
    (t) => t.NODE_REGISTERS_EVERY_MS < t.NODE_EXPECTED_BACK_MS,
  ],
  ['a command is answered although its node restarts', (t) => t.NODE_RETURN_MS < t.COMMAND_TIMEOUT_MS],
  ['a command is answered before the TV offers to cancel', (t) => t.COMMAND_TIMEOUT_MS < t.START_CANCEL_OFFERED_MS],
  ['a start waits for several fleets that restart', (t) => 3 * t.GRANT_AWAITED_MS < t.START_FAILS_MS],
  ['a grant is good as long as a start lasts', (t) => t.START_FAILS_MS <= t.JOIN_TOKEN_TTL_MS],
  ['what a tap prepares outlives the command', (t) => t.COMMAND_TIMEOUT_MS < t.PREPARED_TTL_MS],
];

test.each(relations)('%s', (_, holds) => expect(holds(timing)).toBe(true));

test('every time of the table stands in a relation', () => {
  const named = new Set<string>();
  const recording = new Proxy(timing, {
    get: (times, name) => {
      named.add(String(name));
      return Reflect.get(times, name);
    },
  });
  for (const [, holds] of relations) holds(recording);
  expect([...named].sort()).toEqual(Object.keys(timing).sort());
});
