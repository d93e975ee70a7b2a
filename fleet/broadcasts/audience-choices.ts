/** What a presenter can restrict an audience to: the places there are, and the groups that accounts have from their directory. */
import type { AudienceChoices } from '#contract/http/broadcasts-api.ts';
import type { AuthorityWrite } from '../store/index.ts';
import { groupsIn } from './audience.ts';

export async function audienceChoicesIn(db: Pick<AuthorityWrite, 'selectFrom'>): Promise<AudienceChoices> {
  const [rows, accounts] = await Promise.all([
    db.selectFrom('place').select(['placeId', 'parentId', 'placeName']).execute(),
    db.selectFrom('account').select('groups').distinct().execute(),
  ]);
  const byId = new Map(rows.map((row) => [row.placeId, row]));
  const pathOf = (placeId: string | null): string[] => {
    const place = placeId === null ? undefined : byId.get(placeId);
    return place ? [...pathOf(place.parentId), place.placeName] : [];
  };
  const places = rows.map(({ placeId }) => ({ placeId, placeName: pathOf(placeId).join(' / ') }));
  const groups = new Set(accounts.flatMap((account) => groupsIn(account.groups)));
  return {
    places: places.toSorted((a, b) => a.placeName.localeCompare(b.placeName)),
    groups: [...groups].sort(),
  };
}
