/**
 * Inheritance against a model that keeps nothing: places and rooms moved, places deleted, values overridden (also by what
 * they would inherit, and by the default), locked and unlocked in any order. MARU_SEED repeats a run.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import {
  defaultOf,
  handedDown,
  inForceIn,
  keyOfScope,
  NOTHING_SET,
  type OwnSettings,
  SettingsInForce,
  type SettingsValues,
  valuesOf,
} from './settings-in-force.ts';

const seed = process.env.MARU_SEED === undefined ? undefined : Number(process.env.MARU_SEED);
const PLACES = ['site-1', 'site-2', 'building-1', 'building-2', 'floor-1', 'floor-2'];
const ROOMS = ['a', 'b', 'c'];
const FIELDS = ['offAfterIdleMinutes', 'audio'] as const;
const VALUES = { offAfterIdleMinutes: [15, 20, 30], audio: ['device', 'tv'] };
/** narrower places stand in wider ones alone */
const widthOf = (place: string): number => ['site', 'building', 'floor'].indexOf(place.split('-')[0]!);

type Act =
  | { do: 'set'; at: number; field: number; value: number }
  | { do: 'clear' | 'lock' | 'unlock'; at: number; field: number }
  | { do: 'move-room' | 'move-place'; which: number; to: number }
  | { do: 'delete-place'; which: number };

const index = fc.nat(1_000);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), at: index, field: index, value: index }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('clear' as const, 'lock' as const, 'lock' as const, 'unlock' as const),
      at: index,
      field: index,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('move-room' as const, 'move-place' as const),
      which: index,
      to: index,
    }),
  },
  fc.record({ do: fc.constant('delete-place' as const), which: index }),
);

class World {
  parents = new Map<string, string | null>(
    PLACES.map((place) => [place, widthOf(place) === 0 ? null : PLACES[widthOf(place) * 2 - 2]!]),
  );
  rooms = new Map<string, string | null>(ROOMS.map((room, n) => [room, ['floor-1', 'site-2', null][n]!]));
  own = new Map<string, Map<string, unknown>>();
  locks = new Map<string, Set<string>>();

  get scopes(): SettingsScope[] {
    return [
      { kind: 'organisation' },
      ...[...this.parents.keys()].map((placeId) => ({ kind: 'place' as const, placeId })),
      ...ROOMS.map((roomId) => ({ kind: 'room' as const, roomId })),
    ];
  }

  do(step: Act): void {
    const scope = 'at' in step ? this.scopes[step.at % this.scopes.length]! : null;
    const field = 'field' in step ? FIELDS[step.field % FIELDS.length]! : 'audio';
    const key = scope ? keyOfScope(scope) : '';
    const own = this.own.get(key) ?? new Map<string, unknown>();
    const locks = this.locks.get(key) ?? new Set<string>();
    const places = [...this.parents.keys()];
    switch (step.do) {
      case 'set':
        this.own.set(key, own.set(field, VALUES[field][step.value % VALUES[field].length]));
        break;
      case 'clear':
        own.delete(field);
        break;
      case 'lock':
        if (scope!.kind !== 'room') this.locks.set(key, locks.add(field));
        break;
      case 'unlock':
        locks.delete(field);
        break;
      case 'move-room':
        this.rooms.set(ROOMS[step.which % ROOMS.length]!, [null, ...places][step.to % (places.length + 1)]!);
        break;
      case 'move-place': {
        if (places.length === 0) break;
        const place = places[step.which % places.length]!;
        const wider = [null, ...places.filter((other) => widthOf(other) < widthOf(place))];
        this.parents.set(place, wider[step.to % wider.length]!);
        break;
      }
      case 'delete-place': {
        // only one in which nothing is
        const empty = places.filter(
          (place) => ![...this.parents.values(), ...this.rooms.values()].some((outer) => outer === place),
        );
        const place = empty[step.which % Math.max(1, empty.length)];
        if (place === undefined) break;
        this.parents.delete(place);
        this.own.delete(`place:${place}`);
        this.locks.delete(`place:${place}`);
      }
    }
  }

  /** Keys of scopes from the organisation down to the room. */
  pathOf(room: string): string[] {
    const path = [`room:${room}`];
    for (let at = this.rooms.get(room)!; at !== null; at = this.parents.get(at)!) path.unshift(`place:${at}`);
    return ['organisation', ...path];
  }

  /** The model: the nearest scope that sets it, but for those below a lock. */
  expected(room: string, field: string): { value: unknown; from: string; lockedBy: string | null } {
    const path = this.pathOf(room);
    const lock = path.findIndex((key) => this.locks.get(key)?.has(field));
    const counts = lock < 0 ? path : path.slice(0, lock + 1);
    const from = counts.findLast((key) => this.own.get(key)?.has(field));
    const value = from === undefined ? defaultOf('tv', field) : this.own.get(from)!.get(field);
    return { value, from: from ?? 'default', lockedBy: lock < 0 ? null : path[lock]! };
  }

  inForce(): SettingsInForce {
    const ownOf = (key: string): OwnSettings => ({
      own: this.own.has(key) ? { tv: Object.fromEntries(this.own.get(key)!) } : {},
      locks: this.locks.has(key) ? { tv: [...this.locks.get(key)!] } : {},
    });
    const tree = {
      parentOf: (place: string) => this.parents.get(place) ?? null,
      placeOf: (room: string) => this.rooms.get(room) ?? null,
      nameOf: (place: string) => place,
    };
    return new SettingsInForce({ tree, ownOf });
  }
}

const keyOfSource = (source: { kind: string } | null): string | null =>
  source === null ? null : source.kind === 'default' ? 'default' : keyOfScope(source as SettingsScope);

test('what is in force, from where and by whose lock is what the model says, after each act', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => {
      const world = new World();
      let before = lookAt(world);
      for (const step of acts) {
        world.do(step);
        const now = lookAt(world);
        const [shown, expected] = [now, now].map((rooms, n) =>
          rooms.map((room) => (n === 0 ? room.shown : room.expected)),
        );
        if (JSON.stringify(shown) !== JSON.stringify(expected)) expect(shown).toEqual(expected);
        // no room changes by itself: where all that its values come from is as before, so are they
        now.forEach((room, n) => {
          if (room.trace === before[n]!.trace && room.values !== before[n]!.values)
            expect(room.values).toBe(before[n]!.values);
        });
        before = now;
      }
    }),
    { numRuns: 200, ...(seed !== undefined && { seed }) },
  );
});

/** Of each room what is shown and what the model expects; `trace`: all that its values come from, `values`: as they are published. */
function lookAt(world: World) {
  const inForce = world.inForce();
  return ROOMS.map((room) => {
    const scope = { kind: 'room', roomId: room } as const;
    const { tv } = inForce.view(scope);
    const shown = FIELDS.map((field) => {
      const { value, source, lockedBy } = tv![field]!;
      return [room, field, { value, from: keyOfSource(source), lockedBy: keyOfSource(lockedBy) }];
    });
    const expected = FIELDS.map((field) => [room, field, world.expected(room, field)]);
    const trace = world
      .pathOf(room)
      .map((key) => [key, [...(world.own.get(key) ?? [])].sort(), [...(world.locks.get(key) ?? [])].sort()]);
    return { shown, expected, trace: JSON.stringify(trace), values: JSON.stringify(valuesOf(inForce.in(scope))) };
  });
}

const organisation = { kind: 'organisation' } as const;
const tv = (offAfterIdleMinutes: number): SettingsValues => ({ tv: { offAfterIdleMinutes } });

test('a room’s own value is kept under a lock, and comes back after it', () => {
  const above = (locks: OwnSettings['locks']) => {
    const set = { own: tv(20), locks };
    return handedDown(inForceIn(new Map(), organisation, set), organisation, set);
  };
  const room = { own: tv(30), locks: {} };
  const inRoom = (from: OwnSettings['locks']) => valuesOf(inForceIn(above(from), { kind: 'room', roomId: 'r' }, room));
  expect(inRoom({})).toEqual(tv(30));
  expect(inRoom({ tv: ['offAfterIdleMinutes'] })).toEqual(tv(20));
  expect(inRoom({})).toEqual(tv(30));
});

test('a field that is locked and set nowhere has its default below, whatever a room sets', () => {
  const locked = { own: {}, locks: { tv: ['offAfterIdleMinutes'] } };
  const above = handedDown(inForceIn(new Map(), organisation, NOTHING_SET), organisation, locked);
  expect(valuesOf(inForceIn(above, { kind: 'room', roomId: 'r' }, { own: tv(30), locks: {} }))).toEqual({});
});
