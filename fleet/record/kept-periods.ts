/** How long what a meeting leaves behind is kept: by the organisation, the places down to the meeting's, and its hosts the shortest. */
import { ProtocolError } from '#contract/error-codes.ts';
import { RecordPolicy, shortestDays, shortestPolicy } from '#contract/record-policy.ts';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
/** of the organisation, a RecordPolicy as JSON in the table of settings */
const SETTING = 'record-policy';

const NONE = RecordPolicy.parse({});

/** null: it is damaged, or of a newer release */
function policyIn(text: string | null | undefined): RecordPolicy | null {
  if (text == null) return NONE;
  try {
    return RecordPolicy.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The policies of the organisation and all places, at one moment. One that cannot be read sets no period, and costs nobody the rest. */
export class PolicyTree {
  readonly organisation: RecordPolicy;
  readonly places: ReadonlyMap<string, { parentId: string | null; policy: RecordPolicy }>;
  /** whose policy cannot be read: ids of places, null: the organisation */
  readonly unreadable: readonly (string | null)[];

  private constructor(organisation: RecordPolicy, { places, unreadable }: Pick<PolicyTree, 'places' | 'unreadable'>) {
    this.organisation = organisation;
    this.places = places;
    this.unreadable = unreadable;
  }

  static async read(db: Reader): Promise<PolicyTree> {
    const setting = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
    const rows = await db.selectFrom('place').select(['placeId', 'parentId', 'recordPolicy']).execute();
    const unreadable: (string | null)[] = [];
    const policyOf = (placeId: string | null, text: string | null | undefined): RecordPolicy => {
      const policy = policyIn(text);
      if (policy === null) unreadable.push(placeId);
      return policy ?? NONE;
    };
    const organisation = policyOf(null, setting?.value);
    const places = rows.map(
      ({ placeId, parentId, recordPolicy }) =>
        [placeId, { parentId, policy: policyOf(placeId, recordPolicy) }] as const,
    );
    return new PolicyTree(organisation, { places: new Map(places), unreadable });
  }

  /** @param placeId null: directly below the organisation */
  at(placeId: string | null): RecordPolicy {
    const policies = [this.organisation];
    for (let at = placeId; at !== null; ) {
      const place = this.places.get(at);
      if (place) policies.push(place.policy);
      at = place?.parentId ?? null;
    }
    return shortestPolicy(policies);
  }
}

/** `ownDays`: of a meeting's hosts, for all kinds. */
export function withOwnDays(policy: RecordPolicy, ownDays: number | null): RecordPolicy {
  const kinds = Object.entries(policy) as [keyof RecordPolicy, number | null][];
  return Object.fromEntries(kinds.map(([kind, days]) => [kind, shortestDays([days, ownDays])])) as RecordPolicy;
}

export type KeptMeeting = {
  meetingId: string;
  endsAtMs: number | null;
  cancelledAtMs: number | null;
  ownDays: number | null;
  placeId: string | null;
};
/** The columns by which a meeting is kept; `placeId`: its room's, of a person's meeting the host's. */
export const keptMeetings = (db: Reader) =>
  db
    .selectFrom('meeting')
    .leftJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
    .leftJoin('room as ownRoom', 'ownRoom.roomId', 'meeting.roomId')
    .leftJoin('room as bookedRoom', 'bookedRoom.roomId', 'bookingMeeting.roomId')
    .leftJoin('account as host', 'host.accountId', 'meeting.hostAccountId')
    .select(['meeting.meetingId', 'meeting.endsAtMs', 'meeting.cancelledAtMs', 'meeting.recordKeptDays as ownDays'])
    .select(({ fn }) =>
      fn.coalesce('ownRoom.placeId', 'bookedRoom.placeId', 'host.placeId').$castTo<string | null>().as('placeId'),
    );

/** @param placeId null: the organisation @throws ProtocolError not-found */
export async function setRecordPolicy(
  store: AuthorityStore,
  placeId: string | null,
  policy: RecordPolicy,
  actor: string,
): Promise<void> {
  const text = JSON.stringify(policy);
  await store.write(async (trx) => {
    if (placeId === null) {
      await trx.deleteFrom('setting').where('name', '=', SETTING).execute();
      await trx.insertInto('setting').values({ name: SETTING, value: text }).execute();
    } else {
      const of = trx.updateTable('place').set({ recordPolicy: text }).where('placeId', '=', placeId);
      if ((await of.executeTakeFirst()).numUpdatedRows === 0n) throw new ProtocolError('not-found', 'no such place');
    }
    const subject = placeId === null ? 'organisation' : `place:${placeId}`;
    await appendAudit(trx, { kind: 'record-policy-changed', actor, subject, details: { ...policy } });
  });
}

/** @param days null: as its place has it @throws ProtocolError not-found */
export async function setOwnDays(
  store: AuthorityStore,
  meetingId: string,
  days: number | null,
  actor: string,
): Promise<void> {
  await store.write(async (trx) => {
    const of = trx.updateTable('meeting').set({ recordKeptDays: days }).where('meetingId', '=', meetingId);
    if ((await of.executeTakeFirst()).numUpdatedRows === 0n) throw new ProtocolError('not-found', 'no such meeting');
    await appendAudit(trx, {
      kind: 'record-keeping-changed',
      actor,
      subject: `meeting:${meetingId}`,
      details: { days },
    });
  });
}
