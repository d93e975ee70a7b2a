/**
 * Whether this box belongs to a room. One that does not shows why on its TV, looks for a claim, and waits at the fleet to be
 * claimed; one whose certificate the fleet refuses asks now and then whether that still holds. The certificates
 * themselves are room-identity.ts.
 */
import { createHash } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Claim, type FleetAddress } from '#contract/enrolment.ts';
import { type ErrorCode, OperationalError, toMaruError } from '#contract/error-codes.ts';
import type { KioskSheet, NotEnrolledView } from '#contract/waiting-kiosk.ts';
import { KeptFile } from './kept-file.ts';
import { enrol, RoomIdentity, isGood } from './room-identity.ts';
import type { FleetAddresses } from './setup/fleet-address.ts';
import { ownFleetOf, WaitingAtFleet } from './setup/waiting-at-fleet.ts';

const LOOK_MS = 2_000;
/** A server that is away, or that has had too many tries from here. */
const TRY_AGAIN_MS = 15_000;
const GOOD_AGAIN_MS = 60_000;
const ASK_AT_MOST_EVERY_MS = 10_000;
/** What was a room's: another one has nothing to do with it. */
const FILES_OF_ROOM = [
  'room.json',
  'fleet-settings.json',
  'settings-key.json',
  'room.sqlite',
  'room.sqlite-wal',
  'room.sqlite-shm',
];

export type OwnEnrolmentOptions = {
  dataDir: string;
  /** null: none was named */
  claimFile: string | null;
  sheet: () => KioskSheet;
  /** the kiosk's own page for phones; null: it has none */
  setupUrl: () => string | null;
  /** each time that it changes, for as long as there is no room */
  onNotEnrolled: (code: ErrorCode, view: NotEnrolledView) => Promise<void>;
  addresses: FleetAddresses;
  logger: Logger;
  lookMs?: number;
};
type Found = { claim: Claim; sha256: string };

export class OwnEnrolment {
  readonly #options: OwnEnrolmentOptions;
  readonly #file: KeptFile<typeof RoomIdentity>;
  readonly #waiting: WaitingAtFleet;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: OwnEnrolmentOptions) {
    this.#options = options;
    this.#file = new KeptFile(join(options.dataDir, 'identity.json'), RoomIdentity);
    this.#waiting = new WaitingAtFleet({ sheet: options.sheet, logger: options.logger });
  }

  /** Settles once this box is a room's: at once where it is one already. */
  async room(): Promise<RoomIdentity> {
    const former = this.#file.read();
    if (former !== null && former.endedAtMs === undefined) return former;
    const { lookMs = LOOK_MS } = this.#options;
    let triedSha256 = former?.claimSha256;
    let shown = '';
    let why: ErrorCode = former === null ? 'not-enrolled' : 'enrolment-ended';
    let tryAgainMs = Number.NEGATIVE_INFINITY;
    let askAgainMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const address = this.#options.addresses.current() ?? (former && ownFleetOf(former));
      const found = this.#claim() ?? claimOf(address);
      if (found !== null && found.sha256 !== triedSha256 && performance.now() >= tryAgainMs) {
        const outcome = await this.#enrol(found, former);
        if (typeof outcome === 'object') return outcome;
        if (outcome === 'not-enrolled') tryAgainMs = performance.now() + TRY_AGAIN_MS;
        else triedSha256 = found.sha256;
        why = outcome;
      } else if (former !== null && performance.now() >= askAgainMs) {
        askAgainMs = performance.now() + GOOD_AGAIN_MS;
        if (await this.#isGoodAgain(former)) return this.#keep({ ...former, endedAtMs: undefined });
      }
      const claimed = await this.#waiting.look(address, former);
      if (claimed !== null) {
        if (former !== null && former.roomId !== claimed.roomId) this.#forgetRoom();
        return this.#keep(claimed);
      }
      const view: NotEnrolledView = {
        ...this.#waiting.view,
        fleetAddress: address?.deviceApiUrl ?? null,
        setupUrl: this.#options.setupUrl(),
      };
      const text = JSON.stringify({ why, view });
      if (text !== shown) await this.#options.onNotEnrolled(why, view);
      shown = text;
      await sleep(lookMs);
    }
  }

  /** Of what is in use. @throws where the disk is full or read-only */
  write(identity: RoomIdentity): void {
    this.#file.write(identity);
  }

  /** The broker does not let us in: `onEnded` where that is for good. Asks the device API, not often. */
  ask(identity: RoomIdentity, onEnded: () => void): void {
    if (performance.now() - this.#askedAtMs < ASK_AT_MOST_EVERY_MS) return;
    this.#askedAtMs = performance.now();
    isGood(identity).then(
      (good) => {
        if (!good) onEnded();
      },
      (error: unknown) => this.#options.logger.debug({ err: error }, 'not known whether the certificate is good'),
    );
  }

  /** null: no file, or none that is a claim */
  #claim(): Found | null {
    const { claimFile } = this.#options;
    if (claimFile === null) return null;
    try {
      const text = readFileSync(claimFile, 'utf8');
      return { claim: Claim.parse(JSON.parse(text)), sha256: createHash('sha256').update(text).digest('hex') };
    } catch {
      return null;
    }
  }

  /** `not-enrolled`: the same claim may work later */
  async #enrol({ claim, sha256 }: Found, former: RoomIdentity | null): Promise<RoomIdentity | ErrorCode> {
    const { logger } = this.#options;
    try {
      const enrolled = await enrol(claim);
      if (former !== null && former.roomId !== enrolled.roomId) this.#forgetRoom();
      return this.#keep({ ...enrolled, claimSha256: sha256 });
    } catch (thrown) {
      const error = toMaruError(thrown);
      logger.error({ code: error.code, err: error }, 'the claim led nowhere');
      return error instanceof OperationalError || error.code === 'too-many-attempts'
        ? 'not-enrolled'
        : 'claim-code-invalid';
    }
  }

  async #isGoodAgain(former: RoomIdentity): Promise<boolean> {
    return isGood(former).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'not known whether the certificate is good again');
      return false;
    });
  }

  #keep(identity: RoomIdentity): RoomIdentity {
    this.#file.write(identity);
    return identity;
  }

  #forgetRoom(): void {
    for (const name of FILES_OF_ROOM) {
      try {
        unlinkSync(join(this.#options.dataDir, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}

/** A pre-claim: with the CA that it names, and its code. */
function claimOf(address: FleetAddress | null): Found | null {
  if (!address?.caSha256 || !address.claimCode) return null;
  const claim = { deviceApiUrl: address.deviceApiUrl, caSha256: address.caSha256, claimCode: address.claimCode };
  return { claim, sha256: createHash('sha256').update(JSON.stringify(claim)).digest('hex') };
}
