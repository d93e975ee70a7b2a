/**
 * The thread in which a calendar is fetched, parsed and expanded, so that nothing that a calendar contains holds up the
 * agent. Knows nothing of bookings; it may be ended at any moment.
 */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { toMaruError, type WireError } from '#contract/error-codes.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import { CaldavSource } from './caldav-source.ts';
import type { CalendarSource, CalendarWindow, Occurrence, Reading, SourceOptions } from './calendar-source.ts';
import { IcsSource } from './ics-source.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';

export type ThreadData = {
  settings: CalendarAccount;
  timeZone: string;
  poisoned: string[];
  /** length, then that many bytes of UTF-8: the series at work */
  atWork: SharedArrayBuffer;
};
export type ThreadRequest =
  | { id: number; name: 'read'; window: CalendarWindow }
  | { id: number; name: 'move-end'; occurrence: Occurrence; endMs: number }
  | { id: number; name: 'give-back' | 'take-back'; occurrence: Occurrence }
  | { id: number; name: 'put-meeting'; meeting: MeetingOfRoom }
  | { id: number; name: 'remove-meeting'; meetingId: string }
  | { id: number; name: 'abort' };
export type ThreadAnswer =
  | { id: number; name: 'expanding' }
  | { id: number; name: 'done'; reading: Reading | null }
  | { id: number; name: 'failed'; error: WireError };

const port = parentPort!;
const { settings, timeZone, poisoned, atWork } = workerData as ThreadData;
// on Linux, of this thread alone: a call that runs is worth more than a calendar
setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

const lengthAtWork = new Int32Array(atWork, 0, 1);
const nameAtWork = Buffer.from(atWork, 4);
const aborts = new Map<number, AbortController>();
let reads = 0;

const options: SourceOptions = {
  settings,
  timeZone,
  poisoned,
  onSeries: (uid) => Atomics.store(lengthAtWork, 0, nameAtWork.write(uid, 'utf8')),
  onExpanding: () => port.postMessage({ id: reads, name: 'expanding' } satisfies ThreadAnswer),
};
const source: CalendarSource =
  settings.kind === 'ics' ? new IcsSource({ ...options, settings }) : new CaldavSource({ ...options, settings });

port.on('message', (request: ThreadRequest) => {
  if (request.name === 'abort') {
    aborts.get(request.id)?.abort();
    return;
  }
  const abort = new AbortController();
  aborts.set(request.id, abort);
  void perform(request, abort.signal)
    .then((reading): ThreadAnswer => ({ id: request.id, name: 'done', reading }))
    .catch((error: unknown): ThreadAnswer => ({ id: request.id, name: 'failed', error: toMaruError(error).toWire() }))
    .then((answer) => {
      aborts.delete(request.id);
      Atomics.store(lengthAtWork, 0, 0);
      port.postMessage(answer);
    });
});

async function perform(
  request: Exclude<ThreadRequest, { name: 'abort' }>,
  signal: AbortSignal,
): Promise<Reading | null> {
  switch (request.name) {
    case 'read':
      reads = request.id;
      return source.read(request.window, signal);
    case 'move-end':
      await source.writes?.moveEnd(request.occurrence, request.endMs, signal);
      return null;
    case 'give-back':
      await source.writes?.giveBack(request.occurrence, signal);
      return null;
    case 'take-back':
      await source.writes?.takeBack(request.occurrence, signal);
      return null;
    case 'put-meeting':
      await source.writes?.putMeeting(request.meeting, signal);
      return null;
    case 'remove-meeting':
      await source.writes?.removeMeeting(request.meetingId, signal);
      return null;
  }
}
