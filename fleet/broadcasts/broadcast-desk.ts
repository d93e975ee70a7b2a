/**
 * The one place that decides on broadcasts and recordings: acts, the clock and the end of a call change a row, one after the
 * other for each meeting. What runs follows it: running-broadcasts.ts.
 */
import type { Logger } from 'pino';
import { type Audience, type BroadcastAct, type BroadcastPhase, isOnAir, isRunning } from '#contract/broadcast.ts';
import { InvalidStateError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { AuditKind } from '#contract/http/audit-api.ts';
import type { BroadcastPlan } from '#contract/http/broadcasts-api.ts';
import { appendAudit } from '../audit/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { afterAct, afterCall, afterTime, dueAtMs, GREEN_ROOM_BEFORE_MS, type PhaseState } from './broadcast-phases.ts';
import {
  broadcastIn,
  currentIn,
  inPhases,
  insertBroadcast,
  insertChapter,
  type StoredBroadcast,
  updateBroadcast,
} from './broadcast-rows.ts';
import type { Packaging } from './packaging.ts';
import { type RunningBroadcast, RunningBroadcasts, type RunningDependencies } from './running-broadcasts.ts';

type DeskDependencies = Omit<RunningDependencies, 'onDue' | 'meetings'> & {
  meetings: RunningDependencies['meetings'] & Pick<Meetings, 'onChanged'>;
};

const LOOK_MS = 500;
const CALL_OVER_MS = 60_000;
/** a recording starts without its program after so long: with the slate */
const RECORDING_WAITS_MS = 10_000;

const AUDITED: Partial<Record<BroadcastPhase, [broadcast: AuditKind, recording: AuditKind]>> = {
  live: ['broadcast-started', 'recording-started'],
  hold: ['broadcast-held', 'broadcast-held'],
  ended: ['broadcast-ended', 'recording-ended'],
  cancelled: ['broadcast-cancelled', 'recording-ended'],
};

export class Desk {
  readonly running: RunningBroadcasts;
  readonly #store: AuthorityStore;
  readonly #meetings: DeskDependencies['meetings'];
  readonly #packaging: Packaging;
  readonly #logger: Logger;
  /** by meeting: the act under way */
  readonly #work = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(deps: DeskDependencies) {
    this.#store = deps.store;
    this.#meetings = deps.meetings;
    this.#packaging = deps.packaging;
    this.#logger = deps.logger;
    this.running = new RunningBroadcasts({ ...deps, onDue: (broadcastId) => this.#due(broadcastId) });
  }

  async start(): Promise<void> {
    this.#meetings.onChanged((meetingId) => this.running.changed(meetingId, false));
    await this.running.start();
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
    this.running.stop();
  }

  /** Why nothing can be broadcast on this machine, in English, for IT; null: as far as we know something can. */
  get whyUnavailable(): string | null {
    for (const { status } of [this.running.programs, this.#packaging])
      if (status.is === 'unavailable') return status.reason;
    return null;
  }

  /**
   * Opening the green room, or starting, makes a broadcast where none is planned.
   * @param by as the audit log names them
   * @throws InvalidStateError not-possible-now; ProtocolError not-found; OperationalError program-unavailable, packager-unavailable
   */
  async act(meetingId: string, act: BroadcastAct, by: string): Promise<void> {
    const opens = act.name === 'open-green-room' || act.name === 'start';
    await this.#inOrder(meetingId, async () => {
      if (opens) await this.#mustRun(meetingId);
      const changed = await this.#store.write(async (trx) => {
        const before =
          (await currentIn(trx, meetingId, 'broadcast')) ??
          (opens ? await insertBroadcast(trx, { meetingId, kind: 'broadcast', createdBy: by }) : null);
        if (!before) throw notNow('no broadcast is planned or runs');
        if (act.name !== 'set-stage') return step(trx, before, afterAct(before, act.name, Date.now()), by);
        if (!isRunning(before.phase)) throw notNow(before.phase);
        await updateBroadcast(trx, before.broadcastId, { stage: act.stage });
        return { ...before, stage: act.stage };
      });
      await this.running.follow(changed);
    });
  }

  /**
   * Records the meeting's call. Again: nothing.
   * @throws InvalidStateError not-possible-now: no call runs, or a broadcast records it, or is about to; as `act`
   */
  async record(meetingId: string, by: string): Promise<void> {
    await this.#inOrder(meetingId, async () => {
      await this.#mustRun(meetingId);
      const changed = await this.#store.write(async (trx) => {
        const current = await currentIn(trx, meetingId, 'recording');
        if (current) return current;
        const broadcast = await currentIn(trx, meetingId, 'broadcast');
        if (broadcast && (isOnAir(broadcast.phase) || broadcast.phase === 'countdown'))
          throw notNow('the broadcast is recorded');
        const made = await insertBroadcast(trx, { meetingId, kind: 'recording', createdBy: by });
        return step(trx, made, afterAct(made, 'open-green-room', Date.now()), by);
      });
      await this.running.follow(changed);
    });
  }

  /** @throws InvalidStateError not-possible-now: nothing is recorded */
  async endRecording(meetingId: string, by: string): Promise<void> {
    await this.#inOrder(meetingId, async () => {
      const changed = await this.#store.write(async (trx) => {
        const current = await currentIn(trx, meetingId, 'recording');
        if (!current) throw notNow('nothing is recorded');
        return step(trx, current, afterAct(current, 'end', Date.now()), by);
      });
      await this.running.follow(changed);
    });
  }

  /** @throws InvalidStateError not-possible-now: one is planned or runs; ProtocolError not-found */
  async plan(meetingId: string, plan: BroadcastPlan, by: string): Promise<StoredBroadcast> {
    return this.#inOrder(meetingId, async () => {
      const planned = await this.#store.write(async (trx) => {
        if (await currentIn(trx, meetingId, 'broadcast')) throw notNow('one is planned or runs');
        const made = await insertBroadcast(trx, { meetingId, kind: 'broadcast', createdBy: by, ...plan });
        await audit(trx, made, 'broadcast-planned', by);
        return made;
      });
      this.running.changed(meetingId, true);
      return planned;
    });
  }

  /** @throws InvalidStateError not-possible-now: it runs, and that is fixed then, or it is over; ProtocolError not-found */
  async change(meetingId: string, broadcastId: string, plan: BroadcastPlan, by: string): Promise<StoredBroadcast> {
    return this.#inOrder(meetingId, async () => {
      const changed = await this.#store.write(async (trx) => {
        const before = await ofMeeting(trx, meetingId, broadcastId);
        const isFixed = plan.startsAtMs !== undefined || plan.quality !== undefined;
        if (before.phase !== 'planned' && (isFixed || !isRunning(before.phase))) throw notNow(before.phase);
        // another time opens its green room again
        const change = plan.startsAtMs === undefined ? plan : { ...plan, greenRoomClosedAtMs: null };
        if (Object.keys(change).length > 0) await updateBroadcast(trx, broadcastId, change);
        if (plan.audience && !isSameAudience(plan.audience, before.audience))
          await audit(trx, before, 'broadcast-audience-changed', by, { audience: JSON.stringify(plan.audience) });
        return { ...before, ...change };
      });
      await this.running.follow(changed);
      return changed;
    });
  }

  /** @throws InvalidStateError not-possible-now: it is not only planned; ProtocolError not-found */
  async cancel(meetingId: string, broadcastId: string, by: string): Promise<void> {
    await this.#inOrder(meetingId, async () => {
      await this.#store.write(async (trx) => {
        const before = await ofMeeting(trx, meetingId, broadcastId);
        if (before.phase !== 'planned') throw notNow(before.phase);
        await step(trx, before, { ...before, phase: 'cancelled' }, by);
      });
      this.running.changed(meetingId, true);
    });
  }

  /** @throws InvalidStateError not-possible-now; OperationalError program-unavailable, packager-unavailable */
  async #mustRun(meetingId: string): Promise<void> {
    const { status: program } = this.running.programs;
    const { status: packager } = this.#packaging;
    if (!(await this.#meetings.isCallRunning(meetingId))) throw notNow('nobody is in the meeting');
    if (program.is === 'unavailable') throw new OperationalError('program-unavailable', program.reason);
    if (packager.is === 'unavailable') throw new OperationalError('packager-unavailable', packager.reason);
  }

  #due(broadcastId: string): void {
    const run = this.running.of(broadcastId);
    if (!run) return;
    void this.#pass(run).catch((error: unknown) =>
      this.#logger.error({ err: error, broadcastId }, 'a broadcast did not follow its clock'),
    );
  }

  /** What the clock and the call make of one that runs. */
  async #pass(run: RunningBroadcast): Promise<void> {
    const { broadcastId, meetingId, kind } = run.broadcast;
    const isCallOver = run.callOverSinceMs !== null && performance.now() - run.callOverSinceMs >= CALL_OVER_MS;
    const starts = kind === 'recording' && this.#mayRecordNow(run);
    await this.#moveTo(meetingId, broadcastId, (before, nowMs) => {
      if (!isRunning(before.phase)) return before;
      if (isCallOver) return afterCall(before, nowMs);
      if (starts && before.phase === 'green-room') return { ...before, phase: 'live', liveAtMs: nowMs };
      return afterTime(before, nowMs, true);
    });
  }

  #mayRecordNow({ broadcast: { broadcastId }, startedAtMs }: RunningBroadcast): boolean {
    const isSent = this.running.programs.stateOf(broadcastId)?.silentMs === 0;
    return isSent || performance.now() - startedAtMs > RECORDING_WAITS_MS;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const run of this.running.all) {
        await this.running.look(run);
        if (this.#isDue(run)) await this.#pass(run);
      }
      for (const planned of await inPhases(this.#store.read, ['planned'])) await this.#openPlanned(planned);
    } catch (error) {
      this.#logger.error({ err: error }, 'broadcasts not looked after');
    } finally {
      this.#isLooking = false;
    }
  }

  #isDue({ broadcast, callOverSinceMs }: RunningBroadcast): boolean {
    const dueMs = dueAtMs(broadcast);
    const isStarting = broadcast.kind === 'recording' && broadcast.phase === 'green-room';
    return callOverSinceMs !== null || isStarting || (dueMs !== null && dueMs <= Date.now());
  }

  async #openPlanned({ broadcastId, meetingId, startsAtMs }: StoredBroadcast): Promise<void> {
    if (startsAtMs === null || startsAtMs - GREEN_ROOM_BEFORE_MS > Date.now() || startsAtMs <= Date.now()) return;
    if (!(await this.#meetings.isCallRunning(meetingId))) return;
    await this.#moveTo(meetingId, broadcastId, (before, nowMs) =>
      // opened by hand in this moment
      before.phase === 'planned' ? afterTime(before, nowMs, true) : before,
    );
  }

  /** @param after of its state as it is then; the same: nothing */
  async #moveTo(
    meetingId: string,
    broadcastId: string,
    after: (before: StoredBroadcast, nowMs: number) => PhaseState,
  ): Promise<void> {
    await this.#inOrder(meetingId, async () => {
      const changed = await this.#store.write(async (trx) => {
        const before = await broadcastIn(trx, broadcastId);
        if (!before) return null;
        const state = after(before, Date.now());
        return isSameState(state, before) ? null : step(trx, before, state, 'fleet');
      });
      if (!changed) return;
      await this.running.follow(changed);
      if (changed.kind === 'broadcast' && changed.phase === 'live') await this.#endDoubled(meetingId);
    });
  }

  /** The broadcast records the call from now on. */
  async #endDoubled(meetingId: string): Promise<void> {
    const ended = await this.#store.write(async (trx) => {
      const recording = await currentIn(trx, meetingId, 'recording');
      return recording && step(trx, recording, afterAct(recording, 'end', Date.now()), 'fleet');
    });
    if (ended) await this.running.follow(ended);
  }

  /** One act of a meeting after the other: what runs follows the rows in their order. */
  #inOrder<T>(meetingId: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#work.get(meetingId) ?? Promise.resolve()).then(work);
    const done = result.then(
      () => {},
      () => {},
    );
    this.#work.set(meetingId, done);
    void done.then(() => {
      if (this.#work.get(meetingId) === done) this.#work.delete(meetingId);
    });
    return result;
  }
}

const notNow = (why: string): InvalidStateError => new InvalidStateError('not-possible-now', why);

const isSameState = (a: PhaseState, b: PhaseState): boolean =>
  a.phase === b.phase &&
  a.startsAtMs === b.startsAtMs &&
  a.liveAtMs === b.liveAtMs &&
  a.greenRoomClosedAtMs === b.greenRoomClosedAtMs;
const isSameAudience = (a: Audience, b: Audience): boolean => JSON.stringify(a) === JSON.stringify(b);

/** @param after null: not possible @throws InvalidStateError not-possible-now */
async function step(
  trx: AuthorityWrite,
  before: StoredBroadcast,
  after: PhaseState | null,
  by: string,
): Promise<StoredBroadcast> {
  if (!after) throw notNow(`not in phase ${before.phase}`);
  if (isSameState(after, before)) return before;
  const { broadcastId, kind, title } = before;
  const { phase, startsAtMs, liveAtMs, greenRoomClosedAtMs } = after;
  const isOver = phase === 'ended' || phase === 'cancelled';
  const isResumed = phase === 'live' && before.phase === 'hold';
  const wentLive = phase === 'live' && !isResumed;
  const change = {
    phase,
    startsAtMs,
    liveAtMs,
    greenRoomClosedAtMs,
    ...(isOver && { endedAtMs: Date.now() }),
    ...(wentLive && { recording: 'growing' as const }),
  };
  await updateBroadcast(trx, broadcastId, change);
  if (wentLive) await insertChapter(trx, broadcastId, { atMs: 0, kind: 'start', title });
  const atMs = liveAtMs === null ? 0 : Math.max(0, Date.now() - liveAtMs);
  if (phase === 'hold') await insertChapter(trx, broadcastId, { atMs, kind: 'hold', title: '' });
  if (isResumed) await insertChapter(trx, broadcastId, { atMs, kind: 'start', title });
  const audited = isResumed ? 'broadcast-resumed' : AUDITED[phase]?.[kind === 'recording' ? 1 : 0];
  // a recording starts when its program is there: its line names the one who asked
  const actor = kind === 'recording' && wentLive ? before.createdBy : by;
  if (audited && phase !== before.phase) await audit(trx, before, audited, actor);
  return { ...before, ...change };
}

async function audit(
  trx: AuthorityWrite,
  { broadcastId, meetingId }: StoredBroadcast,
  kind: AuditKind,
  actor: string,
  details: Record<string, string> = {},
): Promise<void> {
  await appendAudit(trx, { kind, actor, subject: `meeting:${meetingId}`, details: { broadcastId, ...details } });
}

/** @throws ProtocolError not-found */
async function ofMeeting(trx: AuthorityWrite, meetingId: string, broadcastId: string): Promise<StoredBroadcast> {
  const found = await broadcastIn(trx, broadcastId);
  if (found?.meetingId !== meetingId || found.kind !== 'broadcast')
    throw new ProtocolError('not-found', 'no such broadcast');
  return found;
}
