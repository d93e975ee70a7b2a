/**
 * Whether an update of yjs may be applied: it is whole, it builds on nothing that is not there, and its counts stay within what a
 * document can hold. Pure. The words of the notes are not judged.
 */
import * as Y from 'yjs';
import { ProtocolError } from '#contract/error-codes.ts';

/** Of one client: no document within MAX_NOTES_BYTES gets this far by honest means. */
const MOST_CLOCK = 2 ** 31;

type Place = { client: number; clock: number };

/**
 * Refuses before anything is applied: yjs would keep what it cannot place in memory, and apply the first half of what is damaged.
 * @returns whether it only deletes, or changes nothing
 * @throws ProtocolError bad-message: damaged, of another document, or with counts beyond reason
 */
export function checkUpdate(update: Uint8Array, doc: Y.Doc): { isOnlyDeleting: boolean } {
  const { structs, ds } = decoded(update);
  const ends = new Map(Y.decodeStateVector(Y.encodeStateVector(doc)));
  // those of one client come in their order
  for (const { id, length } of structs) {
    const end = id.clock + length;
    if (length < 1 || !Number.isSafeInteger(end) || end > MOST_CLOCK) throw refusal('counts beyond a document');
    if (id.clock > (ends.get(id.client) ?? 0)) throw refusal('of another document');
    ends.set(id.client, Math.max(end, ends.get(id.client) ?? 0));
  }
  const isThere = (place: Place | null): boolean => place === null || place.clock < (ends.get(place.client) ?? 0);
  for (const struct of structs) {
    if (struct instanceof Y.Skip) throw refusal('with a gap');
    if (!(struct instanceof Y.Item)) continue;
    const { origin, rightOrigin, parent, content } = struct;
    const isPlaced = isThere(origin) && isThere(rightOrigin) && (!(parent instanceof Y.ID) || isThere(parent));
    if (!isPlaced) throw refusal('of another document');
    if (content instanceof Y.ContentDoc) throw refusal('with a document of its own');
  }
  for (const [client, deletions] of ds.clients)
    for (const { clock, len } of deletions)
      if (!(clock + len <= (ends.get(client) ?? 0))) throw refusal('deletes what is not there');
  return { isOnlyDeleting: structs.length === 0 };
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
