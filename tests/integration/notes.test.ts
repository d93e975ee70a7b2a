/** The shared notes of a meeting: the page's client against the real fleet server, through cuts, restarts and changed rights. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { NotesClient } from '../../controller/ui/notes/notes-client.ts';
import { NotesScene, type NotesPerson, paragraphOf as p, textOf, write } from './notes-scene.ts';

const WITHIN = { timeout: 15_000, interval: 20 };
let scene: NotesScene;
let [mina, joon, sora]: NotesPerson[] = [];

beforeAll(async () => {
  scene = await NotesScene.start();
  [mina, joon, sora] = [
    await scene.person('Mina Kim'),
    await scene.person('Joon Park'),
    await scene.person('Sora Lee'),
  ];
});
afterAll(() => scene?.stop());

const isOpen = (client: NotesClient) => vi.waitFor(() => expect(client.getSnapshot().phase).toBe('open'), WITHIN);
const isSaved = (client: NotesClient) => vi.waitFor(() => expect(client.getSnapshot().isUnsaved).toBe(false), WITHIN);

test('two write at once, both see both, and it is there after a restart', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const [one, other] = [scene.open(mina!, meetingId).client, scene.open(joon!, meetingId).client];
  await Promise.all([isOpen(one), isOpen(other)]);
  expect(one.getSnapshot().access).toBe('write');
  write(one, '안건');
  write(other, 'Budget');
  await vi.waitFor(() => {
    expect(textOf(one)).toBe(textOf(other));
    expect(textOf(one)).toContain(p('안건'));
    expect(textOf(one)).toContain(p('Budget'));
  }, WITHIN);
  await Promise.all([isSaved(one), isSaved(other)]);
  await scene.fleet.kill();
  await scene.fleet.startServer();
  const late = scene.open(joon!, meetingId).client;
  await isOpen(late);
  await vi.waitFor(() => expect(textOf(late)).toBe(textOf(one)), WITHIN);
});

test('what is written while the server is away is kept and merged', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const [one, other] = [scene.open(mina!, meetingId).client, scene.open(joon!, meetingId).client];
  await Promise.all([isOpen(one), isOpen(other)]);
  write(one, 'before');
  await vi.waitFor(() => expect(textOf(other)).toBe(p('before')), WITHIN);
  await scene.fleet.kill();
  await vi.waitFor(() => expect(one.getSnapshot().phase).toBe('offline'), WITHIN);
  write(one, 'mine');
  write(other, 'yours', 0);
  expect(one.getSnapshot().isUnsaved).toBe(true);
  await scene.fleet.startServer();
  await vi.waitFor(() => {
    expect(textOf(one)).toBe(p('yours') + p('before') + p('mine'));
    expect(textOf(other)).toBe(textOf(one));
  }, WITHIN);
  await Promise.all([isSaved(one), isSaved(other)]);
});

test('who is not invited does not get in, nor who is not signed in', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  for (const [who, code] of [
    [sora!, 'forbidden'],
    [{ ...mina!, cookie: '' }, 'not-signed-in'],
  ] as const) {
    const { client } = scene.open(who, meetingId);
    await vi.waitFor(() => expect(client.getSnapshot()).toMatchObject({ phase: 'ended', endedBy: code }), WITHIN);
    expect(textOf(client)).toBe('');
  }
});

test('who manages meetings reads what others write, and writes nothing', async () => {
  const meetingId = await scene.meetingWith(mina!);
  const one = scene.open(mina!, meetingId).client;
  const reader = scene.open({ ...mina!, cookie: scene.fleet.admin.cookie }, meetingId).client;
  await Promise.all([isOpen(one), isOpen(reader)]);
  expect(reader.getSnapshot().access).toBe('read');
  write(reader, 'not mine');
  write(one, 'ours');
  await vi.waitFor(() => expect(textOf(reader)).toContain(p('ours')), WITHIN);
  expect(textOf(one)).toBe(p('ours'));
});

test('who is removed from the meeting is out within a second, with the editor open', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const [one, other] = [scene.open(mina!, meetingId).client, scene.open(joon!, meetingId).client];
  await Promise.all([isOpen(one), isOpen(other)]);
  const { body } = await scene.fleet.api('GET', `/api/v1/meetings/${meetingId}`, undefined, mina!.cookie);
  const { sequence, title, startsAtMs } = body.meeting;
  const without = { sequence, title, startsAtMs, durationMinutes: 30, people: [], roomIds: [] };
  const changed = await scene.fleet.api('PUT', `/api/v1/meetings/${meetingId}`, without, mina!.cookie);
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  const fromMs = performance.now();
  write(other, 'too late');
  await vi.waitFor(() => expect(other.getSnapshot().phase).toBe('ended'), { timeout: 3_000, interval: 10 });
  expect(performance.now() - fromMs).toBeLessThan(1_500);
  write(one, 'still here');
  await isSaved(one);
  expect(textOf(one)).toBe(p('still here'));
});

test('a cancelled meeting is read only at once', async () => {
  const meetingId = await scene.meetingWith(mina!);
  const { client } = scene.open(mina!, meetingId);
  await isOpen(client);
  const { status } = await scene.fleet.api('DELETE', `/api/v1/meetings/${meetingId}`, undefined, mina!.cookie);
  expect(status).toBeLessThan(300);
  await vi.waitFor(() => expect(client.getSnapshot().access).toBe('read'), { timeout: 3_000, interval: 10 });
});
