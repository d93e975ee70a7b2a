/** Rights of an open notes link: remembered while nothing changes them, and gone with the very next message once one is withdrawn. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as encoding from 'lib0/encoding';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { messageYjsUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import type { Account } from '#contract/http/people-api.ts';
import { NOTES_FRAGMENT, NotesLinkToPage } from '#contract/notes-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { MeetingPeople } from '../meetings/meeting-people.ts';
import { Notes, NotesLinks } from '../notes/index.ts';
import { MEMBER, PeopleUnderTest } from '../people/people-under-test.ts';
import { type AuthorityWrite, newId } from '../store/index.ts';
import type { AccessDependencies } from './access.ts';
import { notesRightsOf } from './notes-rights.ts';

const WITHIN = { timeout: 10_000, interval: 5 };
let under: PeopleUnderTest;
let server: Server;
let links: NotesLinks;
let [host, mina]: Account[] = [];
let token: string;
let meetingId: string;

beforeEach(async () => {
  under = new PeopleUnderTest();
  await under.start();
  [host, mina] = [await under.account('host', MEMBER), await under.account('mina', MEMBER)];
  token = (await under.signIn('mina')).token;
  meetingId = newId();
  const person = { personId: newId(), meetingId, displayName: 'Mina', email: null, role: 'member' as const };
  await under.store.write(async (trx) => {
    await trx
      .insertInto('meeting')
      .values({ meetingId, title: 'Plans', createdAtMs: 1, hostAccountId: host!.accountId })
      .execute();
    await trx
      .insertInto('meetingPerson')
      .values({ ...person, accountId: mina!.accountId, inviteId: null, addedAtMs: 1 })
      .execute();
  });
  const { accounts, sessions } = under.people;
  const people = new MeetingPeople(under);
  const deps = {
    ...{ accounts, sessions },
    roleInMeeting: (accountId: string, of: string) => people.roleOf(of, accountId),
  } as unknown as AccessDependencies;
  const logger = pino({ level: 'silent' });
  links = new NotesLinks({ notes: new Notes({ store: under.store, logger }), logger });
  server = createServer();
  server.on('upgrade', (request, socket, head) =>
    links.handleUpgrade(request, socket, head, 'office', notesRightsOf(token, deps)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  links.stop();
  server.close();
  server.closeAllConnections();
  await under.stop();
});

async function open() {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const got: NotesLinkToPage[] = [];
  socket.on('message', (data, isBinary) => {
    if (!isBinary) got.push(NotesLinkToPage.parse(JSON.parse(String(data))));
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, meetingId }));
  await vi.waitFor(() => expect(got[0]).toMatchObject({ type: 'welcome', access: 'write' }), WITHIN);
  const page = new Y.Doc();
  const write = (text: string): void => {
    const before = Y.encodeStateVector(page);
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText(text)]);
    page.getXmlFragment(NOTES_FRAGMENT).push([paragraph]);
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, messageYjsUpdate);
    encoding.writeVarUint8Array(encoder, Y.encodeStateAsUpdate(page, before));
    socket.send(encoding.toUint8Array(encoder));
  };
  const saved = (): number => got.filter(({ type }) => type === 'saved').length;
  return { socket, got, write, saved };
}

test('while nothing changes, neither messages nor the clock ask the store for rights', async () => {
  const { write, saved, socket } = await open();
  write('first');
  await vi.waitFor(() => expect(saved()).toBe(1), WITHIN);
  const reading = vi.spyOn(under.store.read, 'selectFrom');
  for (let n = 0; n < 50; n += 1) write(`line ${n}`);
  await vi.waitFor(() => expect(saved()).toBe(51), WITHIN);
  expect(reading).not.toHaveBeenCalled();
  // others sign in, and a session of today is used
  await under.signIn('host');
  await under.store.write((trx) => trx.updateTable('session').set({ lastUsedAtMs: Date.now() }).execute());
  const asked = reading.mock.calls.length;
  write('last');
  await vi.waitFor(() => expect(saved()).toBe(52), WITHIN);
  expect(reading.mock.calls.length).toBe(asked);
  reading.mockRestore();
  socket.close();
});

const withdrawals: [how: string, withdraw: (trx: AuthorityWrite) => Promise<unknown>, answer: object][] = [
  [
    'removed from the meeting',
    (trx) => trx.deleteFrom('meetingPerson').where('meetingId', '=', meetingId).execute(),
    { type: 'update-refused', error: { code: 'forbidden' } },
  ],
  [
    'signed out',
    (trx) => trx.deleteFrom('session').where('accountId', '=', mina!.accountId).execute(),
    { type: 'error', error: { code: 'not-signed-in' } },
  ],
  [
    'disabled',
    (trx) => trx.updateTable('account').set({ disabledAtMs: 1 }).where('accountId', '=', mina!.accountId).execute(),
    { type: 'error', error: { code: 'not-signed-in' } },
  ],
  [
    'given another password',
    (trx) => trx.updateTable('password').set({ mustChange: 1 }).where('accountId', '=', mina!.accountId).execute(),
    { type: 'update-refused', error: { code: 'forbidden' } },
  ],
  [
    'in a meeting that is cancelled',
    (trx) => trx.updateTable('meeting').set({ cancelledAtMs: 1 }).where('meetingId', '=', meetingId).execute(),
    { type: 'access', access: 'read' },
  ],
  [
    'out of time with their session',
    (trx) => trx.updateTable('session').set({ expiresAtMs: 1 }).where('accountId', '=', mina!.accountId).execute(),
    { type: 'error', error: { code: 'not-signed-in' } },
  ],
];

test.each(withdrawals)('who is %s has the very next message refused', async (_how, withdraw, answer) => {
  const { write, saved, got, socket } = await open();
  write('good');
  await vi.waitFor(() => expect(saved()).toBe(1), WITHIN);
  // in the same turn in which the change is known: no clock has come by
  await under.store.write(withdraw).then(() => write('too late'));
  const shown = () =>
    got.slice(2).map((message) => ('error' in message ? { ...message, error: { code: message.error.code } } : message));
  await vi.waitFor(() => expect(shown()).toContainEqual(answer), WITHIN);
  expect(saved()).toBe(1);
  socket.close();
});
