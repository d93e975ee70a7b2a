/**
 * From a claim code to a room's certificate, and its renewal. Codes are stored hashed, work once and ten minutes at
 * most, and a room has one at a time; a box that enrols takes the room over, so that the former box's certificates end
 * with it.
 */
import type { Logger } from 'pino';
import type { Enrolled } from '#contract/enrolment.ts';
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { clientIdOf } from '#contract/topics.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityWrite, hashOf, newCode } from '../store/index.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { CertificateRegister } from './certificate-register.ts';

const CLAIM_TTL_MS = 10 * 60_000;
const CLAIM_CODE_LENGTH = 12;
const RENEWALS_PER_HOUR = 10;

export type EnrolmentDependencies = {
  store: AuthorityStore;
  authority: CertificateAuthority;
  register: CertificateRegister;
  clock: WallClock;
  logger: Logger;
};
export type IssuedEnrolment = Omit<Enrolled, 'mqttUrl'>;

export class Enrolment {
  readonly #deps: EnrolmentDependencies;
  readonly #byNetwork = new AttemptLimit({ burst: 10, refillPerMinute: 2 });
  readonly #renewals = new AttemptLimit({ burst: RENEWALS_PER_HOUR, refillPerMinute: RENEWALS_PER_HOUR / 60 });
  readonly #enrolledHandlers: ((roomId: string) => void)[] = [];

  constructor(deps: EnrolmentDependencies) {
    this.#deps = deps;
  }

  /** A new box stands in the room: what the former reported counts no more. */
  onEnrolled(handler: (roomId: string) => void): void {
    this.#enrolledHandlers.push(handler);
  }

  /** The code itself is shown once and stored nowhere; those that were made before it work no more. */
  async makeClaim(
    trx: AuthorityWrite,
    roomId: string,
    actor: string,
  ): Promise<{ claimCode: string; expiresAtMs: number }> {
    const claimCode = newCode(PAIRING_CODE_ALPHABET, CLAIM_CODE_LENGTH).replace(/(.{4})(?=.)/g, '$1-');
    const nowMs = this.#deps.clock.nowMs();
    const expiresAtMs = nowMs + CLAIM_TTL_MS;
    await trx.deleteFrom('claim').where('expiresAtMs', '<', nowMs).execute();
    await this.voidClaims(trx, roomId);
    await trx
      .insertInto('claim')
      .values({ codeHash: hashOfCode(claimCode), roomId, expiresAtMs, usedAtMs: null })
      .execute();
    await appendAudit(trx, { kind: 'claim-made', actor, subject: `room:${roomId}`, details: { expiresAtMs } });
    return { claimCode, expiresAtMs };
  }

  /** A claim of this room can be used no more. */
  async voidClaims(trx: AuthorityWrite, roomId: string): Promise<void> {
    await trx.deleteFrom('claim').where('roomId', '=', roomId).execute();
  }

  /** @throws UserError claim-code-invalid, too-many-attempts; ProtocolError for a request that proves no key */
  async enrol(request: { claimCode: string; csrPem: string }, network: string): Promise<IssuedEnrolment> {
    const { store, clock } = this.#deps;
    const codeHash = hashOfCode(request.claimCode);
    const nowMs = await clock.settledNowMs();
    const claim = await store.read
      .selectFrom('claim')
      .select('roomId')
      .where('codeHash', '=', codeHash)
      .where('usedAtMs', 'is', null)
      .where('expiresAtMs', '>', nowMs)
      .executeTakeFirst();
    if (!claim) return this.#refuse(network);
    const enrolled = await this.#enrol(claim.roomId, request.csrPem, async (trx, serial) => {
      const { numUpdatedRows } = await trx
        .updateTable('claim')
        .set({ usedAtMs: nowMs })
        .where('codeHash', '=', codeHash)
        .where('usedAtMs', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await appendAudit(trx, {
        kind: 'room-enrolled',
        actor: `network:${network}`,
        subject: clientIdOf('room', claim.roomId),
        details: { serial },
      });
      return true;
    });
    return enrolled ?? this.#refuse(network);
  }

  /**
   * A kiosk that waited and was claimed by a person.
   * @throws ProtocolError not-found: no such room; InvalidStateError room-has-kiosk: it has one, which is not to be replaced
   */
  async enrolClaimed(
    { csrPem, keySha256 }: { csrPem: string; keySha256: string },
    roomId: string,
    { replaces, kind, actor }: { replaces: boolean; kind: 'kiosk-claimed' | 'kiosk-returned'; actor: string },
  ): Promise<IssuedEnrolment> {
    const enrolled = await this.#enrol(roomId, csrPem, async (trx, serial) => {
      // of two kiosks that are claimed at once the second finds the first
      if (!replaces && (await this.#deps.register.isEnrolledIn(trx, clientIdOf('room', roomId))))
        throw new InvalidStateError('room-has-kiosk');
      await this.voidClaims(trx, roomId);
      await appendAudit(trx, { kind, actor, subject: clientIdOf('room', roomId), details: { serial, keySha256 } });
      return true;
    });
    return enrolled!;
  }

  /** The former kiosk's certificates end in the same transaction. Null: `isMeant` found that it is not meant any more. */
  async #enrol(
    roomId: string,
    csrPem: string,
    isMeant: (trx: AuthorityWrite, serial: string) => Promise<boolean>,
  ): Promise<IssuedEnrolment | null> {
    const { store, authority, register, logger } = this.#deps;
    const identity = clientIdOf('room', roomId);
    const issued = await authority.issueClient(identity, csrPem);
    const done = await store.write(async (trx) => {
      const room = await trx
        .selectFrom('room')
        .select('roomName')
        .where('roomId', '=', roomId)
        .where('removedAtMs', 'is', null)
        .executeTakeFirst();
      if (!room) throw new ProtocolError('not-found', 'no such room');
      if (!(await isMeant(trx, issued.serial))) return null;
      const revoked = await register.revokeAll(trx, identity, 'fleet');
      const recorded = await register.record(trx, identity, issued);
      return { revoked, recorded, roomName: room.roomName };
    });
    if (!done) return null;
    done.revoked.apply();
    done.recorded.apply();
    for (const handler of this.#enrolledHandlers) handler(roomId);
    logger.info({ identity, serial: issued.serial }, 'room enrolled');
    const { certificatePem } = issued;
    return { roomId, roomName: done.roomName, certificatePem, caPem: authority.certificatePem };
  }

  /**
   * For who came with the certificate `serial` of `identity`. That one stays good until the renewed one has been used.
   * @throws UserError enrolment-ended, too-many-attempts; ProtocolError for a request that proves no key
   */
  async renew(
    { identity, serial }: { identity: string; serial: string },
    csrPem: string,
  ): Promise<{ certificatePem: string; caPem: string }> {
    const { store, authority, register } = this.#deps;
    if (!this.#renewals.take(identity)) throw new UserError('too-many-attempts');
    const issued = await authority.issueClient(identity, csrPem);
    const recorded = await store.write((trx) => register.recordRenewed(trx, identity, issued, serial));
    recorded.apply();
    return { certificatePem: issued.certificatePem, caPem: authority.certificatePem };
  }

  /** Claim codes are looked up first: nobody guesses 28^12 in ten minutes, so only those that are wrong are limited. */
  async #refuse(network: string): Promise<never> {
    if (!this.#byNetwork.take(network)) {
      this.#deps.logger.warn({ network, code: 'too-many-attempts' }, 'enrolment refused');
      throw new UserError('too-many-attempts');
    }
    this.#deps.logger.warn({ network, code: 'claim-code-invalid' }, 'enrolment refused');
    await this.#deps.store.write((trx) =>
      appendAudit(trx, { kind: 'enrolment-refused', actor: `network:${network}`, subject: 'claim' }),
    );
    throw new UserError('claim-code-invalid');
  }
}

/** Typed by people: case and dashes do not matter. */
const hashOfCode = (claimCode: string): string => hashOf(claimCode.toUpperCase().replace(/[\s-]/g, ''));
