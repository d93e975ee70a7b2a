/** All broadcasts and recordings, for those who manage them: found by title, newest first, page by page. */
import type { broadcastsApi, BroadcastShelf, ManagedBroadcast } from '#contract/http/broadcasts-api.ts';
import { isOnAir } from '#contract/broadcast.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { Id, z } from '#contract/schema.ts';
import type { SelectQueryBuilder } from 'kysely';
import { cursorOf, readCursor } from '../http/paging.ts';
import { type AuthorityStore, type AuthorityTables, hasPart } from '../store/index.ts';
import { recordingPolicyIn } from './broadcast-rights.ts';
import { presenterIn, stored } from './broadcast-rows.ts';
import type { Space } from './recording-files.ts';
import { deletedAtMsOf } from './watch-home.ts';

type Query = RouteOutput<typeof broadcastsApi.listBroadcasts, 'query'>;
/** Where a page ended: ids are in the order of their making. */
const Position = z.object({ broadcastId: Id });
export type RecordingListDependencies = {
  store: AuthorityStore;
  watchingOf: (broadcastId: string) => number;
  space: () => Promise<Space>;
};

export class RecordingList {
  readonly #deps: RecordingListDependencies;

  constructor(deps: RecordingListDependencies) {
    this.#deps = deps;
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  async page({ shelf, text, cursor, limit }: Query): Promise<RouteAnswer<typeof broadcastsApi.listBroadcasts>> {
    const { store, watchingOf, space } = this.#deps;
    const matching = matchingText(onShelf(store.read.selectFrom('broadcast'), shelf), text);
    const before = cursor === undefined ? null : readCursor(Position, cursor).broadcastId;
    const after = before === null ? matching : matching.where('broadcastId', '<', before);
    const [found, { count }, counts, { keptDays }] = await Promise.all([
      after
        .selectAll()
        .orderBy('broadcastId', 'desc')
        .limit(limit + 1)
        .execute(),
      matching.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow(),
      space(),
      recordingPolicyIn(store),
    ]);
    const rows = await Promise.all(
      found.slice(0, limit).map(async (row): Promise<ManagedBroadcast> => {
        const { meetingId, audience: _, quality: _q, stage: _s, ...more } = stored(row);
        const { name: presenterName } = await presenterIn(store.read, meetingId);
        const watching = isOnAir(row.phase) ? watchingOf(row.broadcastId) : 0;
        return { ...more, presenterName, watching, deletedAtMs: deletedAtMsOf(row, keptDays) };
      }),
    );
    const last = rows.at(-1);
    const nextCursor =
      found.length > limit && last
        ? cursorOf({ broadcastId: last.broadcastId } satisfies z.infer<typeof Position>)
        : null;
    return { rows, nextCursor, total: Number(count), counts };
  }
}

type Broadcasts = SelectQueryBuilder<AuthorityTables, 'broadcast', object>;

function onShelf(query: Broadcasts, shelf: BroadcastShelf | undefined): Broadcasts {
  switch (shelf) {
    case undefined:
      return query;
    case 'under-way':
      return query.where('phase', 'not in', ['ended', 'cancelled']);
    case 'kept':
      return query.where('phase', '=', 'ended').where('recording', 'not in', ['none', 'deleted']);
    case 'gone':
      return query.where((e) =>
        e.or([
          e('phase', '=', 'cancelled'),
          e.and([e('phase', '=', 'ended'), e('recording', 'in', ['none', 'deleted'])]),
        ]),
      );
  }
}

/** A part of the title. */
function matchingText(query: Broadcasts, text: string | undefined): Broadcasts {
  return text?.trim() ? query.where(hasPart('title', text)) : query;
}
