/**
 * The tree of places (the organisation, in it sites, buildings, floors) and the rooms in it, held in memory: each request of
 * somebody with a role in a place asks for the rooms below it. Each change of a place, or of the place of a room, reloads it.
 */
import { type Permission, permits, type RoleGrant, type Scope } from '#contract/http/permissions.ts';
import type { AuthorityStore } from '../store/index.ts';

type Tree = {
  places: ReadonlyMap<string, { parentId: string | null; placeName: string }>;
  /** of each room */
  placeOfRoom: ReadonlyMap<string, string | null>;
  /** of each place, the rooms in it and in all places below it */
  roomsUnder: ReadonlyMap<string, readonly string[]>;
};

export class PlaceTree {
  readonly #store: AuthorityStore;
  #tree: Tree = { places: new Map(), placeOfRoom: new Map(), roomsUnder: new Map() };
  #reloaded: Promise<void> = Promise.resolve();
  /** waits for the one under way */
  #next: Promise<void> | null = null;
  readonly #changedHandlers: (() => void)[] = [];

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  start(): Promise<void> {
    return this.reload();
  }

  /** Resolves once the tree is as the store had it at the call, or newer. */
  reload(): Promise<void> {
    this.#next ??= this.#reloaded
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.#load();
      });
    this.#reloaded = this.#next;
    return this.#next;
  }

  /** After each reload. */
  onChanged(handler: () => void): void {
    this.#changedHandlers.push(handler);
  }

  get roomIds(): string[] {
    return [...this.#tree.placeOfRoom.keys()];
  }
  /** null: no such place */
  nameOf(placeId: string): string | null {
    return this.#tree.places.get(placeId)?.placeName ?? null;
  }
  /** null: directly below the organisation, or no such place */
  parentOf(placeId: string): string | null {
    return this.#tree.places.get(placeId)?.parentId ?? null;
  }
  /** null: directly below the organisation, or no such room */
  placeOf(roomId: string): string | null {
    return this.#tree.placeOfRoom.get(roomId) ?? null;
  }

  /** Of the place and of all places below it. */
  readonly roomsUnder = (placeId: string): readonly string[] => this.#tree.roomsUnder.get(placeId) ?? [];

  /** The place and all places below it. */
  readonly placesUnder = (placeId: string): readonly string[] =>
    [...this.#tree.places.keys()].filter((each) => this.pathOf(each).includes(placeId));

  /** The place and those above it, the nearest first; empty: the organisation, or no such place. */
  pathOf(placeId: string | null): string[] {
    const path: string[] = [];
    for (let at = placeId; at !== null && this.#tree.places.has(at); at = this.parentOf(at)) path.push(at);
    return path;
  }

  pathOfRoom(roomId: string): string[] {
    return this.pathOf(this.placeOf(roomId));
  }

  /** What holds in `outer` holds in `inner`. */
  covers(outer: Scope, inner: Scope): boolean {
    if (outer.kind === 'organisation') return true;
    if (inner.kind === 'organisation') return false;
    if (outer.kind === 'room') return inner.kind === 'room' && inner.roomId === outer.roomId;
    const path = inner.kind === 'room' ? this.pathOfRoom(inner.roomId) : this.pathOf(inner.placeId);
    return path.includes(outer.placeId);
  }

  /** `placeId` null: directly below the organisation, which needs a role for all of it. */
  mayAt(grants: readonly RoleGrant[], permission: Permission, placeId: string | null): boolean {
    const scope: Scope = placeId === null ? { kind: 'organisation' } : { kind: 'place', placeId };
    return grants.some((grant) => permits(grant.role, permission) && this.covers(grant.scope, scope));
  }

  async #load(): Promise<void> {
    const { read } = this.#store;
    const places = await read.selectFrom('place').select(['placeId', 'parentId', 'placeName']).execute();
    const rooms = await read
      .selectFrom('room')
      .select(['roomId', 'placeId'])
      .where('removedAtMs', 'is', null)
      .execute();
    const byId = new Map(places.map((place) => [place.placeId, place]));
    const roomsUnder = new Map<string, string[]>(places.map(({ placeId }) => [placeId, []]));
    for (const { roomId, placeId } of rooms)
      for (let at = placeId; at !== null; at = byId.get(at)?.parentId ?? null) roomsUnder.get(at)?.push(roomId);
    const placeOfRoom = new Map(rooms.map((room) => [room.roomId, room.placeId]));
    this.#tree = { places: byId, placeOfRoom, roomsUnder };
    for (const handler of this.#changedHandlers) handler();
  }
}
