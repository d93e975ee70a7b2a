/**
 * Whether an update of yjs may be applied: it is whole, it builds on nothing that is not there, and its counts stay within what a
 * document can hold. Pure. The words of the notes are not judged.
 */
import * as Y from 'yjs';
import { ProtocolError } from '#contract/error-codes.ts';

/** Of one client: no document within MAX_NOTES_BYTES gets this far by honest means. */
const MOST_CLOCK = 2 ** 31;

type Place = { client: number; clock: number };
type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];

/**
 * Refuses before anything is applied: yjs would keep what it cannot place in memory, and apply the first half of what is damaged.
 * @returns whether it only deletes, or changes nothing
 * @throws ProtocolError bad-message: damaged, of another document, building on itself, or with counts beyond reason
 */
export function checkUpdate(update: Uint8Array, doc: Y.Doc): { isOnlyDeleting: boolean } {
  const { structs, ds } = decoded(update);
  const known = Y.decodeStateVector(Y.encodeStateVector(doc));
  const ends = new Map(known);
  // those of one client come in their order
  for (const struct of structs) {
    const { id, length } = struct;
    const end = id.clock + length;
    if (length < 1 || !Number.isSafeInteger(end) || end > MOST_CLOCK) throw refusal('counts beyond a document');
    if (id.clock > (ends.get(id.client) ?? 0)) throw refusal('of another document');
    if (struct instanceof Y.Skip) throw refusal('with a gap');
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentDoc) throw refusal('with a document of its own');
    ends.set(id.client, Math.max(end, ends.get(id.client) ?? 0));
  }
  checkOrder(structs, known);
  for (const [client, deletions] of ds.clients)
    for (const { clock, len } of deletions)
      if (!(clock + len <= (ends.get(client) ?? 0))) throw refusal('deletes what is not there');
  return { isOnlyDeleting: structs.length === 0 };
}

/**
 * Walks in the order in which yjs integrates: what an item builds on comes first. One that builds on itself, or on one that waits for
 * it, never finds its place. Two steps for each struct at most, whatever they name.
 * @param integrated up to where the document has each client's; filled on
 * @throws ProtocolError bad-message
 */
function checkOrder(structs: readonly Struct[], integrated: Map<number, number>): void {
  const queues = Map.groupBy(structs, ({ id }) => id.client);
  const heads = new Map<number, number>();
  const missingOf = (struct: Struct): number | null => {
    for (const place of placesOf(struct)) {
      if (place.client === struct.id.client && place.clock >= struct.id.clock) throw refusal('builds on itself');
      if (place.clock >= (integrated.get(place.client) ?? 0)) return place.client;
    }
    return null;
  };
  for (const [first, queue] of queues) {
    while ((heads.get(first) ?? 0) < queue.length) {
      // each waits for the one behind it
      const waiting = new Set([first]);
      const path = [first];
      while (path.length > 0) {
        const client = path.at(-1)!;
        const head = heads.get(client) ?? 0;
        const struct = queues.get(client)?.[head];
        if (!struct) throw refusal('of another document');
        const missing = missingOf(struct);
        if (missing === null) {
          heads.set(client, head + 1);
          integrated.set(client, Math.max(struct.id.clock + struct.length, integrated.get(client) ?? 0));
          waiting.delete(path.pop()!);
        } else if (waiting.has(missing)) throw refusal('builds on itself');
        else {
          waiting.add(missing);
          path.push(missing);
        }
      }
    }
  }
}

function placesOf(struct: Struct): Place[] {
  if (!(struct instanceof Y.Item)) return [];
  const { origin, rightOrigin, parent } = struct;
  return [origin, rightOrigin, parent instanceof Y.ID ? parent : null].filter((place) => place !== null);
}

/** @throws ProtocolError bad-message */
export function checkStateVector(vector: Uint8Array): void {
  try {
    Y.decodeStateVector(vector);
  } catch (error) {
    throw new ProtocolError('bad-message', 'a damaged state vector', { cause: error });
  }
}

function decoded(update: Uint8Array): ReturnType<typeof Y.decodeUpdate> {
  try {
    return Y.decodeUpdate(update);
  } catch (error) {
    throw new ProtocolError('bad-message', 'a damaged update', { cause: error });
  }
}

const refusal = (what: string): ProtocolError => new ProtocolError('bad-message', `an update ${what}`);
