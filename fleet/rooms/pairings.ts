/**
 * The ties between phones, tablets, laptops and rooms; a laptop's lets it show its screen, and steers nothing. A code pairs once; guesses run dry by network, and when the whole fleet is
 * flooded wrong answers turn slow while right ones stay quick. A phone's pairing ends 15 minutes after it was last used,
 * or after the last call: never while the room is in one. A tablet's ends when somebody ends it. Each keeps when its holder
 * has last shown, by the TV's code, to be in the room.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type ErrorCode, InvalidStateError, UserError } from '#contract/error-codes.ts';
import { PAIRING_IDLE_TTL_MS, PRESENCE_TTL_MS } from '#contract/limits.ts';
import { AttemptLimit, TokenBucket } from '#edge/attempt-limit.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import {
  type AuthorityStore,
  type AuthorityTables,
  type AuthorityWrite,
  hashOf,
  newId,
  newToken,
} from '../store/index.ts';
import { PairingOffers } from './pairing-offers.ts';
import type { RoomReports } from './room-reports.ts';
import { type TabletCode, TabletCodes } from './tablet-codes.ts';

export type PairingRow = AuthorityTables['pairing'];
export type PairingsDependencies = {
  store: AuthorityStore;
  broker: Broker;
  reports: RoomReports;
  clock: WallClock;
  logger: Logger;
};

const SWEEP_INTERVAL_MS = 5_000;
const TOUCH_INTERVAL_MS = 60_000;
const SLOWED_MS = 1_000;
/** What a kiosk remembers for when we are gone. */
const MOST_TABLETS = 8;

type OfCode = { roomId: string; sha256: string; leftMs: number };
export type NewPairing = { controllerToken: string; roomId: string; kind: 'phone' | 'tablet' };

export class Pairings {
  readonly #deps: PairingsDependencies;
  readonly #offers = new PairingOffers();
  readonly #tabletCodes: TabletCodes;
  readonly #live = new Map<string, PairingRow>();
  /** ended, refused already, and not written: the disk failed. By the hash of the token, with who ended it */
  readonly #unwritten = new Map<string, { pairing: PairingRow; actor: string }>();
  /** when each room was last seen in a call */
  readonly #inCallAtMs = new Map<string, number>();
  /** by pairing, the call in which its holder has proved to be in the room. After a restart of ours it has to be proved again */
  readonly #provenInCall = new Map<string, string>();
  readonly #byNetwork = new AttemptLimit({ burst: 10, refillPerMinute: 10 });
  readonly #byRoom = new AttemptLimit({ burst: 30, refillPerMinute: 3 });
  readonly #overall = new TokenBucket({ burst: 100, refillPerMinute: 600 });
  readonly #revokedHandlers: ((pairingId: string) => void)[] = [];
  readonly #tabletsHandlers: ((roomId: string) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: PairingsDependencies) {
    this.#deps = deps;
    this.#tabletCodes = new TabletCodes(deps);
    deps.clock.onJump((byMs) => this.#move(byMs));
  }

  async start(): Promise<void> {
    const { store, broker, reports, clock, logger } = this.#deps;
    for (const row of await store.read.selectFrom('pairing').selectAll().where('revokedAtMs', 'is', null).execute())
      this.#live.set(row.tokenHash, row);
    broker.on('pairing', (roomId, offer) =>
      this.#offers.receive(roomId, offer, clock.nowMs() + reports.clockOffsetOf(roomId)),
    );
    this.#timer = setInterval(
      () => void this.#sweep().catch((error: unknown) => logger.error({ err: error }, 'pairing sweep failed')),
      SWEEP_INTERVAL_MS,
    );
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  onRevoked(handler: (pairingId: string) => void): void {
    this.#revokedHandlers.push(handler);
  }

  /** A tablet of this room came or went. */
  onTabletsChanged(handler: (roomId: string) => void): void {
    this.#tabletsHandlers.push(handler);
  }

  /** Those that are the room's now. */
  tabletsOf(roomId: string): PairingRow[] {
    return [...this.#live.values()].filter((pairing) => pairing.roomId === roomId && pairing.kind === 'tablet');
  }

  /** @throws UserError too-many-attempts; InvalidStateError not-possible-now where the room has its eight */
  async makeTabletCode(
    roomId: string,
    tabletName: string,
    actor: string,
  ): Promise<{ code: string; expiresAtMs: number }> {
    if (this.tabletsOf(roomId).length >= MOST_TABLETS) throw tooManyTablets();
    return this.#tabletCodes.make(roomId, tabletName, actor);
  }

  /** False: there is no such tablet in that room. */
  async revokeTablet(roomId: string, pairingId: string, actor: string): Promise<boolean> {
    const tablet = this.#ofRoom(roomId).find(({ kind, pairingId: id }) => kind === 'tablet' && id === pairingId);
    if (tablet) await this.#revokeAll([tablet], actor);
    return tablet !== undefined;
  }

  /** @throws UserError pairing-code-invalid, too-many-attempts */
  async pair(code: string, network: string): Promise<NewPairing> {
    if (!this.#byNetwork.allows(network)) return this.#refuse('too-many-attempts', network);
    const found = this.#offers.find(code);
    if (found) return { ...(await this.#pairByTv(found, network, 'phone')), kind: 'phone' };
    const tabletCode = await this.#tabletCodes.find(code);
    return tabletCode ? this.#pairTablet(tabletCode, network) : this.#refuseGuess(network);
  }

  /** @throws UserError pairing-code-invalid, too-many-attempts */
  async pairLaptop(code: string, network: string): Promise<Omit<NewPairing, 'kind'>> {
    if (!this.#byNetwork.allows(network)) return this.#refuse('too-many-attempts', network);
    const found = this.#offers.find(code);
    return found ? this.#pairByTv(found, network, 'laptop') : this.#refuseGuess(network);
  }

  /** Whose TV shows the code; it is not used up. @throws UserError pairing-code-invalid, too-many-attempts */
  async roomOfCode(code: string, network: string): Promise<string> {
    if (!this.#byNetwork.allows(network)) return this.#refuse('too-many-attempts', network);
    return this.#offers.find(code)?.roomId ?? this.#refuseGuess(network);
  }

  async #pairByTv(
    { roomId, sha256, leftMs }: OfCode,
    network: string,
    kind: 'phone' | 'laptop',
  ): Promise<Omit<NewPairing, 'kind'>> {
    const { broker, logger } = this.#deps;
    if (!this.#byRoom.take(roomId)) return this.#refuse('too-many-attempts', network);
    const nowMs = this.#deps.clock.nowMs();
    const { controllerToken, pairing } = newPairing(roomId, { kind, tabletName: null, nowMs });
    const paired = await this.#recorded(pairing, async (trx) => {
      if (!(await useCode(trx, { sha256, leftMs, nowMs }))) return false;
      await trx.insertInto('pairing').values(pairing).execute();
      await appendAudit(trx, {
        kind: `${kind}-paired`,
        actor: `network:${network}`,
        subject: `room:${roomId}`,
        details: { pairingId: pairing.pairingId },
      });
      return true;
    });
    this.#offers.withdraw(roomId, sha256);
    if (!paired) return this.#refuseGuess(network);
    broker.publish('requestReply', roomId, { name: 'pairing-code-used', sha256 });
    this.#proved(pairing, nowMs);
    logger.info({ roomId, pairingId: pairing.pairingId }, `${kind} paired`);
    return { controllerToken, roomId };
  }

  /**
   * The holder has typed the code of the TV: within PRESENCE_TTL_MS, and for the call that the room is in, the pairing may open
   * microphone and camera. A code proves once.
   * @throws UserError pairing-code-invalid, also for the code of another room; too-many-attempts; pairing-revoked
   */
  async prove(pairing: PairingRow, code: string, network: string): Promise<void> {
    const { store, broker, clock } = this.#deps;
    const { roomId, pairingId } = pairing;
    if (!this.#byNetwork.allows(network)) return this.#refuse('too-many-attempts', network);
    const found = this.#offers.find(code);
    if (found?.roomId !== roomId) return this.#refuseGuess(network);
    const { sha256, leftMs } = found;
    const nowMs = clock.nowMs();
    const isProven = await store.write(async (trx) => {
      if (!(await useCode(trx, { sha256, leftMs, nowMs }))) return false;
      await trx.updateTable('pairing').set({ provenAtMs: nowMs }).where('pairingId', '=', pairingId).execute();
      await appendAudit(trx, {
        kind: 'presence-proved',
        actor: `network:${network}`,
        subject: `room:${roomId}`,
        details: { pairingId },
      });
      return true;
    });
    this.#offers.withdraw(roomId, sha256);
    if (!isProven) return this.#refuseGuess(network);
    broker.publish('requestReply', roomId, { name: 'pairing-code-used', sha256 });
    if (!this.isLive(pairing)) throw new UserError('pairing-revoked');
    this.#proved(pairing, nowMs);
  }

  /** May open microphone and camera: a tablet belongs to the room; who holds a phone has proved to be there. */
  isPresent(pairing: PairingRow): boolean {
    const { kind, provenAtMs, pairingId } = pairing;
    if (kind === 'tablet') return true;
    if (provenAtMs !== null && this.#deps.clock.nowMs() - provenAtMs <= PRESENCE_TTL_MS) return true;
    const callId = this.#callOf(pairing.roomId);
    return callId !== null && this.#provenInCall.get(pairingId) === callId;
  }

  #proved(pairing: PairingRow, nowMs: number): void {
    pairing.provenAtMs = nowMs;
    const callId = this.#callOf(pairing.roomId);
    if (callId !== null) this.#provenInCall.set(pairing.pairingId, callId);
  }

  /** null: the room is in none */
  #callOf(roomId: string): string | null {
    const phase = this.#deps.reports.of(roomId).state?.phase;
    return phase?.name === 'in-call' ? phase.callId : null;
  }

  async #pairTablet(code: TabletCode, network: string): Promise<NewPairing> {
    const { logger } = this.#deps;
    const { roomId, tabletName } = code;
    const { controllerToken, pairing } = newPairing(roomId, {
      kind: 'tablet',
      tabletName,
      nowMs: this.#deps.clock.nowMs(),
    });
    const paired = await this.#recorded(pairing, async (trx) => {
      if (!(await this.#tabletCodes.use(trx, code))) return false;
      const others = await trx
        .selectFrom('pairing')
        .select('pairingId')
        .where('roomId', '=', roomId)
        .where('kind', '=', 'tablet')
        .where('revokedAtMs', 'is', null)
        .execute();
      if (others.length >= MOST_TABLETS) throw tooManyTablets();
      await trx.insertInto('pairing').values(pairing).execute();
      await appendAudit(trx, {
        kind: 'tablet-paired',
        actor: `network:${network}`,
        subject: `room:${roomId}`,
        details: { pairingId: pairing.pairingId, tabletName },
      });
      return true;
    });
    if (!paired) return this.#refuseGuess(network);
    for (const handler of this.#tabletsHandlers) handler(roomId);
    logger.info({ roomId, pairingId: pairing.pairingId }, 'tablet paired');
    return { controllerToken, roomId, kind: 'tablet' };
  }

  /**
   * Good from before it is written: who ends the room's pairings meanwhile ends this one too.
   * @throws UserError pairing-revoked where somebody did
   */
  async #recorded(pairing: PairingRow, work: (trx: AuthorityWrite) => Promise<boolean>): Promise<boolean> {
    const { tokenHash } = pairing;
    this.#live.set(tokenHash, pairing);
    const recorded = await this.#deps.store.write(work).catch((error: unknown) => {
      this.#live.delete(tokenHash);
      throw error;
    });
    if (recorded && !this.isLive(pairing)) throw new UserError('pairing-revoked');
    if (!recorded) this.#live.delete(tokenHash);
    return recorded;
  }

  /** Nobody has ended it yet. To be asked again after each wait, before it is acted upon. */
  isLive({ tokenHash }: PairingRow): boolean {
    return this.#live.has(tokenHash);
  }

  /** @throws UserError token-invalid, pairing-revoked */
  async ofToken(token: string): Promise<PairingRow> {
    const tokenHash = hashOf(token);
    const live = this.#live.get(tokenHash);
    if (live && !this.#isOver(live, this.#deps.clock.nowMs())) return live;
    const known =
      live ??
      (await this.#deps.store.read
        .selectFrom('pairing')
        .select('pairingId')
        .where('tokenHash', '=', tokenHash)
        .executeTakeFirst());
    throw new UserError(known ? 'pairing-revoked' : 'token-invalid');
  }

  /** A person did something with it. */
  touch(pairing: PairingRow): void {
    const nowMs = this.#deps.clock.nowMs();
    const savedAtMs = pairing.lastUsedAtMs;
    if (nowMs - savedAtMs < TOUCH_INTERVAL_MS) return;
    pairing.lastUsedAtMs = nowMs;
    const { store, logger } = this.#deps;
    void store
      .write((trx) =>
        trx.updateTable('pairing').set({ lastUsedAtMs: nowMs }).where('pairingId', '=', pairing.pairingId).execute(),
      )
      .catch((error: unknown) => logger.error({ err: error }, 'pairing not touched'));
  }

  async revoke(pairing: PairingRow, actor: string): Promise<void> {
    await this.#revokeAll([pairing], actor);
  }
  /** Of its phones and laptops. */
  async revokeOfRoom(roomId: string, actor: string): Promise<number> {
    const pairings = this.#ofRoom(roomId).filter(({ kind }) => kind !== 'tablet');
    await this.#revokeAll(pairings, actor);
    return pairings.length;
  }

  /** Of its phones, tablets and laptops. */
  async revokeAllOfRoom(roomId: string, actor: string): Promise<void> {
    this.forgetCodes(roomId);
    await this.#revokeAll(this.#ofRoom(roomId), actor);
  }

  /** Also those whose end is not written. */
  #ofRoom(roomId: string): PairingRow[] {
    const all = [...this.#live.values(), ...[...this.#unwritten.values()].map(({ pairing }) => pairing)];
    return all.filter((pairing) => pairing.roomId === roomId);
  }

  /** What its TV shows pairs nobody any more. */
  forgetCodes(roomId: string): void {
    this.#offers.forget(roomId);
  }

  #isOver(pairing: PairingRow, nowMs: number): boolean {
    if (pairing.kind === 'tablet') return false;
    const phase = this.#deps.reports.of(pairing.roomId).state?.phase.name;
    if (phase === 'starting' || phase === 'in-call') this.#inCallAtMs.set(pairing.roomId, nowMs);
    const inCallAtMs = this.#inCallAtMs.get(pairing.roomId) ?? 0;
    // paired before or during the last call: its end counts, whatever was tapped after it
    const fromMs = inCallAtMs > pairing.createdAtMs ? inCallAtMs : pairing.lastUsedAtMs;
    return nowMs - fromMs > PAIRING_IDLE_TTL_MS;
  }

  /** What the wall clock has jumped is not idle time. The store's rows are moved by `moveStoredTimes`. */
  #move(byMs: number): void {
    for (const pairing of this.#live.values()) {
      pairing.createdAtMs += byMs;
      pairing.lastUsedAtMs += byMs;
      if (pairing.provenAtMs !== null) pairing.provenAtMs += byMs;
    }
    for (const [roomId, atMs] of this.#inCallAtMs) this.#inCallAtMs.set(roomId, atMs + byMs);
  }

  async #sweep(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    await this.#revokeAll(
      [...this.#live.values()].filter((pairing) => this.#isOver(pairing, nowMs)),
      'fleet',
    );
    for (const { pairing, actor } of [...this.#unwritten.values()]) await this.#revokeAll([pairing], actor);
  }

  async #revokeAll(pairings: PairingRow[], actor: string): Promise<void> {
    // out of memory first: from here on the token is refused, and nobody revokes it twice
    const revoked = pairings.filter(
      ({ tokenHash }) => this.#live.delete(tokenHash) || this.#unwritten.delete(tokenHash),
    );
    if (revoked.length === 0) return;
    const revokedAtMs = this.#deps.clock.nowMs();
    const written = this.#deps.store.write(async (trx) => {
      for (const { pairingId, roomId } of revoked) {
        await trx.updateTable('pairing').set({ revokedAtMs }).where('pairingId', '=', pairingId).execute();
        await appendAudit(trx, { kind: 'pairing-revoked', actor, subject: `room:${roomId}`, details: { pairingId } });
      }
    });
    await written.catch((error: unknown) => {
      for (const pairing of revoked) this.#unwritten.set(pairing.tokenHash, { pairing, actor });
      throw error;
    });
    for (const { pairingId } of revoked) {
      this.#provenInCall.delete(pairingId);
      for (const handler of this.#revokedHandlers) handler(pairingId);
    }
    const rooms = new Set(revoked.filter(({ kind }) => kind === 'tablet').map(({ roomId }) => roomId));
    for (const roomId of rooms) for (const handler of this.#tabletsHandlers) handler(roomId);
  }

  async #refuseGuess(network: string): Promise<never> {
    this.#byNetwork.count(network);
    if (this.#overall.take()) {
      await this.#deps.store.write((trx) =>
        appendAudit(trx, { kind: 'pairing-refused', actor: `network:${network}`, subject: 'code' }),
      );
    } else {
      await sleep(SLOWED_MS, undefined, { ref: false });
    }
    return this.#refuse('pairing-code-invalid', network);
  }

  #refuse(code: ErrorCode, network: string): never {
    this.#deps.logger.warn({ network, code }, 'pairing refused');
    throw new UserError(code);
  }
}

/** False: somebody has used it. */
async function useCode(
  trx: AuthorityWrite,
  { sha256, leftMs, nowMs }: { sha256: string; leftMs: number; nowMs: number },
): Promise<boolean> {
  await trx.deleteFrom('usedPairingCode').where('expiresAtMs', '<', nowMs).execute();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('usedPairingCode')
    .values({ sha256, expiresAtMs: Math.ceil(nowMs + leftMs) })
    .onConflict((c) => c.column('sha256').doNothing())
    .executeTakeFirst();
  return Boolean(numInsertedOrUpdatedRows);
}

const tooManyTablets = (): InvalidStateError =>
  new InvalidStateError('not-possible-now', `the room has ${MOST_TABLETS} tablets`);

function newPairing(
  roomId: string,
  { nowMs, ...kind }: Pick<PairingRow, 'kind' | 'tabletName'> & { nowMs: number },
): { controllerToken: string; pairing: PairingRow } {
  const controllerToken = newToken();
  const pairing: PairingRow = {
    pairingId: newId(),
    roomId,
    tokenHash: hashOf(controllerToken),
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    revokedAtMs: null,
    // a tablet's code comes from IT, and it needs no proof
    provenAtMs: kind.kind === 'tablet' ? null : nowMs,
    ...kind,
  };
  return { controllerToken, pairing };
}
