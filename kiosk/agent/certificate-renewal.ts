/** Renews the room's certificate in time: looked at at the start and every few hours, and tried again where it did not work. */
import type { Logger } from 'pino';
import { MaruError } from '#contract/error-codes.ts';
import { renew, renewalDue, type RoomIdentity } from './room-identity.ts';

const LOOK_EACH_MS = 6 * 3_600_000;

export type CertificateRenewalOptions = {
  /** as it is now: its name may change while the fleet signs */
  identity: () => RoomIdentity;
  /** may throw where it cannot be kept */
  onRenewed: (identity: RoomIdentity) => void;
  /** the fleet has ended the enrolment */
  onEnded: () => void;
  logger: Logger;
  renewed?: typeof renew;
};

export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CertificateRenewalOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EACH_MS);
    void this.#look();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { identity, onRenewed, onEnded, logger, renewed = renew } = this.#options;
    const former = identity();
    if (!renewalDue(former, Date.now())) return;
    try {
      const { certificatePem, caPem, keyPem } = await renewed(former);
      onRenewed({ ...identity(), certificatePem, caPem, keyPem });
      logger.info('certificate renewed');
    } catch (error) {
      if (error instanceof MaruError && error.code === 'enrolment-ended') return onEnded();
      logger.warn({ err: error }, 'the certificate could not be renewed, trying again later');
    }
  }
}
