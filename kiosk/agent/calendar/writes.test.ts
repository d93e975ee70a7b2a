/** The room's own changes on their way into the calendar: in order, the last one on a booking alone, again where they did not arrive. */
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { type MaruError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { AgendaWrite } from './agenda-state.ts';
import type { CalendarWrites, Occurrence } from './calendar-source.ts';
import { Writes } from './writes.ts';

const occurrence = (uid: string): Occurrence => ({
  uid,
  recurrenceId: '',
  title: '',
  organizer: null,
  startMs: 0,
  endMs: 1,
  isAllDay: false,
  isPrivate: false,
  isGone: false,
  links: [],
  place: null,
});
const giveBack: AgendaWrite = { name: 'give-back' };
const takeBack: AgendaWrite = { name: 'take-back' };
const moveEnd = (endMs: number): AgendaWrite => ({ name: 'move-end', endMs });

type Call = { text: string; signal: AbortSignal; end: PromiseWithResolvers<void> };
let calls: Call[];
let done: string[];
let gone: Set<string>;
let writes: Writes;

function called(text: string, signal: AbortSignal): Promise<void> {
  const end = Promise.withResolvers<void>();
  calls.push({ text, signal, end });
  signal.addEventListener('abort', () => end.reject(new OperationalError('calendar-unreachable')));
  return end.promise;
}
const calendar: CalendarWrites = {
  moveEnd: ({ uid }, endMs, signal) => called(`${uid} move-end ${endMs}`, signal),
  giveBack: ({ uid }, signal) => called(`${uid} give-back`, signal),
  takeBack: ({ uid }, signal) => called(`${uid} take-back`, signal),
  putMeeting: () => Promise.reject(new Error('not of a booking')),
  removeMeeting: () => Promise.reject(new Error('not of a booking')),
};
function made(ofCalendar: CalendarWrites | null): Writes {
  return new Writes({
    source: { read: () => Promise.reject(new Error('not read here')), writes: ofCalendar },
    logger: pino({ level: 'silent' }),
    occurrenceOf: (bookingId) => (gone.has(bookingId) ? null : occurrence(bookingId)),
    onDone: (bookingId, write) => done.push(`${bookingId} ${write.name}`),
  });
}
beforeEach(() => {
  [calls, done, gone] = [[], [], new Set()];
  writes = made(calendar);
});
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const texts = (): string[] => calls.map(({ text }) => text);
async function end(how: 'done' | MaruError): Promise<void> {
  const last = calls.at(-1)!;
  if (how === 'done') last.end.resolve();
  else last.end.reject(how);
  await settle();
}

test('one after the other, each once', async () => {
  writes.add('a', giveBack);
  writes.add('b', moveEnd(5));
  expect(texts()).toEqual(['a give-back']);
  await end('done');
  expect(texts()).toEqual(['a give-back', 'b move-end 5']);
  await end('done');
  writes.work();
  await settle();
  expect([texts().length, done]).toEqual([2, ['a give-back', 'b move-end']]);
});

test('what was changed again while the first was under way follows it', async () => {
  writes.add('a', giveBack);
  writes.add('a', takeBack);
  await end('done');
  expect(texts()).toEqual(['a give-back', 'a take-back']);
  await end('done');
  expect(done).toEqual(['a give-back', 'a take-back']);
});

test('of several changes that wait for one booking the last goes alone', async () => {
  writes.add('a', giveBack);
  writes.add('b', moveEnd(5));
  writes.add('b', moveEnd(6));
  await end('done');
  await end('done');
  expect(texts()).toEqual(['a give-back', 'b move-end 6']);
});

test('what did not arrive is written again at the next occasion, and holds up no other', async () => {
  writes.add('a', giveBack);
  writes.add('b', moveEnd(5));
  await end(new OperationalError('calendar-unreachable'));
  await end('done');
  expect([texts(), done]).toEqual([['a give-back', 'b move-end 5'], ['b move-end']]);
  writes.work();
  await settle();
  await end('done');
  expect([texts().at(-1), done]).toEqual(['a give-back', ['b move-end', 'a give-back']]);
});

test('what the calendar refuses is not written again, and the booking is known as one that it does not let us change', async () => {
  writes.add('a', giveBack);
  await end(new ProtocolError('calendar-refused'));
  writes.work();
  await settle();
  expect([texts().length, done, writes.isRefused('a'), writes.isRefused('b')]).toEqual([
    1,
    ['a give-back'],
    true,
    false,
  ]);
});

test('of a booking that is gone, and where the calendar is read alone, the room alone remembers it', async () => {
  gone.add('a');
  writes.add('a', giveBack);
  await writes.done;
  const readOnly = made(null);
  readOnly.add('b', giveBack);
  await readOnly.done;
  expect([texts(), done]).toEqual([[], ['a give-back', 'b give-back']]);
});

test('stopped in the middle it ends what is under way, and begins no other', async () => {
  writes.add('a', giveBack);
  writes.add('b', moveEnd(5));
  const stopped = writes.stop();
  expect(calls[0]!.signal.aborted).toBe(true);
  await stopped;
  await settle();
  expect([texts(), done]).toEqual([['a give-back'], []]);
});
