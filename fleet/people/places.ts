/**
 * The tree of places (organisation, then sites, buildings, floors) and the rooms in it, held in memory: each request of
 * somebody with a role in a place asks for the rooms below it. Whoever changes a place or the place of a room reloads it.
 */
import type { AuthorityStore } from '../store/index.ts';

type Tree = {
  parentOf: ReadonlyMap<string, string | null>;
  /** of each place, the rooms in it and in all places below it */
  roomsUnder: ReadonlyMap<string, readonly string[]>;
};

export class Places {
  readonly #store: AuthorityStore;
  #tree: Tree = { parentOf: new Map(), roomsUnder: new Map() };
  #reloaded: Promise<void> = Promise.resolve();

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  start(): Promise<void> {
    return this.reload();
  }

  /** Resolves once the tree is as the store had it at the call, or newer. */
  reload(): Promise<void> {
    const reloaded = this.#reloaded.then(
      () => this.#load(),
      () => this.#load(),
    );
    this.#reloaded = reloaded;
    return reloaded;
  }

  /** Of the place and of all places below it. */
  readonly roomsUnder = (placeId: string): readonly string[] => this.#tree.roomsUnder.get(placeId) ?? [];

  /** The place and those above it, the nearest first; empty: no such place. */
  pathOf(placeId: string | null): string[] {
    const path: string[] = [];
    for (let at = placeId; at !== null && this.#tree.parentOf.has(at); at = this.#tree.parentOf.get(at) ?? null)
      path.push(at);
    return path;
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
    this.#tree = { parentOf, roomsUnder };
  }
}
