/** What is sent to nodes once a policy or a role has changed: to whom, in how many commands, and to which calls. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import { MAX_PERMITTED_IN_COMMAND, type NodeCommand } from '#contract/node-link.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { newCall } from './call-rows.ts';
import { personOfAccount, personOfRoom } from './entries.ts';
import type { RegisteredNode } from './media-nodes.ts';
import { PermissionsAtNodes, type PermissionsAtNodesDependencies } from './permissions-at-nodes.ts';

type Admitted = Awaited<ReturnType<PermissionsAtNodesDependencies['entries']['admittedTo']>>[number];
type SetPermissions = Extract<NodeCommand, { name: 'set-permissions' }>;
let dataDir: string;
let store: AuthorityStore;
let admitted: Admitted[];
let ownRooms: string[];
let sent: (SetPermissions & { nodeId: string })[];
let permissions: PermissionsAtNodes;
const rolesToSend = vi.fn<PermissionsAtNodesDependencies['entries']['rolesToSend']>();
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-permissions-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  [admitted, ownRooms, sent] = [[], [], []];
  rolesToSend.mockReset().mockResolvedValue([]);
  permissions = new PermissionsAtNodes({
    store,
    policies: { of: async () => DEFAULT_DOCUMENT_POLICY },
    entries: { admittedTo: async () => admitted, rolesToSend },
    roomsOf: async () => ownRooms,
    sendToNode: (nodeId, command) => sent.push({ nodeId, ...(command as SetPermissions) }),
  });
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

/** A meeting with a call at this node. */
async function meetingAt(nodeId: string, changes: { isOver?: boolean; hasPolicy?: boolean } = {}): Promise<string> {
  const meetingId = newId();
  const documentPolicy = changes.hasPolicy ? JSON.stringify(DEFAULT_DOCUMENT_POLICY) : null;
  await store.write(async (trx) => {
    const meeting = { meetingId, roomId: null, title: 'M', createdAtMs: 1, documentPolicy };
    await trx.insertInto('meeting').values(meeting).execute();
    const call = newCall(newId(), meetingId, { nodeId, instanceId: newId() } as RegisteredNode);
    await trx
      .insertInto('call')
      .values({ ...call, endedAtMs: changes.isOver ? 1 : null })
      .execute();
  });
  return meetingId;
}
const person = (role: Admitted['role'] = 'member'): Admitted => ({
  peerId: newId(),
  person: personOfAccount(newId()),
  role,
});

test.each(['peerIds', 'roomIds'] as const)(
  'more %s than fit into one command go in several, each once',
  async (kind) => {
    const nodeId = newId();
    const meetingId = await meetingAt(nodeId);
    const ids = Array.from({ length: 2 * MAX_PERMITTED_IN_COMMAND + 1 }, () => newId());
    if (kind === 'roomIds') ownRooms = ids;
    else admitted = ids.map((peerId) => ({ ...person(), peerId }));
    await permissions.send(meetingId);
    expect(sent.map((command) => command[kind].length)).toEqual([
      MAX_PERMITTED_IN_COMMAND,
      MAX_PERMITTED_IN_COMMAND,
      1,
    ]);
    expect(sent.flatMap((command) => command[kind])).toEqual(ids);
    expect(sent.every((command) => command.nodeId === nodeId && command.meetingId === meetingId)).toBe(true);
  },
);

test('each is permitted what its role is: a room of the meeting as a co-host though it came by an invite, another as a member', async () => {
  const meetingId = await meetingAt(newId());
  const [own, invited] = [newId(), newId()];
  const people = [person('host'), person('guest')];
  ownRooms = [own];
  admitted = [...people, ...[own, invited].map((id) => ({ ...person('guest'), person: personOfRoom(id) }))];
  await permissions.send(meetingId);
  const rightsOf = (id: string) =>
    sent.filter(({ peerIds, roomIds }) => [...peerIds, ...roomIds].includes(id)).map((command) => command.permissions);
  for (const [id, role] of [
    [own, 'co-host'],
    [invited, 'member'],
    [people[0]!.peerId, 'host'],
    [people[1]!.peerId, 'guest'],
  ] as const)
    expect(rightsOf(id), role).toEqual([await permissions.of(meetingId, role)]);
});

test('a node that is back is sent the calls that it has, go on, and have a policy of their own; and the roles set meanwhile', async () => {
  const nodeId = newId();
  admitted = [person()];
  const due = await meetingAt(nodeId, { hasPolicy: true });
  await meetingAt(nodeId);
  await meetingAt(nodeId, { hasPolicy: true, isOver: true });
  await meetingAt(newId(), { hasPolicy: true });
  await permissions.sendAllAt(nodeId);
  expect(sent.map((command) => [command.nodeId, command.meetingId])).toEqual([[nodeId, due]]);
  expect(rolesToSend.mock.calls).toEqual([[{ nodeId }]]);
});

test('a meeting whose call is over needs no command', async () => {
  admitted = [person()];
  await permissions.send(await meetingAt(newId(), { isOver: true }));
  expect(sent).toEqual([]);
});
