/**
 * The aggregate: broadcasts and recordings of meetings. broadcast-desk.ts decides what runs, viewings.ts who gets at the media,
 * watch-home.ts what people find; what is delivered is the packager's, a process of its own.
 */
import type { Logger } from 'pino';
import { isRunning, type MeetingAir, MOST_SHOWABLE_PEOPLE, NO_MEETING_AIR } from '#contract/broadcast.ts';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { hasAnywhere, reachOf } from '#contract/http/permissions.ts';
import type { OfferedBroadcast } from '#contract/room-broadcasts.ts';
import type { BroadcastDetail, WatchedBroadcast } from '#contract/http/broadcasts-api.ts';
import type { Language } from '#contract/schema.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Meetings, SigningKeys } from '../meetings/index.ts';
import type { Organisation } from '../people/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { isOfAudience, isWatchedFrom, type Watcher, watcherIn } from './audience.ts';
import { Desk } from './broadcast-desk.ts';
import { type BroadcastRights, mayBroadcastAs, type PresentingAccount, recordingPolicyIn } from './broadcast-rights.ts';
import { broadcastIn, chaptersIn, type StoredBroadcast } from './broadcast-rows.ts';
import { type AirFollower, followAir } from './followed-air.ts';
import { Packaging } from './packaging.ts';
import { offersIn } from './offers.ts';
import { RecordingList } from './recording-list.ts';
import { Recordings } from './recordings.ts';
import { isShown, Viewings } from './viewings.ts';
import { WatchHomes } from './watch-home.ts';

/** As a room's settings have it now. */
export type RoomBroadcastSettings = { mayBroadcast: boolean; mayRecord: boolean; language: Language };
export type BroadcastsDependencies = {
  store: AuthorityStore;
  meetings: Meetings;
  people: Pick<Organisation, 'accounts' | 'changes' | 'places' | 'sessions'>;
  keys: SigningKeys;
  settingsOf: (roomId: string) => RoomBroadcastSettings;
  dataDir: string;
  fleetUrl: string;
  clock: WallClock;
  logger: Logger;
};
const MOST_IN_HELLO = 20_000;

export class Broadcasts {
  readonly desk: Desk;
  readonly packaging: Packaging;
  readonly viewings: Viewings;
  readonly homes: WatchHomes;
  readonly recordings: Recordings;
  readonly list: RecordingList;
  readonly #deps: BroadcastsDependencies;

  constructor(deps: BroadcastsDependencies) {
    const { store, meetings, people, keys, settingsOf, dataDir, fleetUrl, clock, logger } = deps;
    const languageOf = (roomId: string | null): Language => (roomId === null ? 'en' : settingsOf(roomId).language);
    this.#deps = deps;
    this.packaging = new Packaging({
      dataDir,
      hello: async () => ({
        keys: keys.published.keys,
        origins: [new URL(fleetUrl).origin],
        revokedViewingIds: (await this.viewings.revokedIds()).slice(0, MOST_IN_HELLO),
      }),
      logger,
    });
    this.desk = new Desk({
      store,
      meetings,
      packaging: this.packaging,
      dataDir,
      languageOf,
      logger,
    });
    this.viewings = new Viewings({
      store,
      keys,
      revoke: (viewingIds) => this.packaging.revoke(viewingIds),
      watcherOf: (accountId) => this.watcherOf(accountId),
      placePathOf: (placeId) => people.places.pathOf(placeId),
      placePathOfRoom: (roomId) => people.places.pathOfRoom(roomId),
      openSessions: (sessionIds) => people.sessions.openAmong(sessionIds),
      logger,
    });
    const watchingOf = (broadcastId: string): number => this.desk.running.watchingOf(broadcastId);
    const runningOf = (meetingId: string): StoredBroadcast | null =>
      this.desk.running.all.find(({ broadcast: each }) => each.meetingId === meetingId && each.kind === 'broadcast')
        ?.broadcast ?? null;
    this.homes = new WatchHomes({ store, watchingOf, runningOf, logger });
    this.recordings = new Recordings({
      store,
      packaging: this.packaging,
      dataDir,
      clock,
      languageOf,
      onChanged: (meetingId) => this.desk.running.changed(meetingId, true),
      logger,
    });
    this.list = new RecordingList({ store, watchingOf, space: () => this.recordings.space() });
  }

  async start(): Promise<void> {
    this.desk.running.watch({
      onChanged: (meetingId, isAtOnce) => {
        if (!isAtOnce) return;
        this.homes.captions.follow(meetingId);
        this.homes.changed();
      },
    });
    this.#deps.meetings.onSpoken((...spoken) => this.homes.captions.spoken(...spoken));
    this.packaging.onHello(() => void this.#revokeRest());
    const { sessions, changes } = this.#deps.people;
    sessions.onEnded(() => void this.viewings.look());
    changes.onShutOut(() => void this.viewings.look());
    await this.desk.start();
    await this.recordings.start();
    this.viewings.start();
    this.homes.start();
    this.packaging.start();
  }
  stop(): void {
    this.desk.stop();
    this.recordings.stop();
    this.viewings.stop();
    this.homes.stop();
    this.packaging.stop();
  }

  onOffersChanged(listener: () => void): void {
    this.desk.running.watch({ onChanged: (_, isAtOnce) => isAtOnce && listener() });
  }

  /** For the TV of each room. */
  async offers(nowMs: number): Promise<(roomId: string) => OfferedBroadcast[]> {
    const { store, people } = this.#deps;
    const offersFor = await offersIn(store.read, nowMs);
    return (roomId) => offersFor(people.places.pathOfRoom(roomId));
  }

  /** More than a hello holds. */
  async #revokeRest(): Promise<void> {
    try {
      this.packaging.revoke((await this.viewings.revokedIds()).slice(MOST_IN_HELLO));
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'void viewings not told');
    }
  }

  /** Of one who hosts the meeting, or manages it. */
  async rightsOf(presenter: PresentingAccount, meetingId: string): Promise<BroadcastRights> {
    const { recordedBy } = await recordingPolicyIn(this.#deps.store);
    const roomIds = await this.#deps.meetings.people.roomsOf(meetingId);
    return { mayBroadcast: mayBroadcastAs(presenter, roomIds), mayRecord: recordedBy !== 'nobody' };
  }

  /** The same, as the account's roles are now: for who looks for long. */
  async rightsNowOf(
    { account, tokenId, reachOf: reachAtStart }: PresentingAccount,
    meetingId: string,
  ): Promise<BroadcastRights> {
    const { accounts, places } = this.#deps.people;
    const now = await accounts.byId(account.accountId);
    if (!now) return { mayBroadcast: false, mayRecord: false };
    const { roomsUnder } = places;
    const reachNow: PresentingAccount['reachOf'] =
      tokenId === null ? (permission) => reachOf(now.grants, permission, roomsUnder) : reachAtStart;
    return this.rightsOf({ account: now, tokenId, reachOf: reachNow }, meetingId);
  }

  /** Of a room's phones, in a meeting of the room's. */
  async rightsOfRoom(roomId: string): Promise<BroadcastRights> {
    const { mayBroadcast, mayRecord } = this.#deps.settingsOf(roomId);
    const { recordedBy } = await recordingPolicyIn(this.#deps.store);
    return { mayBroadcast, mayRecord: mayRecord && recordedBy === 'hosts-and-rooms' };
  }

  /** What somebody with these rights directs by. @param withPeople its page does not know who is in the call */
  async airOf(meetingId: string, { mayBroadcast, mayRecord }: BroadcastRights, withPeople = true): Promise<MeetingAir> {
    const [broadcast, recording] = await Promise.all([
      mayBroadcast ? this.desk.running.viewOf(meetingId, 'broadcast') : null,
      mayRecord ? this.desk.running.viewOf(meetingId, 'recording') : null,
    ]);
    const runs = broadcast !== null && isRunning(broadcast.phase);
    const people = runs && withPeople ? await this.#deps.meetings.peopleInCall(meetingId, MOST_SHOWABLE_PEOPLE) : null;
    return { ...NO_MEETING_AIR, broadcast, recording, mayBroadcast, mayRecord, people };
  }

  /** As `airOf`, also after each change. @param rightsNow asked each time @returns ends it */
  followAir(
    meetingId: string,
    rightsNow: () => Promise<BroadcastRights>,
    { withPeople, ...follower }: AirFollower & { withPeople: boolean },
  ): () => void {
    return followAir({
      ...follower,
      meetingId,
      read: async () => this.airOf(meetingId, await rightsNow(), withPeople),
      watch: (watcher) => this.desk.running.watch(watcher),
    });
  }

  /** null: no such account, or it is disabled */
  async watcherOf(accountId: string): Promise<Watcher | null> {
    const { people, store } = this.#deps;
    const account = await people.accounts.byId(accountId);
    if (!account) return null;
    const isOrganisations = account.grants.filter(({ scope }) => scope.kind === 'organisation');
    const managesAll = hasAnywhere(isOrganisations, 'broadcasts.manage');
    return watcherIn(store.read, { accountId, placePath: people.places.pathOf(account.placeId), managesAll });
  }

  byId(broadcastId: string): Promise<StoredBroadcast | null> {
    return broadcastIn(this.#deps.store.read, broadcastId);
  }

  /**
   * With what the account may do with it.
   * @param address null: from anywhere
   * @throws ProtocolError not-found: none, or not for this account; UserError address-not-allowed
   */
  async watchedBy(
    accountId: string,
    address: string | null,
    broadcastId: string,
  ): Promise<{ broadcast: StoredBroadcast; view: WatchedBroadcast }> {
    const [watcher, broadcast] = await Promise.all([this.watcherOf(accountId), this.byId(broadcastId)]);
    if (!broadcast || !watcher || !isShown(broadcast) || !isOfAudience(broadcast, watcher))
      throw new ProtocolError('not-found', 'no such broadcast');
    if (address !== null && !isWatchedFrom(broadcast, address)) throw new UserError('address-not-allowed');
    return { broadcast, view: await this.homes.viewOf(broadcast, watcher) };
  }

  /** @throws as `watchedBy` */
  async detailFor(accountId: string, address: string, broadcastId: string): Promise<BroadcastDetail> {
    const { view } = await this.watchedBy(accountId, address, broadcastId);
    return { ...view, chapters: await chaptersIn(this.#deps.store.read, broadcastId) };
  }
}
