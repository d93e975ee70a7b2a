/** Fleets of boxes under a rollout, by a virtual clock and a seed: lives with meetings, power cuts and zones, and the run itself. */
import { NO_UPDATE_BEFORE_BOOKING_MS } from '#contract/room-update.ts';
import { RolloutPlan } from '#contract/rollout.ts';
import { WEEKDAYS } from '#contract/settings/tv-settings.ts';
import {
  BoxUnderTest,
  type BoxLife,
  type MeetingUnderTest,
  type ReleaseBehaviour,
  type Span,
} from './box-under-test.ts';
import { desiredUpdateOf } from './desired-update.ts';
import { actOn, newRollout, type RolloutAct, stepRollout } from './rollout-machine.ts';
import { isRolloutOver, type KeptRollout, type SoftwareFacts } from './rollout-state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
export const OLD_RELEASE = `1.0.0-${'a'.repeat(16)}`;
export const NEW_RELEASE = `1.1.0-${'b'.repeat(16)}`;
const MODELS = ['N100', 'NUC 11', 'OptiPlex 7090', 'ThinkCentre M70q'];
const ZONES = [
  'Europe/Berlin',
  'Asia/Seoul',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kathmandu',
];

export type RandomUnderTest = { next: () => number; between: (low: number, high: number) => number };
export type RoomOfFleet = {
  roomId: string;
  model: string;
  placeIds: string[];
  isInService: boolean;
  box: BoxUnderTest;
};

const whole = (random: RandomUnderTest, low: number, high: number): number => Math.floor(random.between(low, high + 1));

/** Numbers that only look random, the same for the same seed. */
export function seededLife(seed: number): RandomUnderTest {
  let state = BigInt(seed) + 1n;
  const next = (): number => {
    // Knuth's MMIX; its upper bits are the good ones
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 32n) / 2 ** 32;
  };
  for (let n = 0; n < 8; n += 1) next();
  return { next, between: (low, high) => low + next() * (high - low) };
}

/** What is never to be: a change of a box's software in a meeting, or shortly before a booking. */
export function harmsOf({ box }: RoomOfFleet): number {
  let harms = 0;
  for (const { fromMs } of box.changes)
    for (const { fromMs: beginMs, toMs, isBooked } of box.life.meetings) {
      const isInIt = beginMs <= fromMs && fromMs < toMs;
      const isBefore = isBooked && beginMs > fromMs && beginMs - fromMs < NO_UPDATE_BEFORE_BOOKING_MS;
      if (isInIt || isBefore) harms += 1;
    }
  return harms;
}

export type FleetOptions = {
  random: RandomUnderTest;
  rooms: number;
  startMs: number;
  days: number;
  behaviourOf?: (model: string) => ReleaseBehaviour;
};

export function fleetOfBoxes({
  random,
  rooms,
  startMs,
  days,
  behaviourOf = () => 'good',
}: FleetOptions): RoomOfFleet[] {
  return Array.from({ length: rooms }, (_, at) => {
    const model = MODELS[at % MODELS.length]!;
    const life: BoxLife = {
      zone: ZONES[whole(random, 0, ZONES.length - 1)]!,
      hours: random.next() < 0.1 ? null : { fromMinuteOfDay: 60, toMinuteOfDay: 5 * 60, days: [...WEEKDAYS] },
      meetings: meetingsOf(random, startMs, days),
      off: powerCutsOf(random, startMs, days),
      saysNotNow: random.next() < 0.2,
      fetchMinutes: whole(random, 5, 25),
      behaviour: behaviourOf(model),
    };
    return {
      roomId: `room-${at}`,
      model,
      placeIds: [`floor-${at % 5}`, 'site'],
      isInService: true,
      box: new BoxUnderTest(life, OLD_RELEASE, startMs),
    };
  });
}

/** At any hour: offices of the other side of the world meet in ours at night. */
function meetingsOf(random: RandomUnderTest, startMs: number, days: number): MeetingUnderTest[] {
  const meetings: MeetingUnderTest[] = [];
  for (let atMs = startMs; atMs < startMs + days * DAY_MS; ) {
    atMs += whole(random, 1, 8 * 60) * MINUTE_MS;
    const toMs = atMs + whole(random, 5, 120) * MINUTE_MS;
    meetings.push({ fromMs: atMs, toMs, isBooked: random.next() < 0.7 });
    atMs = toMs;
  }
  return meetings;
}

/** Some are away for a night, some lose power for minutes; each is back a day before the end. */
function powerCutsOf(random: RandomUnderTest, startMs: number, days: number): Span[] {
  if (random.next() < 0.6) return [];
  const fromMs = startMs + whole(random, 0, Math.max(0, days - 3) * 24 * 60) * MINUTE_MS;
  const lengthMinutes = random.next() < 0.5 ? whole(random, 1, 20) : whole(random, 60, 20 * 60);
  return [{ fromMs, toMs: fromMs + lengthMinutes * MINUTE_MS }];
}

/** `over` as it is: rooms of tests have short names. */
export const planUnderTest = (over: Partial<RolloutPlan> = {}): RolloutPlan => ({
  ...RolloutPlan.parse({
    releaseId: NEW_RELEASE,
    rings: [
      { name: 'First', upToPercent: 10, soakMinutes: 30 },
      { name: 'Half', upToPercent: 50, soakMinutes: 30 },
      { name: 'All', upToPercent: 100 },
    ],
    haltAtFailedPercent: 10,
    silentAfterMinutes: 60,
    deadlineHours: 48,
  }),
  ...over,
});

export const factsOfFleet = (rooms: readonly RoomOfFleet[]): ReadonlyMap<string, SoftwareFacts> =>
  new Map(
    rooms.map(({ roomId, model, placeIds, isInService, box }) => [
      roomId,
      { roomId, model, placeIds, isInService, online: box.isOnline, isTooOld: false, update: box.reported },
    ]),
  );

export const rolloutUnderTest = (rooms: readonly RoomOfFleet[], plan: RolloutPlan, nowMs: number): KeptRollout =>
  newRollout(
    {
      rolloutId: 'rollout-1',
      release: {
        releaseId: plan.releaseId,
        role: 'kiosk',
        version: '1.1.0',
        commit: null,
        madeAtMs: nowMs,
        protocol: 2,
        sizeBytes: 1,
        fileCount: 1,
      },
      feed: 'online',
      plan,
      onlyRoomId: null,
      startedBy: 'IT',
      startedAtMs: nowMs,
    },
    { facts: factsOfFleet(rooms), nowMs },
  );

export type RunOptions = {
  rollout: KeptRollout;
  rooms: readonly RoomOfFleet[];
  startMs: number;
  days: number;
  tickMinutes?: number;
  /** what a person does, at each tick */
  act?: (rollout: KeptRollout, nowMs: number) => RolloutAct | null;
};

/** Until it is over, or the days are. */
export function runRollout({ rollout, rooms, startMs, days, tickMinutes = 5, act = () => null }: RunOptions): {
  rollout: KeptRollout;
  endedAtMs: number;
} {
  let now = rollout;
  let nowMs = startMs;
  while (nowMs < startMs + days * DAY_MS && !isRolloutOver(now)) {
    const wanted = act(now, nowMs);
    if (wanted) now = actOn(now, wanted, nowMs) ?? now;
    now = settled(now, rooms, nowMs);
    nowMs += tickMinutes * MINUTE_MS;
    for (const { roomId, box } of rooms)
      box.advance(nowMs, desiredUpdateOf({ rollout: now, roomId, isTooOld: false, nowMs }));
  }
  return { rollout: now, endedAtMs: nowMs };
}

/** As far as it goes now. */
export function settled(rollout: KeptRollout, rooms: readonly RoomOfFleet[], nowMs: number): KeptRollout {
  const facts = factsOfFleet(rooms);
  for (let now = rollout; ; ) {
    const { rollout: next } = stepRollout(now, { facts, nowMs, isOffered: true, taken: new Set() });
    if (next === now) return now;
    now = next;
  }
}
