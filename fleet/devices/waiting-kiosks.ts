/**
 * Kiosks of no room, as long as they ask: in memory, because a kiosk comes again by itself. Each shows a code that works once
 * and ten minutes at most; one that proves by its ended certificate whose it was asks to return instead. What makes it
 * a room's is one transaction, and its answer waits for the kiosk to fetch it.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { type KioskSheet, WAITING_CODE_TTL_MS, WAITING_POLL_MS, type WaitingKiosk } from '#contract/waiting-kiosk.ts';
import { clientIdOf } from '#contract/topics.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, hashOf, newCode, newId, newToken } from '../store/index.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { Enrolment, IssuedEnrolment } from './enrolment.ts';

const CODE_LENGTH = 8;
const FORGOTTEN_AFTER_MS = 3 * WAITING_POLL_MS + 1_000;
/** The answer of a claim is kept so long for a kiosk that did not fetch it. */
const ANSWER_KEPT_MS = 10 * 60_000;
const MAX_WAITING = 500;
const MAX_WAITING_OF_NETWORK = 50;

export type WaitingKiosksDependencies = {
  store: AuthorityStore;
  authority: CertificateAuthority;
  enrolment: Enrolment;
  logger: Logger;
};
type FormerRoom = WaitingKiosk['formerRoom'];
type Waiting = {
  waitingId: string;
  secretHash: string;
  csrPem: string;
  keySha256: string;
  sheet: KioskSheet;
  network: string;
  sinceMs: number;
  /** steady */
  askedAtMs: number;
  formerRoom: FormerRoom;
  code: { text: string; expiresAtMs: number } | null;
  /** a claim of it is under way, or done */
  isTaken: boolean;
  enrolled: IssuedEnrolment | null;
};
/** Who does it, and from where guesses are counted. */
type ClaimingPerson = { actor: string; network: string };
/** What a kiosk that asks is answered. */
type WaitingKioskAnswer =
  | { state: 'waits-for-claim'; claimCode: string; expiresAtMs: number }
  | { state: 'asks-to-return'; roomName: string }
  | { state: 'claimed'; enrolled: IssuedEnrolment };

export class WaitingKiosks {
  readonly #deps: WaitingKiosksDependencies;
  readonly #waiting = new Map<string, Waiting>();
  readonly #watchers = new Set<() => void>();
  readonly #guesses = new AttemptLimit({ burst: 10, refillPerMinute: 4 });
  readonly #arrivals = new AttemptLimit({ burst: 30, refillPerMinute: 30 });
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: WaitingKiosksDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.#forgetSilent(), WAITING_POLL_MS);
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /**
   * @param formerRoom proven by a certificate of ours that has ended and was not revoked
   * @throws UserError too-many-attempts, ProtocolError bad-message for a request that proves no key
   */
  async wait(
    { csrPem, sheet }: { csrPem: string; sheet: KioskSheet },
    { network, formerRoom }: { network: string; formerRoom: FormerRoom },
  ): Promise<{ secret: string; keySha256: string }> {
    if (!this.#arrivals.take(network)) throw new UserError('too-many-attempts');
    const keySha256 = await this.#deps.authority.keySha256Of(csrPem);
    for (const [id, each] of this.#waiting) if (each.keySha256 === keySha256) this.#waiting.delete(id);
    const ofNetwork = [...this.#waiting.values()].filter((each) => each.network === network);
    if (this.#waiting.size >= MAX_WAITING || ofNetwork.length >= MAX_WAITING_OF_NETWORK)
      throw new UserError('too-many-attempts', 'too many kiosks wait');
    const secret = newToken();
    const waitingId = newId();
    const nowMs = Date.now();
    this.#waiting.set(waitingId, {
      waitingId,
      secretHash: hashOf(secret),
      csrPem,
      keySha256,
      sheet,
      network,
      sinceMs: nowMs,
      askedAtMs: performance.now(),
      formerRoom,
      code: null,
      isTaken: false,
      enrolled: null,
    });
    await this.#deps.store.write((trx) =>
      appendAudit(trx, {
        kind: 'kiosk-waiting',
        actor: `network:${network}`,
        subject: formerRoom ? `room:${formerRoom.roomId}` : 'kiosk',
        details: { keySha256, hostName: sheet.hostName },
      }),
    );
    this.#notify();
    return { secret, keySha256 };
  }

  /** @throws ProtocolError not-found: it waits no more */
  answer(secret: string): WaitingKioskAnswer {
    const hash = hashOf(secret);
    const waiting = [...this.#waiting.values()].find((each) => isSame(each.secretHash, hash));
    if (!waiting) throw new ProtocolError('not-found', 'it waits no more');
    waiting.askedAtMs = performance.now();
    if (waiting.enrolled) return { state: 'claimed', enrolled: waiting.enrolled };
    if (waiting.formerRoom) return { state: 'asks-to-return', roomName: waiting.formerRoom.roomName };
    const nowMs = Date.now();
    // a code that is nearly over would be typed in vain
    if (!waiting.code || waiting.code.expiresAtMs <= nowMs || waiting.code.expiresAtMs > nowMs + WAITING_CODE_TTL_MS)
      waiting.code = { text: this.#freshCode(), expiresAtMs: nowMs + WAITING_CODE_TTL_MS };
    return { state: 'waits-for-claim', claimCode: waiting.code.text, expiresAtMs: waiting.code.expiresAtMs };
  }

  /** Those of nobody, and those that `mayManage` their former room. */
  list(mayManage: (roomId: string) => boolean): WaitingKiosk[] {
    return [...this.#waiting.values()]
      .filter(({ enrolled, formerRoom }) => !enrolled && (formerRoom === null || mayManage(formerRoom.roomId)))
      .map(shownOf);
  }

  /** Until the function that comes back is called. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  /** @throws UserError claim-code-invalid, too-many-attempts */
  async lookUp(claimCode: string, by: ClaimingPerson): Promise<WaitingKiosk> {
    return shownOf(await this.#byCode(claimCode, by));
  }

  /** @throws UserError claim-code-invalid, too-many-attempts; InvalidStateError room-has-kiosk; ProtocolError not-found: no such room */
  async claim(
    {
      roomId,
      claimCode,
      keySha256,
      replaces,
    }: { roomId: string; claimCode: string; keySha256: string; replaces: boolean },
    by: ClaimingPerson,
  ): Promise<void> {
    const waiting = await this.#byCode(claimCode, by);
    if (waiting.keySha256 !== keySha256) return this.#refuse(by, 'another kiosk shows this code');
    await this.#enrol(waiting, roomId, { replaces, kind: 'kiosk-claimed', actor: by.actor });
  }

  /** @throws ProtocolError not-found: it does not ask for this room, or no more */
  async letReturn(
    { roomId, waitingId, keySha256 }: { roomId: string; waitingId: string; keySha256: string },
    actor: string,
  ): Promise<void> {
    const waiting = this.#ofRoom(waitingId, roomId);
    if (waiting.keySha256 !== keySha256) throw new ProtocolError('not-found', 'another key');
    await this.#enrol(waiting, roomId, { replaces: true, kind: 'kiosk-returned', actor });
  }

  /** @throws ProtocolError not-found */
  async refuse({ roomId, waitingId }: { roomId: string; waitingId: string }, actor: string): Promise<void> {
    const waiting = this.#ofRoom(waitingId, roomId);
    await this.#deps.store.write((trx) =>
      appendAudit(trx, {
        kind: 'kiosk-refused',
        actor,
        subject: `room:${roomId}`,
        details: { keySha256: waiting.keySha256 },
      }),
    );
    waiting.formerRoom = null;
    this.#notify();
  }

  async #enrol(
    waiting: Waiting,
    roomId: string,
    { replaces, kind, actor }: { replaces: boolean; kind: 'kiosk-claimed' | 'kiosk-returned'; actor: string },
  ): Promise<void> {
    const { enrolment, logger } = this.#deps;
    // of two who claim at once the second is too late
    if (waiting.isTaken) throw new UserError('claim-code-invalid', 'claimed by somebody else');
    waiting.isTaken = true;
    try {
      waiting.enrolled = await enrolment.enrolClaimed(waiting, roomId, { replaces, kind, actor });
    } catch (error) {
      waiting.isTaken = false;
      throw error;
    }
    setTimeout(() => this.#waiting.delete(waiting.waitingId), ANSWER_KEPT_MS).unref();
    logger.info({ identity: clientIdOf('room', roomId), keySha256: waiting.keySha256 }, 'waiting kiosk claimed');
    this.#notify();
  }

  #ofRoom(waitingId: string, roomId: string): Waiting {
    const waiting = this.#waiting.get(waitingId);
    if (!waiting || waiting.enrolled || waiting.formerRoom?.roomId !== roomId)
      throw new ProtocolError('not-found', 'no kiosk asks to return to this room');
    return waiting;
  }

  async #byCode(claimCode: string, by: ClaimingPerson): Promise<Waiting> {
    const typed = plainCode(claimCode);
    const nowMs = Date.now();
    // a code is looked up first: who has the right one is not held up by who guesses from the same network
    const found = [...this.#waiting.values()].find(
      ({ code, enrolled }) =>
        !enrolled && code !== null && code.expiresAtMs > nowMs && isSame(plainCode(code.text), typed),
    );
    return found ?? this.#refuse(by, 'no kiosk shows this code');
  }

  async #refuse({ actor, network }: ClaimingPerson, message: string): Promise<never> {
    if (!this.#guesses.take(`${actor} ${network}`)) throw new UserError('too-many-attempts');
    await this.#deps.store.write((trx) =>
      appendAudit(trx, { kind: 'enrolment-refused', actor, subject: 'kiosk', details: { network } }),
    );
    throw new UserError('claim-code-invalid', message);
  }

  #freshCode(): string {
    return newCode(PAIRING_CODE_ALPHABET, CODE_LENGTH).replace(/(.{4})(?=.)/g, '$1-');
  }

  #forgetSilent(): void {
    const nowMs = performance.now();
    let isChanged = false;
    for (const [id, { askedAtMs, enrolled }] of this.#waiting) {
      if (enrolled || nowMs - askedAtMs < FORGOTTEN_AFTER_MS) continue;
      this.#waiting.delete(id);
      isChanged = true;
    }
    if (isChanged) this.#notify();
  }

  #notify(): void {
    for (const onChange of this.#watchers) onChange();
  }
}

const shownOf = ({ waitingId, sheet, keySha256, network, sinceMs, formerRoom }: Waiting): WaitingKiosk => ({
  waitingId,
  sheet,
  keySha256,
  network,
  sinceMs,
  formerRoom,
});

/** Typed by people: case and dashes do not matter. */
const plainCode = (code: string): string => code.toUpperCase().replace(/[\s-]/g, '');

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
