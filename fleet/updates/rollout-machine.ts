/**
 * How a rollout goes on: pure. From its state, what is known of the rooms and the time follow its next state and what
 * happened. A room counts as updated by its own report alone; nothing that was asked of it counts.
 */
import type { RingState, RoomInRollout } from '#contract/rollout.ts';
import { isInPlan, ringsOf } from './ring-assignment.ts';
import {
  isRolloutOver,
  type KeptRing,
  type KeptRollout,
  type KeptRoom,
  type RolloutEvent,
  type SoftwareFacts,
} from './rollout-state.ts';

const MINUTE_MS = 60_000;
/** in which a room is out of our sight for a moment, because its software is being changed */
const SWITCHING: ReadonlySet<string> = new Set(['switch', 'prove', 'confirm']);

export type RolloutStep = { rollout: KeptRollout; events: RolloutEvent[] };
export type StepInput = {
  facts: ReadonlyMap<string, SoftwareFacts>;
  nowMs: number;
  /** the server still holds the release, and the metadata that offers it is not expired */
  isOffered: boolean;
  /** rooms of other rollouts that go on: one at a time for a room */
  taken: ReadonlySet<string>;
};

/** A rollout that begins: its rooms in their rings, none of them asked yet. */
export function newRollout(
  head: Omit<KeptRollout, 'rooms' | 'rings' | 'state' | 'halt' | 'endedAtMs'>,
  { facts, nowMs }: Pick<StepInput, 'facts' | 'nowMs'>,
): KeptRollout {
  const rings = head.plan.rings.map((_, at): KeptRing => ({ state: at === 0 ? 'running' : 'waiting', sinceMs: nowMs }));
  const all = [...facts.values()].filter((room) => isOfRollout(head, room));
  const assigned = ringsOf(
    head.rolloutId,
    head.plan,
    all.filter(({ isInService }) => isInService),
  );
  // out of service: in the ring that names it, or in the last
  const outside = ringsOf(
    head.rolloutId,
    { ...head.plan, rings: head.plan.rings.map((ring) => ({ ...ring, upToPercent: 0 })) },
    all.filter(({ isInService }) => !isInService),
  );
  const rooms = [...assigned, ...outside].map(([roomId, ring]) => [roomId, newRoom(ring, nowMs)] as const);
  return { ...head, state: 'running', halt: null, endedAtMs: null, rings, rooms: new Map(rooms) };
}

export const isOfRollout = (
  { plan, onlyRoomId }: Pick<KeptRollout, 'plan' | 'onlyRoomId'>,
  room: Pick<SoftwareFacts, 'roomId' | 'placeIds'>,
): boolean => (onlyRoomId === null ? isInPlan(plan, room) : room.roomId === onlyRoomId);

const newRoom = (ring: number, nowMs: number): KeptRoom => ({
  ring,
  state: 'waiting',
  sinceMs: nowMs,
  beganAtMs: null,
  stillSinceMs: nowMs,
  lastSeen: '',
  doneBytes: 0,
  attempt: 0,
  isUrgent: false,
  isExcused: false,
});

export function stepRollout(rollout: KeptRollout, input: StepInput): RolloutStep {
  if (isRolloutOver(rollout)) return { rollout, events: [] };
  const events: RolloutEvent[] = [];
  let next: KeptRollout = { ...rollout, rooms: roomsNow(rollout, input) };
  if (next.state === 'running') {
    const halt = haltOf(next, input);
    if (halt) {
      next = { ...next, state: 'halted', halt };
      events.push({ name: 'halted', ...halt });
    } else next = withRings(next, input, events);
  }
  return isSame(rollout, next) ? { rollout, events } : { rollout: next, events };
}

/** Rooms that came later are in the last ring, those that were removed in none. */
function roomsNow(rollout: KeptRollout, input: StepInput): ReadonlyMap<string, KeptRoom> {
  const rooms = new Map<string, KeptRoom>();
  for (const room of input.facts.values()) {
    const known =
      rollout.rooms.get(room.roomId) ??
      (isOfRollout(rollout, room) && !input.taken.has(room.roomId)
        ? newRoom(rollout.rings.length - 1, input.nowMs)
        : null);
    if (known) rooms.set(room.roomId, roomNow(rollout, known, room, input.nowMs));
  }
  return rooms;
}

function roomNow(rollout: KeptRollout, known: KeptRoom, facts: SoftwareFacts, nowMs: number): KeptRoom {
  let room = seen(known, facts, nowMs);
  if (room.beganAtMs === null && isDue(rollout, room, facts)) {
    const { failed } = facts.update ?? {};
    // it failed here in a former rollout, and a person wants it all the same
    const attempt = failed?.releaseId === rollout.release.releaseId ? failed.attempt + 1 : room.attempt;
    room = { ...room, beganAtMs: nowMs, stillSinceMs: nowMs, attempt };
  }
  const state = stateOf(rollout, room, facts, nowMs);
  return state === room.state ? room : { ...room, state, sinceMs: nowMs };
}

/** Asked for something now. A room that is away is not: it begins when it is back. */
function isDue(rollout: KeptRollout, room: KeptRoom, facts: SoftwareFacts): boolean {
  if (!facts.isInService || !(facts.online || facts.isTooOld) || isUpdated(rollout, facts)) return false;
  if (room.isUrgent) return true;
  if (rollout.state !== 'running') return false;
  return facts.isTooOld || rollout.rings[room.ring]!.state !== 'waiting';
}

/** Whether something moved there since it was looked at last. */
function seen(room: KeptRoom, { update, online, isTooOld }: SoftwareFacts, nowMs: number): KeptRoom {
  const step = update?.step ?? 'none';
  const doneBytes = update?.progress?.doneBytes ?? 0;
  const lastSeen = [
    step,
    update?.waitsFor,
    update?.wanted?.attempt,
    update?.failed?.atMs,
    update?.running.releaseId,
  ].join();
  if (lastSeen !== room.lastSeen) return { ...room, lastSeen, doneBytes, stillSinceMs: nowMs };
  // it waits for its hours or for people, or its box was switched off before anything was changed: nothing is amiss
  const isPatient = (step === 'wait' && update?.waitsFor !== 'countdown') || (!online && !isTooOld && step === 'none');
  if (!isPatient && doneBytes === room.doneBytes) return room;
  // what is noted is written to the store
  return nowMs - room.stillSinceMs < MINUTE_MS ? room : { ...room, doneBytes, stillSinceMs: nowMs };
}

function isUpdated({ release }: KeptRollout, { update }: SoftwareFacts): boolean {
  const { running, step } = update ?? {};
  return running?.releaseId === release.releaseId && running.isConfirmed && step === 'none';
}

function hasFailed({ release }: KeptRollout, { attempt }: KeptRoom, { update }: SoftwareFacts): boolean {
  const failed = update?.failed;
  if (!failed || failed.releaseId !== release.releaseId || failed.attempt < attempt) return false;
  // power that was cut, and a server that did not answer, are tried again by the box itself
  const isTriedAgain = failed.failure === 'interrupted' || failed.refusal === 'unreachable';
  return failed.isHeld || (!isTriedAgain && update.step === 'none');
}

function stateOf(rollout: KeptRollout, room: KeptRoom, facts: SoftwareFacts, nowMs: number): RoomInRollout {
  if (!facts.isInService) return 'left-out';
  if (isUpdated(rollout, facts)) return 'updated';
  if (room.beganAtMs === null) {
    const isWaiting = rollout.rings[room.ring]!.state === 'waiting' || rollout.state !== 'running';
    return isWaiting || facts.online || facts.isTooOld ? 'waiting' : 'offline';
  }
  if (hasFailed(rollout, room, facts)) return 'failed';
  const step = facts.update?.step ?? 'none';
  if (nowMs - room.stillSinceMs >= rollout.plan.silentAfterMinutes * MINUTE_MS) return 'silent';
  const isAway = !facts.online && !facts.isTooOld && !SWITCHING.has(step);
  return isAway ? 'offline' : 'under-way';
}

function haltOf(rollout: KeptRollout, { isOffered }: StepInput): KeptRollout['halt'] {
  const rooms = [...rollout.rooms.values()];
  for (const [ring] of rollout.rings.entries()) {
    const begun = rooms.filter((room) => room.ring === ring && room.beganAtMs !== null && room.state !== 'left-out');
    const failed = begun.filter(({ state, isExcused }) => state === 'failed' && !isExcused).length;
    const silent = begun.filter(({ state, isExcused }) => state === 'silent' && !isExcused).length;
    if (failed + silent === 0) continue;
    if ((failed + silent) * 100 <= begun.length * rollout.plan.haltAtFailedPercent) continue;
    const name = rollout.plan.rings[ring]!.name;
    return {
      reason: silent > failed ? 'silent-rooms' : 'failed-rooms',
      detail: `${name}: ${failed} of ${begun.length} rooms failed, and ${silent} gave no sign of an end`,
    };
  }
  const isNeeded = rooms.some(({ state }) => state === 'waiting' || state === 'offline' || state === 'under-way');
  return isNeeded && !isOffered
    ? { reason: 'release-gone', detail: 'the server does not hold this release any more, or its metadata is expired' }
    : null;
}

/** The rings that have begun, one after the other; each look takes as many steps as are due. */
function withRings(rollout: KeptRollout, { nowMs }: StepInput, events: RolloutEvent[]): KeptRollout {
  const rings = [...rollout.rings];
  const last = rings.length - 1;
  for (let at = 0; at <= last; at += 1) {
    const state = ringNow(rollout, rings[at]!, at, nowMs);
    if (state !== rings[at]!.state) rings[at] = { state, sinceMs: nowMs };
    if (state !== 'done') break;
    const following = rings[at + 1];
    if (following?.state !== 'waiting') continue;
    rings[at + 1] = { state: 'running', sinceMs: nowMs };
    events.push({ name: 'ring-began', ring: at + 1 });
    // its rooms are looked at before it is judged
    break;
  }
  if (rings[last]!.state !== 'done') return { ...rollout, rings };
  events.push({ name: 'ended' });
  return { ...rollout, rings, state: 'done', endedAtMs: nowMs };
}

function ringNow(rollout: KeptRollout, ring: KeptRing, at: number, nowMs: number): RingState {
  if (ring.state === 'waiting' || ring.state === 'done') return ring.state;
  const isLast = at === rollout.rings.length - 1;
  const { soakMinutes, needsGo } = rollout.plan.rings[at]!;
  const rooms = [...rollout.rooms.values()].filter((room) => room.ring === at);
  if (!isThrough(rooms, isLast)) return 'running';
  const hasUpdated = rooms.some(({ state }) => state === 'updated');
  if (isLast) return 'done';
  // nothing was proven, so there is nothing to wait for; a person may still want to look
  const soakMs = hasUpdated ? soakMinutes * MINUTE_MS : 0;
  if (ring.state === 'running' && soakMs > 0) return 'soaking';
  if (ring.state === 'soaking' && nowMs - ring.sinceMs < soakMs) return 'soaking';
  return needsGo ? 'needs-go' : 'done';
}

/**
 * Nothing is under way, and something was proven. Rooms that are away hold up no ring but the last: they are updated on their
 * return, and a rollout is done when none is left.
 */
function isThrough(rooms: readonly KeptRoom[], isLast: boolean): boolean {
  const counted = rooms.filter(({ state }) => state !== 'left-out');
  if (counted.some(({ state }) => state === 'waiting' || state === 'under-way')) return false;
  const isAway = counted.some(({ state }) => state === 'offline');
  if (isLast) return !isAway;
  return !isAway || counted.some(({ state }) => state === 'updated');
}

/** The server was away, and nobody could report: what was not silent before has its time anew. */
export const resumedAfterStart = (rollout: KeptRollout, nowMs: number): KeptRollout => ({
  ...rollout,
  rooms: eachRoom(rollout, (room) => (isOut(room) ? room : { ...room, stillSinceMs: nowMs })),
});

export const ROLLOUT_ACTS = ['pause', 'resume', 'go', 'retry', 'abort'] as const;
export type RolloutAct = (typeof ROLLOUT_ACTS)[number];

/** null: it is not possible now. */
export function actOn(rollout: KeptRollout, act: RolloutAct, nowMs: number): KeptRollout | null {
  if (isRolloutOver(rollout)) return null;
  switch (act) {
    case 'pause':
      return rollout.state === 'running' ? { ...rollout, state: 'paused' } : null;
    case 'resume':
      if (rollout.state === 'running') return null;
      return { ...rollout, state: 'running', halt: null, rooms: eachRoom(rollout, excused) };
    case 'go': {
      const at = rollout.rings.findIndex(({ state }) => state === 'needs-go');
      if (at < 0) return null;
      return { ...rollout, rings: rollout.rings.with(at, { state: 'done', sinceMs: nowMs }) };
    }
    case 'retry':
      if (![...rollout.rooms.values()].some(isOut)) return null;
      return { ...rollout, rooms: eachRoom(rollout, (room) => tried(room, nowMs)) };
    case 'abort':
      return { ...rollout, state: 'aborted', halt: null, endedAtMs: nowMs };
  }
}

/** This room now: outside of its ring and of its hours. */
export function hurried(rollout: KeptRollout, roomId: string, nowMs: number): KeptRollout {
  const room = rollout.rooms.get(roomId);
  if (!room) return rollout;
  const again = isOut(room) ? tried(room, nowMs) : room;
  return { ...rollout, rooms: new Map(rollout.rooms).set(roomId, { ...again, isUrgent: true }) };
}

const isOut = ({ state }: KeptRoom): boolean => state === 'failed' || state === 'silent';
const excused = (room: KeptRoom): KeptRoom => (isOut(room) ? { ...room, isExcused: true } : room);
const tried = (room: KeptRoom, nowMs: number): KeptRoom =>
  isOut(room)
    ? { ...room, attempt: room.attempt + 1, state: 'under-way', sinceMs: nowMs, stillSinceMs: nowMs, isExcused: false }
    : room;

const eachRoom = ({ rooms }: KeptRollout, change: (room: KeptRoom) => KeptRoom): ReadonlyMap<string, KeptRoom> =>
  new Map([...rooms].map(([roomId, room]) => [roomId, change(room)]));

function isSame(former: KeptRollout, next: KeptRollout): boolean {
  if (former.state !== next.state || former.rooms.size !== next.rooms.size) return false;
  if (former.rings.some((ring, at) => ring !== next.rings[at])) return false;
  for (const [roomId, room] of next.rooms) if (former.rooms.get(roomId) !== room) return false;
  return true;
}
