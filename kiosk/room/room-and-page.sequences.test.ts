/**
 * Machine, page, fleet and node in any order of what may happen to them. When it is quiet again, room and page say the
 * same; and whatever happened before, a tap in peace leads into the call. MARU_SEED repeats a run.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RoomAndPage } from './page-under-test.ts';

const RUNS = 30_000;
const seed = process.env.MARU_SEED === undefined ? undefined : Number(process.env.MARU_SEED);

type Move = keyof RoomAndPage['moves'];
/** What there is to do when nothing goes wrong and nobody touches anything. */
const PEACEFUL = ['room is heard', 'page is heard', 'page gets in', 'fleet answers'] as const satisfies Move[];
const everyMove = Object.keys(new RoomAndPage().moves) as Move[];
/** Peaceful ones by what can be done: the first from there on. */
const goOn = fc.nat(PEACEFUL.length - 1);
const moves = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: goOn },
    { weight: 3, arbitrary: fc.constantFrom(...everyMove) },
    { weight: 1, arbitrary: fc.constant<Move>('start is tapped') },
  ),
  { maxLength: 60, size: 'max' },
);

function move(world: RoomAndPage, next: number | Move): Move | null {
  const names = typeof next === 'number' ? [...PEACEFUL.slice(next), ...PEACEFUL.slice(0, next)] : [next];
  return names.find((name) => world.moves[name]()) ?? null;
}

const heard = ['page is heard', 'room is heard'] as const;

/** The page has been greeted, and has said what it could not say before; one that holds a call has heard all. */
function inPeace(world: RoomAndPage): void {
  world.moves['fleet comes']();
  world.moves['link comes']();
  const hears = () => !world.welcomed || world.place.name === 'joined';
  while (hears() && heard.some((name) => world.moves[name]()));
}

function newWorld(): RoomAndPage {
  const world = new RoomAndPage();
  inPeace(world);
  return world;
}

/** Until nothing is under way and no timer runs. */
function settle(world: RoomAndPage): void {
  for (let steps = 0; steps < 2_000; steps += 1) {
    if (move(world, 0) !== null) continue;
    if (world.machine.timers.size === 0 && world.grantWantedAtMs === null) return;
    world.passes(1_000);
  }
  expect.fail(`no rest: ${JSON.stringify([world.machine.room.phase, world.place])}`);
}

function agrees({ machine, place }: RoomAndPage): void {
  const { phase } = machine.room;
  const room = phase.name === 'in-call' ? phase.ticket : null;
  expect(place.name === 'joined' ? place.ticket : null).toEqual(room);
  expect(phase.name === 'in-call' ? phase.connection : 'connected').toBe('connected');
}

it('room and page say the same when it is quiet again', () => {
  const seen = new Set<Move | null>();
  fc.assert(
    fc.property(moves, (sequence) => {
      const world = newWorld();
      for (const next of sequence) seen.add(move(world, next));
      inPeace(world);
      settle(world);
      agrees(world);
    }),
    { numRuns: RUNS, seed },
  );
  expect(everyMove.filter((name) => !seen.has(name))).toEqual([]);
}, 120_000);

it('a tap in peace leads into the call, whatever is still under way', () => {
  let taps = 0;
  fc.assert(
    fc.property(moves, fc.array(goOn), (sequence, then) => {
      const world = newWorld();
      for (const next of sequence) move(world, next);
      inPeace(world);
      const { name } = world.machine.room.phase;
      if (name === 'starting' || name === 'in-call') return;
      taps += 1;
      world.tap('join-call');
      for (const next of then) move(world, next);
      settle(world);
      agrees(world);
      expect(world.machine.room.phase.name).toBe('in-call');
    }),
    { numRuns: RUNS, seed },
  );
  expect(taps).toBeGreaterThan(RUNS / 10);
}, 120_000);
