/** The phones' room links at the fleet server: pairings let in, the registry's rooms, commands by the relay. */
import type { Logger } from 'pino';
import type { BroadcastAct } from '#contract/broadcast.ts';
import { toMaruError, UserError } from '#contract/error-codes.ts';
import { isReadBy } from '#contract/relayed-projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { RoomLinkHost } from '#edge/room-link-session.ts';
import { RoomLinks } from '#edge/room-links.ts';
import type { Meetings } from '../meetings/index.ts';
import type { CommandRelay } from './command-relay.ts';
import { DocumentAccessFeed } from './document-access-feed.ts';
import type { PairingRow, Pairings } from './pairings.ts';
import type { RoomReports } from './room-reports.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { RoomAir } from './room-air.ts';
import type { RoomNotes } from './room-notes.ts';
import type { RoomWaiting } from './room-waiting.ts';

export type RoomLinkDependencies = {
  pairings: Pairings;
  relay: CommandRelay;
  reports: RoomReports;
  registry: RoomRegistry;
  meetings: Pick<Meetings, 'documentAccessOfRoom' | 'onPolicyChanged'>;
  waiting: Pick<RoomWaiting, 'follow' | 'decide' | 'invite'>;
  air: Pick<RoomAir, 'follow' | 'direct' | 'setRecording'>;
  notes: Pick<RoomNotes, 'add'>;
  logger: Logger;
};
type Admitted = { pairingId: string; pairing: PairingRow; roomId: string; roomName: string };

const SILENT_LINKS = { mostOfNetwork: 400, most: 2_000 };

/** The caller checks an upgrade's Origin, and ends the links of pairings that are revoked. */
export function fleetRoomLinks(deps: RoomLinkDependencies): RoomLinks<Admitted> {
  return new RoomLinks({ host: fleetRoomLinkHost(deps), silentLinks: SILENT_LINKS, logger: deps.logger });
}

export function fleetRoomLinkHost(deps: RoomLinkDependencies): RoomLinkHost<Admitted> {
  const { pairings, relay, reports, registry, meetings, waiting, air, notes, logger } = deps;
  const invites = new AttemptLimit({ burst: 20, refillPerMinute: 10 });
  return {
    admit: async (token) => {
      const pairing = await pairings.ofToken(token);
      if (pairing.kind === 'laptop') throw new UserError('forbidden', 'a laptop steers nothing');
      const room = await registry.byId(pairing.roomId);
      if (!room) throw new UserError('pairing-revoked');
      return { pairingId: pairing.pairingId, pairing, roomId: room.roomId, roomName: room.roomName };
    },
    isLive: ({ pairing }) => pairings.isLive(pairing),
    welcome: ({ roomId, roomName }) => {
      const { online, lastSeenMs } = reports.of(roomId);
      return {
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        roomId,
        roomName,
        projections: reports.projections.relayedTo('phone', roomId),
        online,
        lastSeenMs,
        nowMs: Date.now(),
      };
    },
    follow: ({ roomId, pairingId }, send) => {
      const access = new DocumentAccessFeed({
        of: (callId) => meetings.documentAccessOfRoom(roomId, pairingId, callId),
        send: (access) => send({ type: 'document-access', access }),
        onFailed: (error) => logger.error({ err: error, roomId }, 'no access to documents for a phone'),
      });
      access.roomIs(reports.projections.get(roomId, 'state')?.phase);
      const unfollow = meetings.onPolicyChanged((meetingId) => access.policyChanged(meetingId));
      const unfollowWaiting = waiting.follow(roomId, (list) => send({ type: 'waiting', waiting: list }));
      const unfollowAir = air.follow(roomId, {
        onAir: (air) => send({ type: 'air', air }),
        onPreview: (preview) => send({ type: 'program-preview', ...preview }),
      });
      const unlisten = reports.listen(roomId, {
        onProjection: (name, value) => {
          if (isReadBy('phone', name)) send({ type: 'projection', name, value });
          if (name === 'state') access.roomIs(reports.projections.get(roomId, 'state')?.phase);
        },
        onPresence: (online, lastSeenMs) => send({ type: 'presence', online, lastSeenMs }),
        onRoster: (roster) => send({ type: 'roster', roster }),
      });
      return () => {
        access.stop();
        unfollow();
        unfollowWaiting();
        unfollowAir();
        unlisten();
      };
    },
    touch: ({ pairing }) => pairings.touch(pairing),
    command: async ({ pairing, pairingId, roomId }, id, command) => {
      const issuer = { kind: 'controller', id: pairingId } as const;
      try {
        await relay.send({
          id,
          roomId,
          command,
          issuer,
          isAllowed: () => pairings.isLive(pairing),
          isPresent: () => pairings.isPresent(pairing),
        });
        return null;
      } catch (error) {
        return toMaruError(error).toWire();
      }
    },
    decideWaiting: async ({ pairing, pairingId, roomId }, decision) => {
      if (!pairings.isLive(pairing)) throw new UserError('pairing-revoked');
      await waiting.decide(roomId, decision, `pairing:${pairingId}`);
    },
    makeInvite: async ({ pairing, pairingId, roomId }, displayName) => {
      if (!pairings.isLive(pairing)) throw new UserError('pairing-revoked');
      if (!invites.take(pairingId)) throw new UserError('too-many-attempts');
      return waiting.invite(roomId, displayName, `pairing:${pairingId}`);
    },
    directBroadcast: async ({ pairing, pairingId, roomId }, act) => {
      if (!pairings.isLive(pairing)) throw new UserError('pairing-revoked');
      if (showsRoom(act) && !pairings.isPresent(pairing)) throw new UserError('presence-needed');
      await air.direct(roomId, act, `pairing:${pairingId}`);
    },
    setRecording: async ({ pairing, pairingId, roomId }, on) => {
      if (!pairings.isLive(pairing)) throw new UserError('pairing-revoked');
      if (on && !pairings.isPresent(pairing)) throw new UserError('presence-needed');
      await air.setRecording(roomId, on, `pairing:${pairingId}`);
    },
    addNote: async ({ pairing, roomId }, id, line) => {
      if (!pairings.isLive(pairing)) throw new UserError('pairing-revoked');
      await notes.add(roomId, id, line);
    },
    provePresence: ({ pairing }, code, network) => pairings.prove(pairing, code, network),
    unpair: ({ pairing, pairingId }) => pairings.revoke(pairing, `pairing:${pairingId}`),
  };
}

/** The act brings the room before viewers, or changes what they see of it. What takes it off the air goes from anywhere. */
const showsRoom = ({ name }: BroadcastAct): boolean =>
  name === 'open-green-room' || name === 'start' || name === 'resume' || name === 'set-stage';
