/**
 * The rollouts of this server: held in memory, moved on by rollout-machine.ts as rooms report, and written before anything
 * follows from it. What is wanted of each room is published retained, again after each start, so that nothing is left behind.
 */
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import { negotiate } from '#contract/protocol-version.ts';
import type { RoomUpdateDesired } from '#contract/room-update.ts';
import { RolloutPlan } from '#contract/rollout.ts';
import type { FeedKind } from '#contract/update-feed.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { type AlertBook, OF_ORGANISATION } from '../alerts/index.ts';
import { appendAudit, type AuditEntry } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import { desiredUpdateOf } from './desired-update.ts';
import type { LibraryRelease } from './feed-library.ts';
import { actOn, hurried, newRollout, resumedAfterStart, type RolloutAct, stepRollout } from './rollout-machine.ts';
import { deleteRollout, readRollouts, writeRollout } from './rollout-rows.ts';
import { isRolloutOver, type KeptRollout, type RolloutEvent, type SoftwareFacts } from './rollout-state.ts';
import { addToHistory } from './update-history.ts';

export type RolloutAsker = { actor: string; name: string };
export type RolloutsDependencies = {
  store: AuthorityStore;
  facts: () => ReadonlyMap<string, SoftwareFacts>;
  releases: () => ReadonlyMap<string, LibraryRelease>;
  isTooOld: (roomId: string) => boolean;
  publish: (roomId: string, desired: RoomUpdateDesired) => void;
  book: Pick<AlertBook, 'raise' | 'clear'>;
  clock: Pick<WallClock, 'nowMs'>;
  logger: Logger;
};

/** by which kind boxes are to fetch, where there are several */
const PREFERRED: readonly FeedKind[] = ['online', 'medium'];
const ENDED_KEPT = 20;
/** at once; a chain of rings that are empty takes several */
const MOST_STEPS = 20;
const PUBLISHED_IN_A_ROW = 50;

export class Rollouts {
  readonly #deps: RolloutsDependencies;
  /** the oldest first */
  #rollouts: readonly KeptRollout[] = [];
  /** by room, without its time */
  readonly #published = new Map<string, string>();
  readonly #handlers: ((rolloutId: string, roomIds: readonly string[]) => void)[] = [];
  /** of the clock, by which times here were not moved yet */
  #jumps = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: RolloutsDependencies) {
    this.#deps = deps;
  }

  /** Before the broker listens. */
  async start(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const kept = await readRollouts(this.#deps.store);
    this.#rollouts = kept.map((each) => (isRolloutOver(each) ? each : resumedAfterStart(each, nowMs)));
    await this.#settleAlert();
    await this.publishAll();
  }
  async stop(): Promise<void> {
    await this.#turn;
  }

  /** The oldest first. */
  get all(): readonly KeptRollout[] {
    return this.#rollouts;
  }
  /** @throws ProtocolError not-found */
  byId(rolloutId: string): KeptRollout {
    const found = this.#rollouts.find((each) => each.rolloutId === rolloutId);
    if (!found) throw new ProtocolError('not-found', 'no such rollout');
    return found;
  }
  /** Releases that rooms are to run: by a rollout that goes on, or by the last that was done there, for a box that is exchanged later. */
  named(): ReadonlySet<string> {
    const named = new Set<string>();
    const seen = new Set<string>();
    for (const rollout of this.#rollouts.toReversed()) {
      const isLastOfARoom = [...rollout.rooms.keys()].some((roomId) => !seen.has(roomId));
      for (const roomId of rollout.rooms.keys()) seen.add(roomId);
      if (!isRolloutOver(rollout) || (rollout.state === 'done' && isLastOfARoom)) named.add(rollout.release.releaseId);
    }
    return named;
  }
  /** A rollout, and those of its rooms that changed. */
  onChanged(handler: (rolloutId: string, roomIds: readonly string[]) => void): void {
    this.#handlers.push(handler);
  }

  /** @throws ProtocolError not-found: no such release; InvalidStateError not-possible-now: no rooms, or one is in another */
  begin(plan: RolloutPlan, { actor, name }: RolloutAsker): Promise<KeptRollout> {
    return this.#inTurn(async () => {
      const facts = this.#deps.facts();
      const rollout = newRollout({ ...this.#headOf(plan, name), onlyRoomId: null }, this.#now(facts));
      if (rollout.rooms.size === 0) throw new InvalidStateError('not-possible-now', 'the plan has no rooms');
      const others = this.#rollouts.filter(
        (other) => !isRolloutOver(other) && [...rollout.rooms.keys()].some((roomId) => isGoingOnIn(other, roomId)),
      );
      if (others.some(({ onlyRoomId }) => onlyRoomId === null))
        throw new InvalidStateError('not-possible-now', 'a room of the plan is in another rollout that goes on');
      // what was asked for single rooms goes on in this one
      for (const other of others) await this.#steer(other, 'abort', null);
      const details = { rolloutId: rollout.rolloutId, releaseId: plan.releaseId, rooms: rollout.rooms.size };
      await this.#commit(null, rollout, [], { kind: 'rollout-started', actor, subject: 'fleet', details });
      return this.#advance(rollout.rolloutId);
    });
  }

  /** @throws ProtocolError not-found; InvalidStateError not-possible-now */
  steer(rolloutId: string, act: RolloutAct, { actor }: RolloutAsker): Promise<KeptRollout> {
    return this.#inTurn(async () => {
      await this.#steer(this.byId(rolloutId), act, actor);
      return this.#advance(rolloutId);
    });
  }

  /** @throws ProtocolError not-found; InvalidStateError not-possible-now: its rollout is of another release */
  hurry(roomId: string, releaseId: string, { actor, name }: RolloutAsker): Promise<void> {
    return this.#inTurn(async () => {
      const facts = this.#deps.facts();
      if (!facts.has(roomId)) throw new ProtocolError('not-found', 'no such room');
      const nowMs = this.#deps.clock.nowMs();
      const details = { releaseId };
      const audit: AuditEntry = { kind: 'room-update-asked', actor, subject: `room:${roomId}`, details };
      const open = this.#rollouts.find((each) => !isRolloutOver(each) && isGoingOnIn(each, roomId));
      if (open && open.release.releaseId !== releaseId)
        throw new InvalidStateError('not-possible-now', 'the room is in a rollout of another release');
      if (open) {
        await this.#commit(open, hurried(open, roomId, nowMs), [], audit);
        await this.#advance(open.rolloutId);
        return;
      }
      const plan = RolloutPlan.parse({ releaseId, rings: [{ name: 'This room', roomIds: [roomId] }] });
      const made = newRollout({ ...this.#headOf(plan, name), onlyRoomId: roomId }, this.#now(facts));
      await this.#commit(null, hurried(made, roomId, nowMs), [], audit);
      await this.#advance(made.rolloutId);
    });
  }

  /** Rooms have reported something, or time has passed. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      for (const { rolloutId } of this.#rollouts.filter((each) => !isRolloutOver(each))) await this.#advance(rolloutId);
    });
  }

  /** Times that stand here were by a clock that was set. */
  async clockJumped(byMs: number): Promise<void> {
    this.#jumps += 1;
    await this.#inTurn(async () => {
      try {
        for (const rollout of this.#rollouts)
          if (!isRolloutOver(rollout)) await this.#commit(rollout, movedBy(rollout, byMs), [], null);
      } finally {
        this.#jumps -= 1;
      }
      await this.publishAll();
    });
  }

  desiredOf(roomId: string): RoomUpdateDesired {
    const rollout = this.#rollouts.findLast(({ rooms }) => rooms.has(roomId)) ?? null;
    const isTooOld = this.#deps.isTooOld(roomId);
    return desiredUpdateOf({ rollout, roomId, isTooOld, nowMs: this.#deps.clock.nowMs() });
  }

  /** Once more, with a fresh time. */
  publish(roomId: string): void {
    this.#publish(roomId, true);
  }

  async publishAll(): Promise<void> {
    for (const [index, roomId] of [...this.#deps.facts().keys()].entries()) {
      this.#publish(roomId, true);
      // thousands in a row would keep all connections waiting
      if ((index + 1) % PUBLISHED_IN_A_ROW === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #publish(roomId: string, isAgain: boolean): void {
    const desired = this.desiredOf(roomId);
    const text = JSON.stringify({ ...desired, nowMs: 0 });
    if (!isAgain && this.#published.get(roomId) === text) return;
    this.#published.set(roomId, text);
    this.#deps.publish(roomId, desired);
  }

  #now(facts = this.#deps.facts()): { facts: ReadonlyMap<string, SoftwareFacts>; nowMs: number } {
    return { facts, nowMs: this.#deps.clock.nowMs() };
  }

  #headOf(plan: RolloutPlan, startedBy: string) {
    const release = this.#deps.releases().get(plan.releaseId);
    const feed = release && this.#feedOf(release);
    if (!release || !feed) throw new ProtocolError('not-found', 'the server offers no such release');
    if (negotiate(release.facts.protocol) !== 'accepted')
      throw new InvalidStateError('not-possible-now', 'this server does not serve rooms with this release');
    const { notes: _notes, ...facts } = release.facts;
    return { rolloutId: newId(), release: facts, feed, plan, startedBy, startedAtMs: this.#deps.clock.nowMs() };
  }

  #feedOf({ feeds }: LibraryRelease): FeedKind | undefined {
    const nowMs = this.#deps.clock.nowMs();
    return PREFERRED.find((kind) => (feeds.get(kind) ?? 0) > nowMs);
  }

  /** As far as it goes now. */
  async #advance(rolloutId: string): Promise<KeptRollout> {
    const now = this.#now();
    // reading the time has noticed that the clock was set: what stands here is moved first
    if (this.#jumps > 0) return this.byId(rolloutId);
    for (let left = MOST_STEPS; left > 0; left -= 1) {
      const rollout = this.byId(rolloutId);
      if (isRolloutOver(rollout)) break;
      const release = this.#deps.releases().get(rollout.release.releaseId);
      const feed = release && this.#feedOf(release);
      const offered = feed && feed !== rollout.feed ? { ...rollout, feed } : rollout;
      const taken = this.#takenBeside(rolloutId);
      const step = stepRollout(offered, { ...now, isOffered: feed !== undefined, taken });
      if (step.rollout === rollout) break;
      await this.#commit(rollout, step.rollout, step.events, null);
    }
    return this.byId(rolloutId);
  }

  /** Rooms of other rollouts that go on. */
  #takenBeside(rolloutId: string): ReadonlySet<string> {
    const others = this.#rollouts.filter((each) => each.rolloutId !== rolloutId && !isRolloutOver(each));
    return new Set(others.flatMap(({ rooms }) => [...rooms.keys()]));
  }

  /** @param actor null: it follows from another act. @throws InvalidStateError not-possible-now */
  async #steer(rollout: KeptRollout, act: RolloutAct, actor: string | null): Promise<void> {
    const next = actOn(rollout, act, this.#deps.clock.nowMs());
    if (!next) throw new InvalidStateError('not-possible-now', `the rollout is ${rollout.state}`);
    const details = { rolloutId: rollout.rolloutId, releaseId: rollout.release.releaseId, act };
    const audit: AuditEntry = { kind: 'rollout-steered', actor: actor ?? 'fleet', subject: 'fleet', details };
    await this.#commit(rollout, next, [], audit);
  }

  /** In the store first, then here, then to the rooms: after a restart in between the store is what is published. */
  async #commit(
    former: KeptRollout | null,
    next: KeptRollout,
    events: readonly RolloutEvent[],
    audit: AuditEntry | null,
  ): Promise<void> {
    const gone = former === null ? this.#toForget() : [];
    await this.#deps.store.write(async (trx) => {
      await writeRollout(trx, former, next);
      await addToHistory(trx, beginsOf(former, next, this.#deps.clock.nowMs()));
      if (audit) await appendAudit(trx, audit);
      await auditEvents(trx, next, events);
      for (const rolloutId of gone) await deleteRollout(trx, rolloutId);
    });
    const kept = this.#rollouts.filter(({ rolloutId }) => !gone.includes(rolloutId));
    this.#rollouts = former ? kept.map((each) => (each === former ? next : each)) : [...kept, next];
    for (const event of events) this.#deps.logger.info({ rolloutId: next.rolloutId, ...event }, 'rollout');
    for (const roomId of next.rooms.keys()) this.#publish(roomId, false);
    const changed = [...next.rooms].flatMap(([roomId, room]) => (former?.rooms.get(roomId) === room ? [] : roomId));
    for (const handler of this.#handlers) handler(next.rolloutId, changed);
    if (former?.state !== next.state) await this.#settleAlert();
  }

  /** The oldest of those that are over. */
  #toForget(): string[] {
    const over = this.#rollouts.filter(isRolloutOver);
    return over.slice(0, Math.max(0, over.length - ENDED_KEPT + 1)).map(({ rolloutId }) => rolloutId);
  }

  /** One alert, of the first that halted. */
  async #settleAlert(): Promise<void> {
    const { book, logger } = this.#deps;
    const halted = this.#rollouts.find(({ state }) => state === 'halted');
    try {
      if (!halted?.halt) await book.clear('rollout-halted', OF_ORGANISATION);
      else {
        const { halt, release, rolloutId } = halted;
        const facts = { rolloutId, version: release.version, reason: halt.reason, detail: halt.detail };
        await book.raise('rollout-halted', OF_ORGANISATION, facts);
      }
    } catch (error) {
      logger.error({ err: error }, 'the alert of a halted rollout not written');
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

const isGoingOnIn = ({ rooms }: KeptRollout, roomId: string): boolean => rooms.has(roomId);

/** Each begin once by its id: also one that was written before a kill. */
function beginsOf(former: KeptRollout | null, next: KeptRollout, atMs: number) {
  const { releaseId, version } = next.release;
  return [...next.rooms].flatMap(([roomId, room]) => {
    const before = former?.rooms.get(roomId);
    if (room.beganAtMs === null || (before?.beganAtMs != null && before.attempt === room.attempt)) return [];
    const entryId = `${next.rolloutId} ${roomId} ${room.attempt}`;
    return { entryId, roomId, atMs, releaseId, version, outcome: 'began' as const, detail: '' };
  });
}

async function auditEvents(
  trx: AuthorityWrite,
  { rolloutId, release: { releaseId } }: KeptRollout,
  events: readonly RolloutEvent[],
): Promise<void> {
  for (const event of events) {
    if (event.name === 'ring-began') continue;
    const kind = event.name === 'halted' ? 'rollout-halted' : 'rollout-ended';
    const why = event.name === 'halted' ? { reason: event.reason, detail: event.detail } : null;
    const details = { rolloutId, releaseId, ...why };
    await appendAudit(trx, { kind, actor: 'fleet', subject: 'fleet', details });
  }
}

/** Soaks, silences and deadlines stay as long as they were. */
function movedBy(rollout: KeptRollout, byMs: number): KeptRollout {
  const rings = rollout.rings.map((ring) => ({ ...ring, sinceMs: ring.sinceMs + byMs }));
  const rooms = [...rollout.rooms].map(([roomId, room]) => {
    const { sinceMs, beganAtMs, stillSinceMs } = room;
    const moved = {
      sinceMs: sinceMs + byMs,
      beganAtMs: beganAtMs === null ? null : beganAtMs + byMs,
      stillSinceMs: stillSinceMs + byMs,
    };
    return [roomId, { ...room, ...moved }] as const;
  });
  return { ...rollout, rings, rooms: new Map(rooms) };
}
