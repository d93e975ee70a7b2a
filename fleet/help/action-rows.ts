/** Actions as they are stored, as they are shown, and the list of a room's. */
import { type Selectable, sql } from 'kysely';
import type { helpApi } from '#contract/http/help-api.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { ActionResult, RoomAction, type ShownAction } from '#contract/room-action.ts';
import { Id, z } from '#contract/schema.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import type { AuthorityStore, AuthorityTables } from '../store/index.ts';

export type StoredAction = Selectable<AuthorityTables['roomAction']>;
type Query = RouteOutput<typeof helpApi.listRoomActions, 'query'>;
/** Where a page ended: ids are in the order of their making. */
const Position = z.object({ actionId: Id });

/** null: of another release, whose action this one does not know */
export function shownOf({ action, result, hasFile, askedByAccountId: _, ...row }: StoredAction): ShownAction | null {
  const known = RoomAction.safeParse(JSON.parse(action)).data;
  if (!known) return null;
  return {
    ...row,
    action: known,
    result: result === null ? null : (ActionResult.safeParse(JSON.parse(result)).data ?? null),
    hasFile: hasFile === 1,
  };
}

const MOST_SINCE = 500;
/** Asked from this one on, in the order in which they were asked. */
export async function actionsSince(store: AuthorityStore, actionId: string, reach: Reach): Promise<ShownAction[]> {
  const from = store.read.selectFrom('roomAction').selectAll().where('actionId', '>=', actionId);
  const rows = await (reach === 'organisation'
    ? from
    : from.where(sql<boolean>`room_id in (select value from json_each(${JSON.stringify([...reach])}))`)
  )
    .orderBy('actionId')
    .limit(MOST_SINCE)
    .execute();
  return rows.flatMap((row) => shownOf(row) ?? []);
}

/** @throws ProtocolError bad-message for a cursor that is not ours */
export async function actionsPage(
  store: AuthorityStore,
  roomId: string,
  { cursor, limit }: Query,
): Promise<RouteAnswer<typeof helpApi.listRoomActions>> {
  const before = cursor === undefined ? null : readCursor(Position, cursor).actionId;
  const ofRoom = store.read.selectFrom('roomAction').where('roomId', '=', roomId);
  const [found, { count }] = await Promise.all([
    (before === null ? ofRoom : ofRoom.where('actionId', '<', before))
      .selectAll()
      .orderBy('actionId', 'desc')
      .limit(limit + 1)
      .execute(),
    ofRoom.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow(),
  ]);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    found.length > limit && last ? cursorOf({ actionId: last.actionId } satisfies z.infer<typeof Position>) : null;
  return { rows: page.flatMap((row) => shownOf(row) ?? []), nextCursor, total: Number(count), counts: {} };
}
