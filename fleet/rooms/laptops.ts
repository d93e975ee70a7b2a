/**
 * A laptop that shows its screen in a room: asks the room into its call and lets the laptop send there, as a person who
 * receives nothing. Its pairing ended, it is put out of the call. The room leaves by itself: see kiosk/room.
 */
import type { Logger } from 'pino';
import { InvalidStateError, OperationalError, UserError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { Meetings } from '../meetings/index.ts';
import { newId } from '../store/index.ts';
import type { CommandRelay } from './command-relay.ts';
import type { PairingRow, Pairings } from './pairings.ts';
import type { RoomReports } from './room-reports.ts';

export type LaptopsDependencies = {
  pairings: Pick<Pairings, 'ofToken' | 'isLive' | 'touch' | 'onRevoked' | 'isPresent'>;
  relay: Pick<CommandRelay, 'send'>;
  reports: Pick<RoomReports, 'of'>;
  meetings: Pick<Meetings, 'grantForLaptop' | 'commandNodes'>;
  logger: Logger;
};

export class Laptops {
  readonly #deps: LaptopsDependencies;
  /** by pairing: the places that its grants were for; a laptop that has come again may still hold the former one */
  readonly #places = new Map<string, { callId: string; peerId: string }[]>();
  readonly #entries = new AttemptLimit({ burst: 10, refillPerMinute: 10 });

  constructor(deps: LaptopsDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { pairings, meetings } = this.#deps;
    pairings.onRevoked((pairingId) => {
      const places = this.#places.get(pairingId) ?? [];
      this.#places.delete(pairingId);
      for (const place of places) meetings.commandNodes({ name: 'remove-participant', ...place });
    });
  }

  /**
   * An idle room joins the call of its own meeting; one that is in a call of its own stays there.
   * @throws UserError token-invalid, pairing-revoked, forbidden, too-many-attempts; InvalidStateError not-possible-now: the
   *   room is on its way into another meeting, or in somebody else's; OperationalError room-not-answering, no-media-node,
   *   call-unreachable
   */
  async enter(laptopToken: string): Promise<CallGrant> {
    const { pairings, meetings, logger } = this.#deps;
    const pairing = await pairings.ofToken(laptopToken);
    if (pairing.kind !== 'laptop') throw new UserError('forbidden', 'not the token of a laptop');
    if (!this.#entries.take(pairing.pairingId)) throw new UserError('too-many-attempts');
    pairings.touch(pairing);
    const { pairingId, roomId } = pairing;
    const grant = await meetings.grantForLaptop(roomId, await this.#roomsCall(pairing));
    if (!pairings.isLive(pairing)) throw new UserError('pairing-revoked');
    const { callId, peerId } = grant;
    this.#places.set(pairingId, [...(this.#places.get(pairingId) ?? []), { callId, peerId }]);
    logger.info({ roomId, pairingId, callId }, 'laptop let in to show its screen');
    return grant;
  }

  /** null: that of the room's own meeting */
  async #roomsCall(pairing: PairingRow): Promise<string | null> {
    const { pairings, relay, reports } = this.#deps;
    const { pairingId, roomId } = pairing;
    const { online, state } = reports.of(roomId);
    if (!online) throw new OperationalError('room-not-answering', 'the room is offline');
    const phase = state?.phase;
    if (phase?.name === 'in-call' && phase.bookingId) return phase.callId;
    if (phase?.name === 'starting' && phase.bookingId)
      throw new InvalidStateError('not-possible-now', 'the room is on its way into a booked meeting');
    // also where it was in its own call at last: it may have left in this moment, and ignores this otherwise
    await relay.send({
      id: newId(),
      roomId,
      command: { name: 'join-call', forLaptop: true },
      issuer: { kind: 'controller', id: pairingId },
      isAllowed: () => pairings.isLive(pairing),
      // of a room that is in a call nothing is opened
      isPresent: () => phase?.name === 'in-call' || pairings.isPresent(pairing),
    });
    return phase?.name === 'in-call' ? phase.callId : null;
  }
}
