/** The phones' room links at the fleet server: pairings let in, the registry's rooms, commands by the relay. */
import type { Logger } from 'pino';
import { toMaruError, UserError } from '#contract/error-codes.ts';
import { isReadBy } from '#contract/relayed-projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomLinkHost } from '#edge/room-link-session.ts';
import { RoomLinks } from '#edge/room-links.ts';
import type { CommandRelay } from './command-relay.ts';
import type { PairingRow, Pairings } from './pairings.ts';
import type { RoomReports } from './room-reports.ts';
import type { RoomRegistry } from './room-registry.ts';

export type RoomLinkDependencies = {
  pairings: Pairings;
  relay: CommandRelay;
  reports: RoomReports;
  registry: RoomRegistry;
  logger: Logger;
};
type Admitted = { pairingId: string; pairing: PairingRow; roomId: string; roomName: string };

const SILENT_LINKS = { mostOfNetwork: 400, most: 2_000 };

/** The caller checks an upgrade's Origin, and ends the links of pairings that are revoked. */
export function fleetRoomLinks(deps: RoomLinkDependencies): RoomLinks<Admitted> {
  return new RoomLinks({ host: fleetRoomLinkHost(deps), silentLinks: SILENT_LINKS, logger: deps.logger });
}

export function fleetRoomLinkHost(deps: Omit<RoomLinkDependencies, 'logger'>): RoomLinkHost<Admitted> {
  const { pairings, relay, reports, registry } = deps;
  return {
    admit: async (token) => {
      const pairing = await pairings.ofToken(token);
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
    follow: ({ roomId }, send) =>
      reports.listen(roomId, {
        onProjection: (name, value) => {
          if (isReadBy('phone', name)) send({ type: 'projection', name, value });
        },
        onPresence: (online, lastSeenMs) => send({ type: 'presence', online, lastSeenMs }),
        onRoster: (roster) => send({ type: 'roster', roster }),
      }),
    touch: ({ pairing }) => pairings.touch(pairing),
    command: async ({ pairing, pairingId, roomId }, id, command) => {
      const issuer = { kind: 'controller', id: pairingId } as const;
      try {
        await relay.send({ id, roomId, command, issuer, isAllowed: () => pairings.isLive(pairing) });
        return null;
      } catch (error) {
        return toMaruError(error).toWire();
      }
    },
    unpair: ({ pairing, pairingId }) => pairings.revoke(pairing, `pairing:${pairingId}`),
  };
}
