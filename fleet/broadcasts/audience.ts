/** Who may watch a broadcast or a recording, as a pure function of what is known of them; and reading that. */
import type { Audience, BroadcastKind } from '#contract/broadcast.ts';
import { z } from '#contract/schema.ts';
import { isAllowedFrom } from '#edge/address-ranges.ts';
import type { AuthorityWrite } from '../store/index.ts';

/** Somebody who would watch. `placePath`: the place and those above it. */
export type Watcher = {
  placePath: readonly string[];
  groups: readonly string[];
  /** meetings that they host */
  hosts: ReadonlySet<string>;
  /** meetings whose people they are */
  attends: ReadonlySet<string>;
  managesAll: boolean;
};
type Watched = { meetingId: string; kind: BroadcastKind; audience: Audience };

/** A recording of a meeting is for its people; who hosts the meeting, or manages broadcasts, sees both. From anywhere. */
export function isOfAudience({ meetingId, kind, audience }: Watched, watcher: Watcher): boolean {
  if (watcher.managesAll || watcher.hosts.has(meetingId)) return true;
  if (kind === 'recording') return watcher.attends.has(meetingId);
  const { placeIds, groups } = audience;
  if (placeIds.length === 0 && groups.length === 0) return true;
  return (
    placeIds.some((placeId) => watcher.placePath.includes(placeId)) ||
    groups.some((group) => watcher.groups.includes(group))
  );
}

/** A room's TV: by its place alone. */
export const isOfRoomsAudience = ({ kind, audience }: Watched, placePath: readonly string[]): boolean =>
  kind === 'broadcast' && isOfAudience({ meetingId: '', kind, audience }, watcherBy(placePath, []));

export const isWatchedFrom = ({ audience }: Pick<Watched, 'audience'>, address: string): boolean =>
  isAllowedFrom([audience.allowedRanges], address);

/** Of whom no more is known. */
export const watcherBy = (placePath: readonly string[], groups: readonly string[]): Watcher => ({
  placePath,
  groups,
  hosts: new Set(),
  attends: new Set(),
  managesAll: false,
});
const Groups = z.array(z.string()).catch([]);
export const groupsIn = (text: string): string[] => Groups.parse(JSON.parse(text));

/** What the store knows of an account. */
export async function watcherIn(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  { accountId, placePath, managesAll }: { accountId: string; placePath: readonly string[]; managesAll: boolean },
): Promise<Watcher> {
  const [account, hosted, people] = await Promise.all([
    db.selectFrom('account').select('groups').where('accountId', '=', accountId).executeTakeFirst(),
    db.selectFrom('meeting').select('meetingId').where('hostAccountId', '=', accountId).execute(),
    db.selectFrom('meetingPerson').select(['meetingId', 'role']).where('accountId', '=', accountId).execute(),
  ]);
  const coHosted = people.filter(({ role }) => role === 'host' || role === 'co-host');
  return {
    placePath,
    groups: account ? groupsIn(account.groups) : [],
    hosts: new Set([...hosted, ...coHosted].map(({ meetingId }) => meetingId)),
    attends: new Set(people.map(({ meetingId }) => meetingId)),
    managesAll,
  };
}
