/**
 * When what meetings left behind goes by itself: looked at every hour, some meetings at a time, from the store alone, so that a
 * restart loses nothing of it. Nothing goes of a meeting whose call runs or has just ended.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { RECORD_KINDS, type RecordKindName } from '#contract/record-policy.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import type { Notes } from '../notes/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { type KeptMeeting, keptMeetings, PolicyTree, withOwnDays } from './kept-periods.ts';
import { type ClockJump, KEPT_DAY_MS, jumpsIn, recordClockJump, writtenBefore } from './kept-time.ts';
import { recordKinds } from './kinds/kinds.ts';
import { notBeforeMs, oldestOf } from './record-keeping.ts';
import { hasRunningCall } from './whole-record.ts';

const LOOK_EVERY_MS = 3_600_000;
/** a machine's clock may be wrong at its start, before it is corrected from the network: nobody sees that jump */
const FIRST_LOOK_AFTER_MS = 10 * 60_000;
/** people come back from a call, and its minutes are still to be written */
const AT_REST_MS = 3_600_000;
const MEETINGS_AT_ONCE = 200;

export type RecordRetentionDependencies = {
  store: AuthorityStore;
  notes: Pick<Notes, 'erase'>;
  clock: Pick<WallClock, 'settledNowMs' | 'nowMs' | 'onJump'>;
  /** what this meeting left behind is not as it was */
  onChanged: (meetingId: string) => void;
  logger: Pick<Logger, 'info' | 'error'>;
};
/** `upToMs`: what was written until then is due */
type Due = { meetingId: string; name: RecordKindName; days: number; upToMs: number };

export class RecordRetention {
  readonly #deps: RecordRetentionDependencies;
  #timer: NodeJS.Timeout | undefined;
  #firstLook: NodeJS.Timeout | undefined;
  #isStopped = false;
  #looking: Promise<void> | null = null;
  /** that could not be written */
  #jumps: { nowMs: number; byMs: number }[] = [];

  constructor(deps: RecordRetentionDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { clock } = this.#deps;
    clock.onJump((byMs) => {
      this.#jumps.push({ nowMs: clock.nowMs(), byMs });
      return this.#writeJumps().catch(this.#failed);
    });
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.#firstLook = setTimeout(() => void this.look(), FIRST_LOOK_AFTER_MS);
    this.#firstLook.unref();
  }
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#firstLook);
  }

  /** Deletes what is due by now. One look at a time: a second one is the one under way. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(this.#failed)
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  readonly #failed = (error: unknown): void =>
    this.#deps.logger.error({ err: error }, 'what meetings left behind and is due is not deleted');

  async #writeJumps(): Promise<void> {
    const jumps = this.#jumps;
    if (jumps.length === 0) return;
    await this.#deps.store.write(async (trx) => {
      for (const { nowMs, byMs } of jumps) await recordClockJump(trx, nowMs, byMs);
    });
    this.#jumps = this.#jumps.slice(jumps.length);
  }

  async #look(): Promise<void> {
    const { store, clock, logger } = this.#deps;
    const nowMs = await clock.settledNowMs();
    await this.#writeJumps();
    const [tree, jumps] = [await PolicyTree.read(store.read), await jumpsIn(store.read)];
    for (const placeId of tree.unreadable)
      logger.error({ placeId }, 'how long records are kept cannot be read: nothing goes by this place');
    let [after, isDeleted] = ['', false];
    while (!this.#isStopped) {
      const meetings = await keptMeetings(store.read)
        .where('meeting.meetingId', '>', after)
        .orderBy('meeting.meetingId')
        .limit(MEETINGS_AT_ONCE)
        .execute();
      for (const due of await this.#dueOf(meetings, tree, { nowMs, jumps })) {
        if (this.#isStopped) break;
        isDeleted = (await this.#delete(due, nowMs).catch(this.#failed)) === true || isDeleted;
      }
      if (meetings.length < MEETINGS_AT_ONCE) break;
      after = meetings.at(-1)!.meetingId;
      await setImmediate();
    }
    if (isDeleted) await store.emptyLog();
  }

  async #dueOf(
    meetings: readonly KeptMeeting[],
    tree: PolicyTree,
    { nowMs, jumps }: { nowMs: number; jumps: readonly ClockJump[] },
  ): Promise<Due[]> {
    const policies = new Map(
      meetings.map((meeting) => [
        meeting.meetingId,
        { meeting, policy: withOwnDays(tree.at(meeting.placeId), meeting.ownDays) },
      ]),
    );
    const due: Due[] = [];
    for (const name of RECORD_KINDS) {
      const limited = [...policies].filter(([, { policy }]) => policy[name] !== null).map(([meetingId]) => meetingId);
      const oldest = await oldestOf(this.#deps.store.read, name, limited);
      for (const [meetingId, atMs] of oldest) {
        const { meeting, policy } = policies.get(meetingId)!;
        const days = policy[name]!;
        const upToMs = writtenBefore(nowMs, days * KEPT_DAY_MS, jumps);
        if (atMs <= upToMs && notBeforeMs(meeting) <= upToMs) due.push({ meetingId, name, days, upToMs });
      }
    }
    return due;
  }

  /** @returns whether it was: not while a call runs, and not what was written in since it was found to be due */
  async #delete({ meetingId, name, days, upToMs }: Due, nowMs: number): Promise<boolean> {
    const { store, notes, onChanged, logger } = this.#deps;
    const remove = async (trx: AuthorityWrite): Promise<void> => {
      if (!(await isAtRest(trx, meetingId, nowMs))) throw new NotNow();
      const oldestMs = (await oldestOf(trx, name, [meetingId])).get(meetingId);
      if (oldestMs === undefined || oldestMs > upToMs) throw new NotNow();
      for (const kind of recordKinds) if (kind.keptAs === name) await kind.remove(trx, meetingId, upToMs);
      const details = { what: name, days };
      await appendAudit(trx, { kind: 'record-expired', actor: 'fleet', subject: `meeting:${meetingId}`, details });
    };
    try {
      await (name === 'notes' ? notes.erase(meetingId, remove) : store.write(remove));
    } catch (error) {
      if (error instanceof NotNow) return false;
      throw error;
    }
    logger.info({ meetingId, what: name, days }, 'what a meeting left behind was due');
    onChanged(meetingId);
    return true;
  }
}

class NotNow extends Error {}

async function isAtRest(db: Pick<AuthorityWrite, 'selectFrom'>, meetingId: string, nowMs: number): Promise<boolean> {
  if (await hasRunningCall(db, meetingId)) return false;
  const ended = await db
    .selectFrom('call')
    .select('callId')
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', '>', nowMs - AT_REST_MS)
    .executeTakeFirst();
  return ended === undefined;
}
