/** A line from a room's phone: into the notes of the meeting that the room is in, and of no other. */
import { expect, test } from 'vitest';
import type { NoteLine } from '#contract/note-line.ts';
import { newId } from '../store/index.ts';
import { RoomNotes } from './room-notes.ts';

const roomId = newId();
const line: NoteLine = { kind: 'decision', text: 'Prices stay' };

function notesOf(phase: object | null, meetingId: string | null) {
  const added: unknown[] = [];
  const notes = new RoomNotes({
    notes: { append: async (...args: unknown[]) => void added.push(args) },
    meetings: { meetingOfRoom: async (_: string, callId: string | null) => (callId === 'c' ? meetingId : 'own') },
    reports: { projections: { get: () => phase && { phase } } },
  } as never);
  return { notes, added };
}

test('the line goes to the meeting of the call that the room is in, under the id of its request', async () => {
  const { notes, added } = notesOf({ name: 'in-call', callId: 'c' }, 'm');
  await notes.add(roomId, 'i', line);
  expect(added).toEqual([['m', 'i', line]]);
});

test.each([
  ['in a meeting of others', { name: 'in-call', callId: 'c' }],
  ['in no call', { name: 'idle' }],
  ['that never reported', null],
])('a room %s adds nothing', async (_, phase) => {
  const { notes, added } = notesOf(phase, null);
  await expect(notes.add(roomId, 'i', line)).rejects.toMatchObject({ code: 'not-possible-now' });
  expect(added).toEqual([]);
});

test('lines without end are refused', async () => {
  const { notes, added } = notesOf({ name: 'in-call', callId: 'c' }, 'm');
  const all = Array.from({ length: 40 }, (_, at) => notes.add(roomId, String(at), line));
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
  expect(added.length).toBe(30);
  expect(refused[0]).toMatchObject({ reason: { code: 'too-many-attempts' } });
});
