/** A kiosk of no room at its fleet: it waits there, shows the code that a person types into the console, and fetches what makes it a room's. */
import { createHash, X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import type { FleetAddress } from '#contract/enrolment.ts';
import { toMaruError } from '#contract/error-codes.ts';
import { type KioskSheet, type NotEnrolledView, WAITING_POLL_MS } from '#contract/waiting-kiosk.ts';
import { askAtFleet, fleetCa, type RoomIdentity, waitAtFleet, type WaitingPlace } from '../room-identity.ts';

const TRY_AGAIN_MS = 10_000;

type Shown = Omit<NotEnrolledView, 'fleetAddress' | 'setupUrl'>;
const NOTHING: Shown = {
  step: 'asks-for-address',
  claimCode: null,
  keySha256: null,
  caSha256: null,
  formerRoomName: null,
};

export class WaitingAtFleet {
  readonly #options: { sheet: () => KioskSheet; logger: Logger };
  #address = '';
  #place: WaitingPlace | null = null;
  /** of the address: what answered first is believed until another address is named */
  #caPem: string | null = null;
  #nextMs = 0;
  #shown = NOTHING;

  constructor(options: { sheet: () => KioskSheet; logger: Logger }) {
    this.#options = options;
  }

  get view(): Shown {
    return this.#shown;
  }

  /** Called again and again. @returns what makes this kiosk a room's; null: not yet. A fleet that is away throws nothing */
  async look(address: FleetAddress | null, former: RoomIdentity | null): Promise<RoomIdentity | null> {
    const text = JSON.stringify(address);
    if (text !== this.#address) {
      [this.#address, this.#place, this.#caPem, this.#nextMs] = [text, null, null, 0];
      this.#shown = address === null ? NOTHING : { ...NOTHING, step: 'reaches-for-fleet' };
    }
    if (address === null || performance.now() < this.#nextMs) return null;
    try {
      const identity = await this.#ask(address, former);
      this.#nextMs = performance.now() + WAITING_POLL_MS - 100;
      return identity;
    } catch (error) {
      const { code } = toMaruError(error);
      this.#options.logger.warn({ code, err: error, deviceApiUrl: address.deviceApiUrl }, 'not waiting at the fleet');
      this.#place = null;
      this.#nextMs = code === 'not-found' ? 0 : performance.now() + TRY_AGAIN_MS;
      this.#shown = { ...this.#shown, step: 'reaches-for-fleet', claimCode: null };
      return null;
    }
  }

  async #ask({ deviceApiUrl, caSha256 }: FleetAddress, former: RoomIdentity | null): Promise<RoomIdentity | null> {
    this.#caPem ??= await fleetCa(deviceApiUrl, caSha256);
    // the former certificate proves something to the fleet that issued it alone
    const ofThisFleet = former !== null && former.caPem.trim() === this.#caPem.trim() ? former : null;
    this.#place ??= await waitAtFleet({ deviceApiUrl, caPem: this.#caPem, former: ofThisFleet }, this.#options.sheet());
    const { keyPem, keySha256 } = this.#place;
    const answer = await askAtFleet(this.#place);
    if (answer.state === 'claimed') return { ...answer.enrolled, deviceApiUrl, keyPem };
    this.#shown = {
      step: answer.state === 'asks-to-return' ? 'asks-to-return' : 'waits-for-claim',
      claimCode: answer.state === 'waits-for-claim' ? answer.claimCode : null,
      keySha256,
      caSha256: createHash('sha256').update(new X509Certificate(this.#caPem).raw).digest('hex'),
      formerRoomName: answer.state === 'asks-to-return' ? answer.roomName : null,
    };
    return null;
  }
}

/** Of a kiosk that was a room's: its fleet, and no other. */
export const ownFleetOf = ({ deviceApiUrl, caPem }: RoomIdentity): FleetAddress => ({
  deviceApiUrl,
  caSha256: createHash('sha256').update(new X509Certificate(caPem).raw).digest('hex'),
  claimCode: null,
});
