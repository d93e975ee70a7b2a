/**
 * What lets somebody at the media of broadcasts: one viewing of each session or room, with a token that the packager verifies
 * alone. A viewing whose session, account or room ends, or which is of the audience no more, is revoked at the packager.
 */
import type { Logger } from 'pino';
import type { AddressRange } from '#contract/address-range.ts';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { type Viewing, WATCH_AUDIENCE, WATCH_TOKEN_TTL_MS, type WatchTokenClaims } from '#contract/live-delivery.ts';
import { z } from '#contract/schema.ts';
import type { SigningKeys } from '../meetings/index.ts';
import { type AuthorityStore, type AuthorityTables, newId } from '../store/index.ts';
import { groupsIn, isOfAudience, isOfRoomsAudience, isWatchedFrom, type Watcher, watcherBy } from './audience.ts';
import { broadcastIn, type StoredBroadcast } from './broadcast-rows.ts';

type Row = AuthorityTables['viewing'];
type Holder = { sessionId: string; accountId: string } | { roomId: string };
export type ViewingsDependencies = {
  store: AuthorityStore;
  keys: Pick<SigningKeys, 'sign'>;
  revoke: (viewingIds: string[]) => void;
  watcherOf: (accountId: string) => Promise<Watcher | null>;
  placePathOf: (placeId: string | null) => readonly string[];
  placePathOfRoom: (roomId: string) => readonly string[];
  /** of these sessions, those that are open */
  openSessions: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>;
  logger: Logger;
};

/** what ended without a word of it is looked for this often */
const LOOK_MS = 1_000;
/** browsers keep no longer cookie; its name and attributes count too */
const MAX_TOKEN_LENGTH = 3_800;
const MOST_BROADCASTS = 20;
const IDS_IN_QUERY = 500;
/** a token of it has expired long ago */
const FORGOTTEN_AFTER_MS = 86_400_000;
const FORGET_EVERY_MS = 3_600_000;
const Ids = z.array(z.string()).catch([]);

export class Viewings {
  readonly #deps: ViewingsDependencies;
  #timers: NodeJS.Timeout[] = [];
  #looking: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(deps: ViewingsDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#timers = [
      setInterval(() => void this.look(), LOOK_MS),
      setInterval(() => void this.#forget(), FORGET_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /**
   * @returns the token for the cookie, beside what the page gets
   * @throws ProtocolError not-found: none, or not for this account; UserError address-not-allowed
   */
  async forSession(
    { sessionId, accountId, address }: { sessionId: string; accountId: string; address: string },
    broadcastId: string,
    liveUrl: string,
  ): Promise<{ viewing: Viewing; token: string }> {
    const watcher = await this.#deps.watcherOf(accountId);
    const broadcast = await broadcastIn(this.#deps.store.read, broadcastId);
    if (!broadcast || !watcher || !isShown(broadcast) || !isOfAudience(broadcast, watcher)) throw unknown();
    if (!isWatchedFrom(broadcast, address)) throw new UserError('address-not-allowed');
    const mayStill = (other: StoredBroadcast): boolean => isShown(other) && isOfAudience(other, watcher);
    const { token, expiresAtMs } = await this.#open({ sessionId, accountId }, broadcast, mayStill);
    return { viewing: { broadcastId, liveUrl, expiresAtMs }, token };
  }

  /** For a room's TV, with its token. @throws ProtocolError not-found: none, or not for this room */
  async forRoom(roomId: string, broadcastId: string, liveUrl: string): Promise<Viewing> {
    const placePath = this.#deps.placePathOfRoom(roomId);
    const broadcast = await broadcastIn(this.#deps.store.read, broadcastId);
    if (!broadcast || !isShown(broadcast) || !isOfRoomsAudience(broadcast, placePath)) throw unknown();
    const mayStill = (other: StoredBroadcast): boolean => isShown(other) && isOfRoomsAudience(other, placePath);
    const { token, expiresAtMs } = await this.#open({ roomId }, broadcast, mayStill);
    return { broadcastId, liveUrl, expiresAtMs, token };
  }

  /** Void, and their tokens not expired yet. */
  async revokedIds(): Promise<string[]> {
    const rows = await this.#deps.store.read
      .selectFrom('viewing')
      .select('viewingId')
      .where('revokedAtMs', 'is not', null)
      .where('expiresAtMs', '>', Date.now())
      .execute();
    return rows.map(({ viewingId }) => viewingId);
  }

  async #open(
    holder: Holder,
    broadcast: StoredBroadcast,
    mayStill: (other: StoredBroadcast) => boolean,
  ): Promise<{ token: string; expiresAtMs: number }> {
    const nowMs = Date.now();
    const { broadcastId } = broadcast;
    const expiresAtMs = nowMs + WATCH_TOKEN_TTL_MS;
    const ofHolder: Pick<Row, 'sessionId' | 'accountId' | 'roomId'> =
      'roomId' in holder ? { sessionId: null, accountId: null, roomId: holder.roomId } : { ...holder, roomId: null };
    const { viewingId, broadcasts } = await this.#deps.store.write(async (trx) => {
      const known = await trx
        .selectFrom('viewing')
        .selectAll()
        .where((e) => ('roomId' in holder ? e('roomId', '=', holder.roomId) : e('sessionId', '=', holder.sessionId)))
        .where('revokedAtMs', 'is', null)
        .executeTakeFirst();
      const others = known && known.expiresAtMs > nowMs ? Ids.parse(JSON.parse(known.broadcastIds)) : [];
      const opened = [broadcast];
      for (const otherId of others.filter((each) => each !== broadcastId).slice(0, MOST_BROADCASTS - 1)) {
        const other = await broadcastIn(trx, otherId);
        if (other && mayStill(other)) opened.push(other);
      }
      const fitting = thatFit(opened, 'roomId' in holder);
      const viewingId = known?.viewingId ?? newId();
      const broadcastIds = JSON.stringify(fitting.map((each) => each.broadcastId));
      const row: Row = { viewingId, ...ofHolder, broadcastIds, expiresAtMs, revokedAtMs: null };
      await trx
        .insertInto('viewing')
        .values(row)
        .onConflict((c) => c.column('viewingId').doUpdateSet({ broadcastIds, expiresAtMs }))
        .execute();
      return { viewingId, broadcasts: fitting };
    });
    const claims: Omit<WatchTokenClaims, 'iss'> = {
      aud: WATCH_AUDIENCE,
      sub: viewingId,
      iat: Math.floor(nowMs / 1_000),
      exp: Math.floor(expiresAtMs / 1_000),
      broadcasts,
    };
    return { token: await this.#deps.keys.sign(claims), expiresAtMs };
  }

  /** Revokes what holds no more now: a look that runs may have read before, so another follows it. Never throws. */
  look(): Promise<void> {
    this.#next ??= this.#looking.then(() => {
      this.#next = null;
      return this.#look();
    });
    this.#looking = this.#next;
    return this.#next;
  }

  async #look(): Promise<void> {
    const { store, revoke, logger } = this.#deps;
    try {
      const nowMs = Date.now();
      const open = await store.read
        .selectFrom('viewing')
        .selectAll()
        .where('revokedAtMs', 'is', null)
        .where('expiresAtMs', '>', nowMs)
        .execute();
      const isVoid = await this.#judge(open);
      const voided = open.filter(isVoid).map(({ viewingId }) => viewingId);
      if (voided.length === 0) return;
      await store.write((trx) =>
        trx.updateTable('viewing').set({ revokedAtMs: nowMs }).where('viewingId', 'in', voided).execute(),
      );
      revoke(voided);
    } catch (error) {
      logger.error({ err: error }, 'viewings not looked after');
    }
  }

  async #forget(): Promise<void> {
    const beforeMs = Date.now() - FORGOTTEN_AFTER_MS;
    await this.#deps.store
      .write((trx) => trx.deleteFrom('viewing').where('expiresAtMs', '<', beforeMs).execute())
      .catch((error: unknown) => this.#deps.logger.warn({ err: error }, 'old viewings not forgotten'));
  }

  /** Most are of an audience by what one reading of all accounts shows; who is not is looked at alone. */
  async #judge(open: readonly Row[]): Promise<(row: Row) => boolean> {
    const { store, watcherOf, placePathOfRoom, openSessions } = this.#deps;
    const sessions = await openSessions(open.flatMap(({ sessionId }) => sessionId ?? []));
    const known = await this.#knownAccounts(open);
    const broadcasts = new Map<string, StoredBroadcast | null>();
    const watchers = new Map<string, Watcher | null>();
    const isOut = (id: string, watcher: Watcher | null | undefined): boolean => {
      const broadcast = broadcasts.get(id);
      return !broadcast || !watcher || !isOfAudience(broadcast, watcher);
    };
    for (const { accountId, broadcastIds } of open)
      for (const id of Ids.parse(JSON.parse(broadcastIds))) {
        if (!broadcasts.has(id)) broadcasts.set(id, await broadcastIn(store.read, id));
        if (accountId === null || watchers.has(accountId) || !isOut(id, known.get(accountId))) continue;
        watchers.set(accountId, known.has(accountId) ? await watcherOf(accountId) : null);
      }
    return ({ sessionId, accountId, roomId, broadcastIds }) => {
      if (sessionId !== null && !sessions.has(sessionId)) return true;
      if (accountId !== null && !known.has(accountId)) return true;
      return Ids.parse(JSON.parse(broadcastIds)).some((id) => {
        const broadcast = broadcasts.get(id);
        if (roomId !== null) return !broadcast || !isOfRoomsAudience(broadcast, placePathOfRoom(roomId));
        return isOut(id, known.get(accountId!)) && isOut(id, watchers.get(accountId!));
      });
    };
  }

  /** By place and groups alone; those that are disabled are in none. */
  async #knownAccounts(open: readonly Row[]): Promise<Map<string, Watcher>> {
    const accountIds = [...new Set(open.flatMap(({ accountId }) => accountId ?? []))];
    const known = new Map<string, Watcher>();
    for (let from = 0; from < accountIds.length; from += IDS_IN_QUERY) {
      const rows = await this.#deps.store.read
        .selectFrom('account')
        .select(['accountId', 'placeId', 'groups'])
        .where('accountId', 'in', accountIds.slice(from, from + IDS_IN_QUERY))
        .where('disabledAtMs', 'is', null)
        .execute();
      for (const { accountId, placeId, groups } of rows)
        known.set(accountId, watcherBy(this.#deps.placePathOf(placeId), groupsIn(groups)));
    }
    return known;
  }
}

/** There is something to watch, or there will be. A recording has no audience before its end. */
export const isShown = ({ kind, phase, recording }: Pick<StoredBroadcast, 'kind' | 'phase' | 'recording'>): boolean =>
  phase === 'ended' ? recording !== 'none' && recording !== 'deleted' : kind === 'broadcast' && phase !== 'cancelled';

const unknown = (): ProtocolError => new ProtocolError('not-found', 'no such broadcast');

type Opened = { broadcastId: string; allowedRanges: AddressRange[][] };
/** The newest of them that a cookie holds. A room's TV is where its box stands. */
function thatFit(broadcasts: readonly StoredBroadcast[], isRoom: boolean): Opened[] {
  const opened: Opened[] = [];
  for (const { broadcastId, audience } of broadcasts) {
    const allowedRanges = isRoom || audience.allowedRanges.length === 0 ? [] : [audience.allowedRanges];
    const more = [...opened, { broadcastId, allowedRanges }];
    // base64 of a signature, of a header and of the other claims besides
    if (opened.length > 0 && JSON.stringify(more).length * (4 / 3) + 450 > MAX_TOKEN_LENGTH) break;
    opened.push(more.at(-1)!);
  }
  return opened;
}
