/** What the fleet should have heard of a room, once, and has not: held against the box's own numbers and the calls that a phone saw. */
import { eventually } from '../../simulators/eventually.ts';
import type { BoxUnderFault } from './box-under-fault.ts';

export async function lostEvents(box: BoxUnderFault): Promise<string[]> {
  const { phone } = box;
  if (phone.state?.phase.name === 'in-call') await phone.command({ name: 'end-call' });
  await phone.until(({ phase }) => phase.name === 'idle', 60_000);
  // delivered a moment after they happen
  let count = -1;
  const events = await eventually(
    'events that no longer grow',
    () => box.events(),
    (found) => {
      const settled = found.length === count;
      count = found.length;
      return settled && found.length > 0;
    },
    { timeoutMs: 30_000, everyMs: 2_000 },
  );
  const lost: string[] = [];
  events.forEach(({ sequence }, at) => {
    if (sequence !== at + 1) lost.push(`event ${at + 1}, before ${sequence}`);
  });
  const callIdsOf = (wanted: 'call-joined' | 'call-left'): string[] =>
    events.flatMap((event) => (event.name === wanted ? [event.callId] : []));
  const [entered, left] = [callIdsOf('call-joined'), callIdsOf('call-left')];
  for (const [what, ids] of [
    ['entered', entered],
    ['left', left],
  ] as const)
    if (new Set(ids).size < ids.length) lost.push(`a call was ${what} twice`);
  for (const callId of entered) if (!left.includes(callId)) lost.push(`call ${callId} was entered and never left`);
  for (const callId of box.callIdsSeen)
    if (!entered.includes(callId)) lost.push(`the room was in call ${callId}, and the fleet has not heard of it`);
  return lost;
}
