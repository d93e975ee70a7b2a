/**
 * Making, moving and removing places, and what they set for the meetings of their rooms and people. The rooms of a role
 * follow at once: the tree in memory is read again before an act is answered.
 */
import type { Selectable } from 'kysely';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { PlaceKind } from '#contract/http/permissions.ts';
import type { MeetingDefaults, placesApi } from '#contract/http/places-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { MeetingPolicy } from '#contract/meeting-policy.ts';
import { z } from '#contract/schema.ts';
import { checkRanges } from '#edge/address-ranges.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import type { PlaceTree } from './places.ts';

/** of the organisation, as JSON in the table of settings; absent: DEFAULT_MEETING_POLICY, no ranges */
export const ORGANISATION_POLICY_SETTING = 'meeting-policy';
export const ORGANISATION_RANGES_SETTING = 'allowed-ranges';

const KINDS: readonly PlaceKind[] = ['site', 'building', 'floor'];
type Row = Selectable<AuthorityTables['place']>;
type Where = { parentId: string | null; kind: PlaceKind; placeName: string };

export class PlaceChanges {
  readonly #store: AuthorityStore;
  readonly #places: PlaceTree;
  readonly #rulesHandlers: (() => void)[] = [];

  constructor({ store, places }: { store: AuthorityStore; places: PlaceTree }) {
    this.#store = store;
    this.#places = places;
  }

  /** A place's or the organisation's rule of admission, or what it holds for, may have changed. */
  onRulesChanged(handler: () => void): void {
    this.#rulesHandlers.push(handler);
  }
  #rulesChanged(): void {
    for (const handler of this.#rulesHandlers) handler();
  }

  /** From the top, each behind the one that it stands in. */
  async list(): Promise<RouteAnswer<typeof placesApi.listPlaces>> {
    const { read } = this.#store;
    const [rows, rooms, accounts] = await Promise.all([
      read.selectFrom('place').selectAll().orderBy('placeName').execute(),
      read.selectFrom('room').select('placeId').where('removedAtMs', 'is', null).execute(),
      read.selectFrom('account').select('placeId').execute(),
    ]);
    const [roomCounts, accountCounts] = [countsBy(rooms), countsBy(accounts)];
    const below = Map.groupBy(rows, ({ parentId }) => parentId);
    const inOrder = (parentId: string | null): Row[] =>
      (below.get(parentId) ?? []).flatMap((row) => [row, ...inOrder(row.placeId)]);
    return {
      places: inOrder(null).map((row) => ({
        placeId: row.placeId,
        parentId: row.parentId,
        kind: row.kind,
        placeName: row.placeName,
        defaults: defaultsFrom(row.meetingPolicy, row.allowedRanges),
        roomCount: roomCounts.get(row.placeId) ?? 0,
        accountCount: accountCounts.get(row.placeId) ?? 0,
      })),
      organisation: await this.#organisation(),
    };
  }

  /** @throws ProtocolError not-found, bad-message: it cannot stand there; UserError place-name-taken */
  async create(place: Where, actor: string): Promise<string> {
    const placeId = newId();
    await this.#store.write(async (trx) => {
      await checkWhere(trx, place, null);
      await trx
        .insertInto('place')
        .values({ placeId, ...place, meetingPolicy: null, allowedRanges: '[]', createdAtMs: Date.now() })
        .execute();
      await audit(trx, { kind: 'place-created', placeId, actor, details: { ...place } });
    });
    await this.#places.reload();
    return placeId;
  }

  /** @throws as `create` */
  async change(placeId: string, to: Omit<Where, 'kind'>, actor: string): Promise<void> {
    await this.#store.write(async (trx) => {
      const { kind } = await placeIn(trx, placeId);
      await checkWhere(trx, { ...to, kind }, placeId);
      await trx.updateTable('place').set(to).where('placeId', '=', placeId).execute();
      await audit(trx, { kind: 'place-changed', placeId, actor, details: { ...to } });
    });
    await this.#places.reload();
    this.#rulesChanged();
  }

  /** @throws ProtocolError not-found; UserError place-not-empty */
  async remove(placeId: string, actor: string): Promise<void> {
    await this.#store.write(async (trx) => {
      const { placeName } = await placeIn(trx, placeId);
      if (await isUsed(trx, placeId)) throw new UserError('place-not-empty');
      // those that were removed keep their row
      await trx.updateTable('room').set({ placeId: null }).where('placeId', '=', placeId).execute();
      await trx.deleteFrom('place').where('placeId', '=', placeId).execute();
      await audit(trx, { kind: 'place-removed', placeId, actor, details: { placeName } });
    });
    await this.#places.reload();
  }

  /** `placeId` null: the organisation. @throws ProtocolError not-found, bad-message: not a range of addresses */
  async setDefaults(placeId: string | null, defaults: MeetingDefaults, actor: string): Promise<void> {
    const meetingPolicy = defaults.meetingPolicy && JSON.stringify(defaults.meetingPolicy);
    checkRanges([...defaults.allowedRanges, ...(defaults.meetingPolicy?.allowedRanges ?? [])]);
    const allowedRanges = JSON.stringify(defaults.allowedRanges);
    await this.#store.write(async (trx) => {
      if (placeId === null) {
        await setSetting(trx, ORGANISATION_POLICY_SETTING, meetingPolicy);
        await setSetting(trx, ORGANISATION_RANGES_SETTING, allowedRanges);
      } else {
        await placeIn(trx, placeId);
        await trx.updateTable('place').set({ meetingPolicy, allowedRanges }).where('placeId', '=', placeId).execute();
      }
      const details = { meetingPolicy, allowedRanges };
      await audit(trx, { kind: 'meeting-defaults-changed', placeId, actor, details });
    });
    this.#rulesChanged();
  }

  async #organisation(): Promise<MeetingDefaults> {
    const rows = await this.#store.read
      .selectFrom('setting')
      .selectAll()
      .where('name', 'in', [ORGANISATION_POLICY_SETTING, ORGANISATION_RANGES_SETTING])
      .execute();
    const stored = (name: string): string | null => rows.find((row) => row.name === name)?.value ?? null;
    return defaultsFrom(stored(ORGANISATION_POLICY_SETTING), stored(ORGANISATION_RANGES_SETTING));
  }
}

const defaultsFrom = (policy: string | null, ranges: string | null): MeetingDefaults => ({
  meetingPolicy: policy === null ? null : MeetingPolicy.parse(JSON.parse(policy)),
  allowedRanges: ranges === null ? [] : z.array(z.string()).parse(JSON.parse(ranges)),
});

function countsBy(rows: readonly { placeId: string | null }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { placeId } of rows) if (placeId !== null) counts.set(placeId, (counts.get(placeId) ?? 0) + 1);
  return counts;
}

async function placeIn(trx: AuthorityWrite, placeId: string): Promise<Row> {
  const row = await trx.selectFrom('place').selectAll().where('placeId', '=', placeId).executeTakeFirst();
  if (!row) throw new ProtocolError('not-found', 'no such place');
  return row;
}

/** What it stands in is of a wider kind, so that no place is ever within itself. `placeId` null: it is new. */
async function checkWhere(
  trx: AuthorityWrite,
  { parentId, kind, placeName }: Where,
  placeId: string | null,
): Promise<void> {
  if (parentId !== null) {
    const parent = await placeIn(trx, parentId);
    if (KINDS.indexOf(parent.kind) >= KINDS.indexOf(kind))
      throw new ProtocolError('bad-message', `a ${kind} does not stand in a ${parent.kind}`);
  }
  const beside = await trx
    .selectFrom('place')
    .select(['placeId', 'placeName'])
    .where('parentId', parentId === null ? 'is' : '=', parentId)
    .execute();
  const asRead = (name: string): string => name.normalize('NFKC').toLowerCase();
  if (beside.some((other) => other.placeId !== placeId && asRead(other.placeName) === asRead(placeName)))
    throw new UserError('place-name-taken');
}

async function isUsed(trx: AuthorityWrite, placeId: string): Promise<boolean> {
  const held = (table: 'roleGrant' | 'apiToken') =>
    trx.selectFrom(table).select('scopeId').where('scopeKind', '=', 'place').where('scopeId', '=', placeId);
  const rooms = trx.selectFrom('room').select('placeId').where('removedAtMs', 'is', null);
  const tokens = held('apiToken').where('revokedAtMs', 'is', null).where('expiresAtMs', '>', Date.now());
  const uses = await Promise.all([
    trx.selectFrom('place').select('placeId').where('parentId', '=', placeId).executeTakeFirst(),
    trx.selectFrom('account').select('placeId').where('placeId', '=', placeId).executeTakeFirst(),
    rooms.where('placeId', '=', placeId).executeTakeFirst(),
    held('roleGrant').executeTakeFirst(),
    tokens.executeTakeFirst(),
    trx.selectFrom('alertTarget').select('placeId').where('placeId', '=', placeId).executeTakeFirst(),
  ]);
  return uses.some((use) => use !== undefined);
}

/** null: as if it never was */
async function setSetting(trx: AuthorityWrite, name: string, value: string | null): Promise<void> {
  await trx.deleteFrom('setting').where('name', '=', name).execute();
  if (value !== null) await trx.insertInto('setting').values({ name, value }).execute();
}

type PlaceAct = {
  kind: 'place-created' | 'place-changed' | 'place-removed' | 'meeting-defaults-changed';
  placeId: string | null;
  actor: string;
  details: Record<string, string | null>;
};
const audit = (trx: AuthorityWrite, { kind, placeId, actor, details }: PlaceAct): Promise<void> =>
  appendAudit(trx, { kind, actor, subject: placeId === null ? 'organisation' : `place:${placeId}`, details });
