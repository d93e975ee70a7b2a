/** What the fleet should have heard of a room and has not: held against the count of the box itself and the calls that really were. */
import { eventually } from '../../simulators/eventually.ts';
import type { BoxUnderFault } from './box-under-fault.ts';

export async function lostEvents(box: BoxUnderFault): Promise<string[]> {
  const { phone } = box;
  if (phone.state?.phase.name === 'in-call') await phone.command({ name: 'end-meeting' });
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
  const entered = events.filter(({ name }) => name === 'call-entered').length;
  const left = events.filter(({ name }) => name === 'call-left').length;
  if (entered !== left) lost.push(`${entered} calls were entered and ${left} left`);
  const joined = box.callsJoined();
  if (entered !== joined) lost.push(`the media node saw the room in ${joined} calls, the fleet heard of ${entered}`);
  return lost;
}
