/**
 * What the staff page shows first: what runs, the account's meetings, rooms. Whole on each change; changes are gathered, a
 * page is read again only where something of its own has changed, and what shows nothing new is not sent. A spoken sentence changes
 * a number alone, for the meeting's people.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MeetingRole } from '#contract/call-order.ts';
import type { ChatMentions, MeetingSummary, meetingsApi, StaffHome } from '#contract/http/meetings-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { Language } from '#contract/schema.ts';
import { chatWritersOf, unreadMentionsOf } from '../chat/index.ts';
import type { EventFeed } from '../http/route.ts';
import { rememberLanguage } from '../people/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { transcriptRevisionsOf } from '../transcript/index.ts';
import { rolesFrom } from './meeting-people.ts';
import { meetingPolicyIn } from './meeting-policies.ts';
import { isHost, summariesOf } from './meeting-views.ts';
import type { Meetings } from './meetings.ts';
import { type RoomReportsForStaff, StaffRooms } from './staff-rooms.ts';

type Feed = EventFeed<RouteEvent<typeof meetingsApi.staffHome>>;
/** `placeId`: rooms there come first. */
/** `language`: of the page. */
export type StaffViewer = { accountId: string; placeId: string | null; reach: Reach; language?: Language | undefined };
type Page = StaffViewer & {
  own: readonly MeetingSummary[] | null;
  mentions: readonly ChatMentions[];
  isStale: boolean;
  sent: string;
  wake: () => void;
};
export type StaffHomesDependencies = {
  store: AuthorityStore;
  meetings: Meetings;
  reports: RoomReportsForStaff;
  logger: Logger;
  spokenGatherMs?: number;
  readGatherMs?: number;
};

const MOST_RUNNING = 50;
const MOST_MEETINGS = 200;
/** of those, without a time */
const MOST_UNTIMED = 50;
const MOST_LEFT = 10_000;
const GATHER_MS = 500;
/** a transcript grows with each sentence; captions are what follows it at once */
const SPOKEN_GATHER_MS = 5_000;
/** a meeting of many people marks at the same time what was written */
const READ_GATHER_MS = 1_000;
/** a meeting begins or ends, and a day, without an event */
const CLOCK_MS = 5_000;
/** names of places and policies of places change without an event */
const WHOLE_MS = 60_000;

export class StaffHomes {
  readonly #deps: StaffHomesDependencies;
  readonly #rooms: StaffRooms;
  readonly #pages = new Set<Page>();
  /** run now, and everybody with an account may come in */
  #open = new Map<string, MeetingSummary>();
  readonly #changedMeetings = new Set<string>();
  /** by account, when its last page was closed; the one who is gone for longest first */
  readonly #leftAtMs = new Map<string, number>();
  #gathering: NodeJS.Timeout | null = null;
  readonly #spokenIn = new Set<string>();
  #spokenGathering: NodeJS.Timeout | null = null;
  readonly #readIn = new Set<string>();
  #readGathering: NodeJS.Timeout | null = null;
  /** by meeting, how often it was read in, gathered, while pages were open */
  readonly #readTimes = new Map<string, number>();
  #timers: NodeJS.Timeout[] = [];
  #work: Promise<void> = Promise.resolve();
  #isWhole = false;
  #dayMs = 0;

  constructor(deps: StaffHomesDependencies) {
    this.#deps = deps;
    this.#rooms = new StaffRooms(deps);
  }

  start(): void {
    this.#deps.meetings.onChanged((meetingId) => this.#meetingChanged(meetingId));
    this.#deps.meetings.onChatChanged((meetingId) => this.#meetingChanged(meetingId));
    this.#deps.meetings.onSpoken((meetingId) => this.#wasSpokenIn(meetingId));
    this.#deps.meetings.onChatRead((meetingId) => this.#wasReadIn(meetingId));
    // who waits is counted for hosts
    this.#deps.meetings.waitingRoom.onChanged((meetingId) => this.#meetingChanged(meetingId));
    this.#timers = [
      setInterval(() => this.#pages.size > 0 && this.#do(() => this.#clock()), CLOCK_MS),
      setInterval(() => this.#everything(), WHOLE_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#gathering) clearTimeout(this.#gathering);
    if (this.#spokenGathering) clearTimeout(this.#spokenGathering);
    if (this.#readGathering) clearTimeout(this.#readGathering);
  }

  /** A room reported something, or was made, renamed, removed. */
  roomChanged(roomId: string): void {
    this.#rooms.changed(roomId);
    if (this.#pages.size > 0) this.#gather();
  }
  roomsChanged(): void {
    this.#everything();
  }

  #meetingChanged(meetingId: string): void {
    if (this.#pages.size === 0) return;
    this.#changedMeetings.add(meetingId);
    this.#gather();
  }

  #wasSpokenIn(meetingId: string): void {
    if (this.#pages.size === 0) return;
    this.#spokenIn.add(meetingId);
    this.#spokenGathering ??= setTimeout(() => {
      this.#spokenGathering = null;
      this.#do(() => this.#countSpoken());
    }, this.#deps.spokenGatherMs ?? SPOKEN_GATHER_MS);
  }

  #wasReadIn(meetingId: string): void {
    if (this.#pages.size === 0) return;
    this.#readIn.add(meetingId);
    this.#readGathering ??= setTimeout(() => {
      this.#readGathering = null;
      this.#do(() => this.#countRead());
    }, this.#deps.readGatherMs ?? READ_GATHER_MS);
  }

  open(viewer: StaffViewer): (wake: () => void) => Feed {
    return (wake) => {
      const page: Page = { ...viewer, own: null, mentions: [], isStale: true, sent: '', wake };
      const isFirst = this.#pages.size === 0;
      this.#pages.add(page);
      // what happened while nobody looked was not followed
      if (isFirst) this.#everything();
      const { accountId, language } = viewer;
      if (language) this.#remember(accountId, language);
      this.#do(() => this.#refresh());
      return { take: () => this.#take(page), close: () => this.#close(page) };
    };
  }

  /** Beside the pages: a disk that does not write keeps nobody from theirs. */
  #remember(accountId: string, language: Language): void {
    const { store, logger } = this.#deps;
    rememberLanguage(store, accountId, language).catch((error: unknown) =>
      logger.error({ err: error, accountId }, 'the language of a page is not kept'),
    );
  }

  /** A page of the account is open, or was within that time. */
  isHere(accountId: string, withinMs: number): boolean {
    const goneMs = Date.now() - (this.#leftAtMs.get(accountId) ?? Number.NEGATIVE_INFINITY);
    return (
      // less than none: a clock that was set back
      (goneMs >= 0 && goneMs < withinMs) || [...this.#pages].some((page) => page.accountId === accountId)
    );
  }

  #close(page: Page): void {
    if (!this.#pages.delete(page)) return;
    this.#leftAtMs.delete(page.accountId);
    this.#leftAtMs.set(page.accountId, Date.now());
    const [longestAgo] = this.#leftAtMs.keys();
    if (this.#leftAtMs.size > MOST_LEFT) this.#leftAtMs.delete(longestAgo!);
    if (this.#pages.size === 0) this.#readTimes.clear();
  }

  #take(page: Page): ReturnType<Feed['take']> {
    if (page.own === null) return [];
    const data = this.#homeOf(page, page.own);
    const text = JSON.stringify(data);
    if (text === page.sent) return [];
    page.sent = text;
    return [{ name: 'home', data }];
  }

  #homeOf({ reach, placeId, mentions }: Page, own: readonly MeetingSummary[]): StaffHome {
    const mine = new Set(own.map(({ meetingId }) => meetingId));
    const running = [
      ...own.filter(({ participantCount, isCancelled }) => participantCount > 0 && !isCancelled),
      ...[...this.#open.values()].filter(
        ({ meetingId, rooms }) => !mine.has(meetingId) && rooms.some(({ roomId }) => reaches(reach, roomId)),
      ),
    ];
    return {
      running: running.slice(0, MOST_RUNNING),
      meetings: [...own],
      rooms: this.#rooms.list(reach, placeId),
      mentions: [...mentions],
    };
  }

  #everything(): void {
    this.#isWhole = true;
    if (this.#pages.size > 0) this.#gather();
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#do(() => this.#refresh());
    }, GATHER_MS);
  }

  /** One after the other: a reading that is overtaken would show what was. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#deps.logger.error({ err: error }, 'staff pages not brought up to date'));
  }

  async #clock(): Promise<void> {
    const day = dayOf(Date.now());
    if (day.startOfDayMs !== this.#dayMs) return this.#everything();
    if (this.#rooms.judge(day, { all: true })) await this.#wakeAll();
  }

  async #refresh(): Promise<void> {
    if (this.#pages.size === 0) return;
    const day = dayOf(Date.now());
    const changed = [...this.#changedMeetings];
    this.#changedMeetings.clear();
    const isWhole = this.#isWhole;
    this.#isWhole = false;
    if (isWhole || changed.length > 0) await this.#rooms.read(day.startOfDayMs, day.endOfDayMs);
    this.#dayMs = day.startOfDayMs;
    const areRoomsNew = this.#rooms.judge(day, { all: isWhole });
    const areRunningNew = await this.#readOpen(isWhole ? null : changed);
    const concerned = await this.#accountsOf(changed);
    for (const page of this.#pages)
      page.isStale ||=
        isWhole || concerned.has(page.accountId) || !!page.own?.some((each) => changed.includes(each.meetingId));
    const stale = [...this.#pages].filter(({ isStale }) => isStale);
    for (const page of stale) {
      page.isStale = false;
      const reads = new Map(page.own?.map(({ meetingId, chatReadRevision }) => [meetingId, chatReadRevision]));
      const own = await this.#ownOf(page.accountId, day.startOfDayMs);
      page.own = own.map((each) => {
        const chatReadRevision = reads.get(each.meetingId);
        return chatReadRevision === undefined ? each : { ...each, chatReadRevision };
      });
      page.mentions = await unreadMentionsOf(this.#deps.store.read, page.accountId);
      page.wake();
      // reading the store yields to nobody
      await setImmediate();
    }
    if (areRoomsNew || areRunningNew) await this.#wakeAll();
  }

  /** One query for all pages: nothing else of them has changed. */
  async #countSpoken(): Promise<void> {
    const meetingIds = [...this.#spokenIn];
    this.#spokenIn.clear();
    const revisions = await transcriptRevisionsOf(this.#deps.store.read, meetingIds);
    for (const page of [...this.#pages]) {
      if (!page.own?.some(({ meetingId }) => revisions.has(meetingId))) continue;
      page.own = page.own.map((each) => {
        const transcriptRevision = revisions.get(each.meetingId);
        return transcriptRevision === undefined ? each : { ...each, transcriptRevision };
      });
      page.wake();
      await setImmediate();
    }
  }

  /** For pages of those who wrote: nobody else sees who has read it. */
  async #countRead(): Promise<void> {
    const meetingIds = [...this.#readIn];
    this.#readIn.clear();
    const writers = await chatWritersOf(this.#deps.store.read, meetingIds);
    for (const meetingId of writers.keys()) this.#readTimes.set(meetingId, (this.#readTimes.get(meetingId) ?? 0) + 1);
    for (const page of [...this.#pages]) {
      const isConcerned = ({ meetingId }: MeetingSummary) => writers.get(meetingId)?.has(page.accountId) ?? false;
      if (!page.own?.some(isConcerned)) continue;
      page.own = page.own.map((each) =>
        isConcerned(each) ? { ...each, chatReadRevision: this.#readTimes.get(each.meetingId)! } : each,
      );
      page.wake();
      await setImmediate();
    }
  }

  async #wakeAll(): Promise<void> {
    for (const page of [...this.#pages]) {
      page.wake();
      // a page of many rooms is slow to write
      await setImmediate();
    }
  }

  /** From that day on, those without a time last. */
  async #ownOf(accountId: string, fromMs: number): Promise<MeetingSummary[]> {
    const roles = await rolesFrom(this.#deps.store.read, accountId, fromMs, {
      most: MOST_MEETINGS,
      mostUntimed: MOST_UNTIMED,
    });
    return this.#withWaiting(await summariesOf(this.#deps.store.read, roles));
  }

  /** Adds how many wait. The rows alone do not show whose page is there. */
  async #withWaiting(summaries: readonly MeetingSummary[]): Promise<MeetingSummary[]> {
    const { waitingRoom } = this.#deps.meetings;
    return Promise.all(
      summaries.map(async (summary) =>
        isHost(summary.role)
          ? { ...summary, waitingCount: (await waitingRoom.listOf(summary.meetingId)).count }
          : summary,
      ),
    );
  }

  /** @param meetingIds null: all */
  async #readOpen(meetingIds: readonly string[] | null): Promise<boolean> {
    if (meetingIds?.length === 0) return false;
    const { read } = this.#deps.store;
    const before = JSON.stringify([...this.#open]);
    let query = read
      .selectFrom('call')
      .innerJoin('meeting', 'meeting.meetingId', 'call.meetingId')
      .select('call.meetingId')
      .where('call.endedAtMs', 'is', null)
      .where('call.participantCount', '>', 0)
      .where('meeting.endedAtMs', 'is', null);
    if (meetingIds) query = query.where('call.meetingId', 'in', [...meetingIds]);
    const roles = new Map<string, MeetingRole>();
    for (const { meetingId } of await query.execute())
      if ((await meetingPolicyIn(read, meetingId))?.admission === 'all-enter') roles.set(meetingId, 'member');
    if (meetingIds === null) this.#open.clear();
    else for (const meetingId of meetingIds) this.#open.delete(meetingId);
    // those who are none of its people read neither its chat nor its transcript: what grows there is no news of theirs
    for (const { chatRevision: _, transcriptRevision: __, ...summary } of await summariesOf(read, roles))
      this.#open.set(summary.meetingId, summary);
    return JSON.stringify([...this.#open]) !== before;
  }

  async #accountsOf(meetingIds: readonly string[]): Promise<Set<string>> {
    if (meetingIds.length === 0) return new Set();
    const { read } = this.#deps.store;
    const [people, hosts] = await Promise.all([
      read
        .selectFrom('meetingPerson')
        .select('accountId')
        .where('meetingId', 'in', [...meetingIds])
        .execute(),
      read
        .selectFrom('meeting')
        .select('hostAccountId as accountId')
        .where('meetingId', 'in', [...meetingIds])
        .execute(),
    ]);
    return new Set([...people, ...hosts].flatMap(({ accountId }) => accountId ?? []));
  }
}

/** By this machine's zone. */
export function dayOf(nowMs: number): { nowMs: number; startOfDayMs: number; endOfDayMs: number } {
  const day = new Date(nowMs);
  day.setHours(0, 0, 0, 0);
  const startOfDayMs = day.getTime();
  day.setDate(day.getDate() + 1);
  return { nowMs, startOfDayMs, endOfDayMs: day.getTime() };
}
