/** What follows who waits: the newest alone to a slow client, and nothing to one that has gone. The waiting room by hand. */
import { expect, test, vi } from 'vitest';
import type { WaitingList } from '#contract/waiting.ts';
import type { EventFeed } from '../http/route.ts';
import { admissionRoutes } from './admission-routes.ts';
import type { Meetings } from './meetings.ts';
import type { TicketView } from './waiting-room.ts';

const listOf = (count: number): WaitingList => ({ meetingId: 'm', count, waiting: [] });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function feedOf(name: string, waitingRoom: object, context: object, onFailed = vi.fn()) {
  const meetings = { admissions: {}, waitingRoom } as unknown as Meetings;
  const { handler } = admissionRoutes({ meetings, onFailed }).find((route) => route.name === name)!;
  const open = (await handler(context as never)) as (wake: () => void) => EventFeed<{ name: string; data: unknown }>;
  const wake = vi.fn();
  return { ...open(wake), wake, onFailed };
}

/** Lists that are read when the test has them read. */
function listsByHand() {
  const handlers = new Set<(meetingId: string) => void>();
  const reads: PromiseWithResolvers<WaitingList>[] = [];
  const waitingRoom = {
    listOf: () => {
      const read = Promise.withResolvers<WaitingList>();
      reads.push(read);
      return read.promise;
    },
    onChanged: (handler: (meetingId: string) => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const change = (meetingId: string) => {
    for (const handler of handlers) handler(meetingId);
  };
  return { waitingRoom, reads, handlers, change };
}
const ofMeeting = { params: { meetingId: 'm' } };

test('a list is read at once, after each change of its meeting, one at a time, and sent where it is another', async () => {
  const { waitingRoom, reads, change } = listsByHand();
  const { take, wake, close } = await feedOf('meetingWaiting', waitingRoom, ofMeeting);
  expect([reads.length, take()]).toEqual([1, []]);
  change('m');
  change('other');
  await turn();
  expect(reads).toHaveLength(1);
  reads[0]!.resolve(listOf(1));
  await turn();
  expect(reads).toHaveLength(2);
  reads[1]!.resolve(listOf(2));
  await turn();
  expect(wake).toHaveBeenCalledTimes(2);
  expect(take()).toEqual([{ name: 'waiting', data: listOf(2) }]);
  expect(take()).toEqual([]);
  change('m');
  await turn();
  reads[2]!.resolve(listOf(2));
  await turn();
  expect([wake.mock.calls.length, take()]).toEqual([2, []]);
  close();
});

test('one that could not be read is named, and the next is read', async () => {
  const { waitingRoom, reads, change } = listsByHand();
  const { take, onFailed } = await feedOf('meetingWaiting', waitingRoom, ofMeeting);
  for (const index of [0, 1]) {
    reads[index]!.reject(new Error('disk full'));
    await turn();
    expect(onFailed).toHaveBeenCalledTimes(index + 1);
    change('m');
    await turn();
  }
  reads[2]!.resolve(listOf(1));
  await turn();
  expect(take()).toEqual([{ name: 'waiting', data: listOf(1) }]);
});

test('who goes while a list is read is sent none, and follows nothing more', async () => {
  const { waitingRoom, reads, handlers } = listsByHand();
  const { wake, close } = await feedOf('meetingWaiting', waitingRoom, ofMeeting);
  expect(handlers.size).toBe(1);
  close();
  expect(handlers.size).toBe(0);
  reads[0]!.resolve(listOf(1));
  await turn();
  expect(wake).not.toHaveBeenCalled();
});

test('a ticket’s page is sent its newest view, once each, until it goes', async () => {
  let onView = (_: TicketView): void => {};
  const end = vi.fn();
  const follow = vi.fn((_: string, handler: typeof onView) => {
    onView = handler;
    return end;
  });
  const { take, wake, close } = await feedOf('ticketChanges', { follow }, { ticket: { ticketId: 't' } });
  expect(follow).toHaveBeenCalledExactlyOnceWith('t', expect.any(Function));
  const view: TicketView = { state: 'waiting', hostName: 'Mina', sinceMs: 1 };
  onView(view);
  onView({ ...view });
  onView({ ...view, state: 'admitted' });
  expect(wake).toHaveBeenCalledTimes(2);
  expect(take()).toEqual([{ name: 'ticket', data: { ...view, state: 'admitted' } }]);
  close();
  expect(end).toHaveBeenCalledOnce();
});
