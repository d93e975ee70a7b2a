/** The room links at the kiosk: which upgrades are ours, phones and tablets let in, commands straight to the authority. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { InvalidStateError } from '#contract/error-codes.ts';
import { ROOM_LINK_PATH } from '#contract/room-link.ts';
import { refuseUpgrade } from '#edge/refuse-upgrade.ts';
import type { RoomLinkHost, RoomLinkWelcome } from '#edge/room-link-session.ts';
import { RoomLinks } from '#edge/room-links.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import type { LanCommand, Reply } from '../room-authority.ts';
import { isOurHost, isOurOrigin } from './lan-origin.ts';
import type { AdmittedController, LanPairings } from './lan-pairings.ts';
import type { LanSettings } from './lan-settings.ts';

const SILENT_LINKS = { mostOfNetwork: 50, most: 200 };

export type LanLinksOptions = {
  settings: LanSettings;
  pairings: LanPairings;
  welcome: () => RoomLinkWelcome;
  onCommand: (order: LanCommand, reply: Reply) => void;
  logger: Logger;
};

export function lanRoomLinks({ pairings, welcome, onCommand, logger }: LanLinksOptions): RoomLinks<AdmittedController> {
  const host: RoomLinkHost<AdmittedController> = {
    admit: (token) => pairings.admit(token),
    isLive: ({ pairingId }) => pairings.isLive(pairingId),
    welcome,
    touch: ({ pairingId }) => pairings.touch(pairingId),
    command: ({ pairingId }, id, command) =>
      new Promise((resolve) =>
        onCommand({ id, command, pairingId }, (reply) => resolve(reply.ok ? null : reply.error)),
      ),
    unpair: ({ pairingId, kind }) => {
      if (kind === 'tablet') throw new InvalidStateError('not-possible-now', 'only the fleet ends a tablet’s pairing');
      pairings.end(pairingId);
    },
  };
  return new RoomLinks({ host, silentLinks: SILENT_LINKS, logger });
}

/** For the listener's `upgrade` event: refuses what is not a room link from our own page. */
export function lanUpgrade(
  links: RoomLinks<AdmittedController>,
  { settings, logger }: Pick<LanLinksOptions, 'settings' | 'logger'>,
) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const network = noProxies.networkOf(request);
    const refusal = objectionTo(request, settings);
    if (refusal === null) {
      links.handleUpgrade(request, socket, head, network);
      return;
    }
    const { origin, host } = request.headers;
    logger.warn({ network, refusal, origin, host }, 'lan: upgrade refused');
    refuseUpgrade(socket, refusal);
  };
}

function objectionTo(
  { url, headers }: IncomingMessage,
  settings: LanSettings,
): '404 Not Found' | '403 Forbidden' | null {
  if (url !== ROOM_LINK_PATH) return '404 Not Found';
  return isOurHost(settings, headers.host) && isOurOrigin(settings, headers.origin) ? null : '403 Forbidden';
}
