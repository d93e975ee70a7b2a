/**
 * What people may do in the calls of a meeting once its policy or their role in it has changed: computed as for a new grant, and
 * sent to the nodes of its calls, which apply it to those who are in and to those who come by an older grant.
 */
import type { MeetingRole } from '#contract/call-order.ts';
import type { CallPermissions } from '#contract/grants.ts';
import { MAX_PERMITTED_IN_COMMAND, type NodeCommand } from '#contract/node-link.ts';
import type { AuthorityStore } from '../store/index.ts';
import { type CallRole, permissionsBy } from './call-permissions.ts';
import type { DocumentPolicies } from './document-policies.ts';
import { type Entries, roomOfPerson } from './entries.ts';

export type PermissionsAtNodesDependencies = {
  store: AuthorityStore;
  policies: Pick<DocumentPolicies, 'of'>;
  entries: Pick<Entries, 'admittedTo' | 'rolesToSend'>;
  /** of the meeting itself */
  roomsOf: (meetingId: string) => Promise<string[]>;
  sendToNode: (nodeId: string, command: NodeCommand) => void;
};

type Permitted = { peerIds: Set<string>; roomIds: Set<string> };

export class PermissionsAtNodes {
  readonly #deps: PermissionsAtNodesDependencies;

  constructor(deps: PermissionsAtNodesDependencies) {
    this.#deps = deps;
  }

  /** As the meeting's policy is now. Of a meeting that is over: no documents. */
  async of(meetingId: string, role: CallRole): Promise<CallPermissions> {
    return permissionsBy(role, await this.#deps.policies.of(meetingId));
  }

  /** To everybody in the meeting's call, and to everybody with a grant to it. A node out of reach gets it when it is back. */
  async send(meetingId: string): Promise<void> {
    const { store, entries, roomsOf, sendToNode } = this.#deps;
    const calls = await store.read
      .selectFrom('call')
      .select(['callId', 'nodeId'])
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is', null)
      .execute();
    const ownRooms = await roomsOf(meetingId);
    for (const { callId, nodeId } of calls) {
      const permitted = new Map<MeetingRole, Permitted>();
      const of = (role: MeetingRole): Permitted => {
        const those = permitted.get(role) ?? { peerIds: new Set(), roomIds: new Set() };
        permitted.set(role, those);
        return those;
      };
      for (const roomId of ownRooms) of('co-host').roomIds.add(roomId);
      for (const { peerId, person, role } of await entries.admittedTo(callId)) {
        const roomId = roomOfPerson(person);
        if (roomId === null) of(role).peerIds.add(peerId);
        else if (!ownRooms.includes(roomId)) of('member').roomIds.add(roomId);
      }
      for (const [role, { peerIds, roomIds }] of permitted) {
        const permissions = await this.of(meetingId, role);
        const to = (who: { peerIds: string[] } | { roomIds: string[] }): void =>
          sendToNode(nodeId, { name: 'set-permissions', meetingId, peerIds: [], roomIds: [], permissions, ...who });
        for (const some of inParts([...roomIds])) to({ roomIds: some });
        for (const some of inParts([...peerIds])) to({ peerIds: some });
      }
    }
  }

  /** Of those whose role was changed on the staff page. A node out of reach gets them when it is back. */
  async sendRoles(of: { meetingId: string } | { nodeId: string }): Promise<void> {
    for (const { nodeId, ...role } of await this.#deps.entries.rolesToSend(of))
      this.#deps.sendToNode(nodeId, { name: 'set-role', ...role });
  }

  /** To a node that was out of reach: roles, and the permissions of each of its calls whose meeting has a policy of its own. */
  async sendAllAt(nodeId: string): Promise<void> {
    await this.sendRoles({ nodeId });
    const meetings = await this.#deps.store.read
      .selectFrom('call')
      .innerJoin('meeting', 'meeting.meetingId', 'call.meetingId')
      .select('call.meetingId')
      .distinct()
      .where('call.nodeId', '=', nodeId)
      .where('call.endedAtMs', 'is', null)
      .where('meeting.documentPolicy', 'is not', null)
      .execute();
    for (const { meetingId } of meetings) await this.send(meetingId);
  }
}

function inParts(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += MAX_PERMITTED_IN_COMMAND)
    parts.push(ids.slice(from, from + MAX_PERMITTED_IN_COMMAND));
  return parts;
}
