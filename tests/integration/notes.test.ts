/** The shared notes of a meeting: the page's client against the real fleet server, through cuts, restarts and changed rights. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
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
    // who manages meetings is none of its people
    [{ ...mina!, cookie: scene.fleet.admin.cookie }, 'forbidden'],
    [{ ...mina!, cookie: '' }, 'not-signed-in'],
  ] as const) {
    const { client } = scene.open(who, meetingId);
    await vi.waitFor(() => expect(client.getSnapshot()).toMatchObject({ phase: 'ended', endedBy: code }), WITHIN);
    expect(textOf(client)).toBe('');
  }
});

test('are a Markdown file for the meeting’s people alone', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const { client } = scene.open(mina!, meetingId);
  await isOpen(client);
  write(client, 'We *buy* it');
  await isSaved(client);
  const file = (cookie: string) =>
    fetch(new URL(`/api/v1/meetings/${meetingId}/notes/file.md`, scene.fleet.ready.fleetUrl), { headers: { cookie } });
  const answer = await file(joon!.cookie);
  expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
    200,
    expect.stringMatching(/^attachment; filename="maru-notes-\d{4}-\d\d-\d\d\.md"/),
  ]);
  expect(await answer.text()).toContain('We \\*buy\\* it');
  for (const cookie of [sora!.cookie, scene.fleet.admin.cookie]) expect((await file(cookie)).status).toBe(403);
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

describe('a page that breaks the protocol ends its own link, and nobody else notices:', () => {
  let meetingId: string;
  let honest: NotesClient;
  beforeAll(async () => {
    meetingId = await scene.meetingWith(mina!, joon!);
    honest = scene.open(mina!, meetingId).client;
    await isOpen(honest);
    write(honest, 'ours');
    await isSaved(honest);
  });
  const hello = (more: object = {}) =>
    JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, meetingId, ...more });
  /** Sends these; answers the code and the error that came before the close. */
  async function closeAfter(
    ...messages: (string | Uint8Array)[]
  ): Promise<{ code: number; error: string | undefined }> {
    const socket = scene.socket(joon!.cookie);
    let error: string | undefined;
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? null : JSON.parse(String(data));
      if (message?.type === 'error') error = message.error.code;
    });
    await once(socket, 'open');
    for (const message of messages) socket.send(message);
    const [code] = (await once(socket, 'close')) as [number];
    return { code, error };
  }
  const frame = (kind: number, ...bytes: number[]) => new Uint8Array([kind, bytes.length, ...bytes]);
  const badMessage = { code: 4400, error: 'bad-message' };

  test.each<[string, () => (string | Uint8Array)[], object]>([
    ['bytes before its hello', () => [new Uint8Array([0, 1, 0])], { code: 4402, error: 'hello-expected' }],
    ['a hello of a release to come', () => [hello({ protocol: 999 })], { error: 'server-too-old' }],
    ['a hello without a meeting', () => [hello({ meetingId: undefined })], badMessage],
    ['a second hello', () => [hello(), hello()], badMessage],
    ['words that are no JSON', () => [hello(), '{{'], badMessage],
    ['a frame of no kind', () => [hello(), frame(7, 1)], badMessage],
    ['an empty frame', () => [hello(), new Uint8Array(0)], badMessage],
    ['a frame that ends early', () => [hello(), new Uint8Array([2, 200, 1])], badMessage],
    ['a frame with a tail', () => [hello(), new Uint8Array([2, 2, 0, 0, 9])], badMessage],
    ['a damaged state vector', () => [hello(), frame(0, 9, 9)], badMessage],
    ['a damaged update', () => [hello(), frame(2, 1, 1, 5, 0, 7)], badMessage],
    ['an endless count', () => [hello(), frame(2, 255, 255, 255, 255, 255, 255, 255, 127)], badMessage],
    ['an update of another meeting', () => [hello(), updateOfAnother()], badMessage],
    ['more than an update may have', () => [hello(), new Uint8Array(70_000)], { code: 1009 }],
    [
      'a thousand messages at once',
      () => [hello(), ...Array<string>(1_000).fill('{"type":"ping"}')],
      {
        code: 4429,
        error: 'too-many-attempts',
      },
    ],
  ])('%s', async (_, messages, expected) => {
    expect(await closeAfter(...messages())).toMatchObject(expected);
    expect(honest.getSnapshot()).toMatchObject({ phase: 'open', refusedBy: null });
    expect(textOf(honest)).toBe(p('ours'));
  });

  test('a page of another origin gets no link', async () => {
    const socket = scene.socket(joon!.cookie, { origin: 'https://elsewhere.example' });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(403);
  });

  function updateOfAnother(): Uint8Array {
    const doc = new Y.Doc();
    doc.getText('any').insert(0, 'one');
    const before = Y.encodeStateVector(doc);
    doc.getText('any').insert(3, 'two');
    return frame(2, ...Y.encodeStateAsUpdate(doc, before));
  }
});

test('notes that are full refuse what is added, keep what is there, and take deletions', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const one = scene.open(mina!, meetingId).client;
  await isOpen(one);
  const part = 'x'.repeat(60_000);
  while (one.getSnapshot().refusedBy === null) {
    write(one, part);
    await vi.waitFor(() => {
      const { isUnsaved, refusedBy } = one.getSnapshot();
      expect(isUnsaved && refusedBy === null).toBe(false);
    }, WITHIN);
  }
  expect(one.getSnapshot().refusedBy).toBe('notes-too-large');
  one.restart();
  await isOpen(one);
  const kept = one.doc.getXmlFragment(NOTES_FRAGMENT).length;
  expect(kept).toBeGreaterThan(30);
  one.doc.getXmlFragment(NOTES_FRAGMENT).delete(0, 10);
  await isSaved(one);
  expect(one.getSnapshot().refusedBy).toBeNull();
  write(one, 'short again');
  await isSaved(one);
  expect(one.getSnapshot().refusedBy).toBeNull();
});
