/**
 * The tree of places (the organisation, in it sites, buildings, floors) and the rooms in it, held in memory: each request of
 * somebody with a role in a place asks for the rooms below it. Each change of a place, or of the place of a room, reloads it.
 */
import { type Permission, permits, type RoleGrant, type Scope } from '#contract/http/permissions.ts';
import type { AuthorityStore } from '../store/index.ts';

type Tree = {
  parentOf: ReadonlyMap<string, string | null>;
  placeOfRoom: ReadonlyMap<string, string | null>;
  /** of each place, the rooms in it and in all places below it */
  roomsUnder: ReadonlyMap<string, readonly string[]>;
};

export class PlaceTree {
  readonly #store: AuthorityStore;
  #tree: Tree = { parentOf: new Map(), placeOfRoom: new Map(), roomsUnder: new Map() };
  #reloaded: Promise<void> = Promise.resolve();

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  start(): Promise<void> {
    return this.reload();
  }

  /** Resolves once the tree is as the store had it at the call, or newer. */
  reload(): Promise<void> {
    this.#reloaded = this.#reloaded.then(
      () => this.#load(),
      () => this.#load(),
    );
    return this.#reloaded;
  }

  /** Of the place and of all places below it. */
  readonly roomsUnder = (placeId: string): readonly string[] => this.#tree.roomsUnder.get(placeId) ?? [];

  /** The place and those above it, the nearest first; empty: the organisation, or no such place. */
  pathOf(placeId: string | null): string[] {
    const path: string[] = [];
    for (let at = placeId; at !== null && this.#tree.parentOf.has(at); at = this.#tree.parentOf.get(at) ?? null)
      path.push(at);
    return path;
  }

  pathOfRoom(roomId: string): string[] {
    return this.pathOf(this.#tree.placeOfRoom.get(roomId) ?? null);
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
    const places = await read.selectFrom('place').select(['placeId', 'parentId']).execute();
    const rooms = await read
      .selectFrom('room')
      .select(['roomId', 'placeId'])
      .where('removedAtMs', 'is', null)
      .where('placeId', 'is not', null)
      .execute();
    const parentOf = new Map(places.map(({ placeId, parentId }) => [placeId, parentId]));
    const roomsUnder = new Map<string, string[]>(places.map(({ placeId }) => [placeId, []]));
    for (const { roomId, placeId } of rooms)
      for (let at = placeId; at !== null; at = parentOf.get(at) ?? null) roomsUnder.get(at)?.push(roomId);
    this.#tree = { parentOf, placeOfRoom: new Map(rooms.map((room) => [room.roomId, room.placeId])), roomsUnder };
  }
}
