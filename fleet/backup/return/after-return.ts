/**
 * A restored copy does not know what was done since it was made. What was given out for a short time, and is given out again
 * without IT, ends here: a session or code that was ended or used since would be good once more. What only IT or a visit could
 * bring back stays, and is named, so that somebody looks whether it was revoked since. One transaction, with its line of the
 * audit log.
 */
import { sql } from 'kysely';
import { appendAudit } from '../../audit/index.ts';
import type { AuthorityStore, AuthorityTables, AuthorityWrite } from '../../store/index.ts';

export type ReturnFacts = {
  takenAtMs: number;
  nowMs: number;
  /** also ends what is used for long by somebody outside of the house: tablets, API tokens, links of guests */
  isStrict: boolean;
  /** ids of recordings whose files are there */
  recordings: ReadonlySet<string>;
};
/** @returns how many rows it ended */
type End = (trx: AuthorityWrite, facts: ReturnFacts) => Promise<number>;
/** `stays`: why a copy of it does no harm, or who looks after it */
type Rule = { ends: End } | { stays: string };

/** Each table has its rule, or this does not compile: whoever adds a table decides what a return means for it. */
const RULES: Record<keyof AuthorityTables, Rule> = {
  session: { ends: async (trx) => count(await trx.deleteFrom('session').executeTakeFirst()) },
  pairing: {
    ends: async (trx, { nowMs, isStrict }) =>
      count(
        await trx
          .updateTable('pairing')
          .set({ revokedAtMs: nowMs })
          .where('revokedAtMs', 'is', null)
          .where('kind', 'in', isStrict ? ['phone', 'laptop', 'tablet'] : ['phone', 'laptop'])
          .executeTakeFirst(),
      ),
  },
  claim: { ends: async (trx, { nowMs }) => useUp(trx, 'claim', nowMs) },
  tabletCode: { ends: async (trx, { nowMs }) => useUp(trx, 'tabletCode', nowMs) },
  accountInvite: { ends: async (trx, { nowMs }) => useUp(trx, 'accountInvite', nowMs) },
  viewing: {
    ends: async (trx, { nowMs }) =>
      count(
        await trx
          .updateTable('viewing')
          .set({ revokedAtMs: nowMs })
          .where('revokedAtMs', 'is', null)
          .executeTakeFirst(),
      ),
  },
  // most of them were sent since: what is sent again is decided by a person
  mail: {
    ends: async (trx) =>
      count(
        await trx
          .updateTable('mail')
          .set({ failure: 'returned-from-backup', message: '' })
          .where('sentAtMs', 'is', null)
          .where('failure', 'is', null)
          .executeTakeFirst(),
      ),
  },
  // most of them were delivered since; an alert whose cause is still there is known, and one that closed since closes again
  notification: {
    ends: async (trx) =>
      count(
        await trx
          .updateTable('notification')
          .set({ failure: 'returned-from-backup' })
          .where('sentAtMs', 'is', null)
          .where('failure', 'is', null)
          .executeTakeFirst(),
      ),
  },
  // a restart that somebody asked for at another time
  roomAction: {
    ends: async (trx, { nowMs }) =>
      count(
        await trx
          .updateTable('roomAction')
          .set({ state: 'expired', endedAtMs: nowMs })
          .where('endedAtMs', 'is', null)
          .executeTakeFirst(),
      ),
  },
  // it may have been halted or aborted since: a person goes on with it
  rollout: {
    ends: async (trx) =>
      count(
        await trx
          .updateTable('rollout')
          .set({ head: sql<string>`json_set(head, '$.state', 'paused')` })
          .where('endedAtMs', 'is', null)
          .where(sql<string>`json_extract(head, '$.state')`, '=', 'running')
          .executeTakeFirst(),
      ),
  },
  rolloutRoom: { stays: 'goes with its rollout; a room counts as updated by what it reports alone' },
  updateHistory: { stays: 'IT sees it in the console' },
  chatPost: { stays: 'what people wrote until the backup; a recall of since then is made again by its person' },
  chatRead: { stays: 'marks grow only: the page that shows more marks it again' },
  chatMention: { stays: 'until its page is looked at; a mail that was sent since the backup may be sent again' },
  transcript: {
    stays: 'what was spoken until the backup; what a host has deleted since then is deleted again by them',
  },
  feedFault: { stays: 'the feed is looked at again' },
  broadcast: { ends: forgetLostRecordings },
  apiToken: { ends: async (trx, { nowMs, isStrict }) => (isStrict ? revoke(trx, 'apiToken', nowMs) : 0) },
  invite: { ends: async (trx, { nowMs, isStrict }) => (isStrict ? revoke(trx, 'invite', nowMs) : 0) },
  certificate: { stays: 'without it every room would need a visit; named to whoever returns the backup' },
  account: { stays: 'named to whoever returns the backup' },
  password: { stays: 'named to whoever returns the backup' },
  roleGrant: { stays: 'named to whoever returns the backup' },
  call: { stays: 'its node reports it, or it is given up as after any restart' },
  callWithoutRecord: { stays: 'of a call' },
  entry: { stays: 'of a call' },
  callEvent: { stays: 'of a call' },
  poll: { stays: 'of a call' },
  repetition: { stays: 'of its meetings' },
  preparedPoll: { stays: 'a host starts it, or removes it' },
  ticket: { stays: 'of a call: an admission ends with it' },
  refusedGuest: { stays: 'who was declined since the backup asks to be let in again, and is declined again' },
  usedPairingCode: { stays: 'codes that the TV showed live for minutes' },
  document: { stays: 'what is not on the disk fails at the start' },
  alert: { stays: 'open ones close by themselves when their cause is gone' },
  alertTarget: { stays: 'named to whoever returns the backup' },
  notificationAlert: { stays: 'goes with its notification' },
  helpRequest: { stays: 'IT sees it in the list' },
  helpMessage: { stays: 'of a help request' },
  settingsScope: { stays: 'IT sees it in the console' },
  settingsVersion: { stays: 'of a scope of settings' },
  signagePicture: { stays: 'its file is among the small ones of the data directory' },
  audit: { stays: 'the chain goes on behind the last entry of the copy' },
  room: { stays: 'IT sees it in the list' },
  roomSettings: { stays: 'the kiosk applies what is published, whatever its revision' },
  place: { stays: 'IT sees it in the list' },
  setting: { stays: 'IT sees it in the console' },
  meeting: { stays: 'its people see it' },
  meetingRoom: { stays: 'of a meeting' },
  meetingPerson: { stays: 'of a meeting' },
  bookingMeeting: { stays: 'of a meeting' },
  stay: { stays: 'of a call' },
  pageShown: { stays: 'of a call' },
  minutes: { stays: 'its people see it; those of later calls are lost' },
  markedMessage: { stays: 'of the chat; a host marks it again' },
  notesUpdate: { stays: 'open pages send again what the copy lacks' },
  notesLine: { stays: 'what the copy lacks, its phone may send again' },
  notesSnapshot: { stays: 'open pages send again what the copy lacks' },
  chapter: { stays: 'of a recording' },
  clockJump: { stays: 'of the times in the copy' },
  erasure: { stays: 'the server deletes again what the list beside the database has and the copy lacks' },
  knownNetwork: { stays: 'only makes guesses from there cheaper to tell apart' },
};

export type Ended = Partial<Record<keyof AuthorityTables, number>>;

/** @returns how much of what was ended */
export async function endWhatACopyCannotVouchFor(store: AuthorityStore, facts: ReturnFacts): Promise<Ended> {
  return store.write(async (trx) => {
    const ended: Ended = {};
    for (const [table, rule] of Object.entries(RULES) as [keyof AuthorityTables, Rule][]) {
      const rows = 'ends' in rule ? await rule.ends(trx, facts) : 0;
      if (rows > 0) ended[table] = rows;
    }
    const { takenAtMs, nowMs } = facts;
    const details = { takenAtMs, missingMinutes: Math.round((nowMs - takenAtMs) / 60_000), ...ended };
    await appendAudit(trx, { kind: 'backup-returned', actor: 'fleet', subject: 'organisation', details });
    return ended;
  });
}

/** What is as good as it was when the backup was made, whatever was revoked since. */
export type GoodAgain = {
  rooms: number;
  accounts: number;
  guestLinks: number;
  tablets: string[];
  apiTokens: string[];
  alertTargets: string[];
};

export async function goodAgain(store: AuthorityStore, nowMs: number): Promise<GoodAgain> {
  const numberOf = async (query: { executeTakeFirstOrThrow: () => Promise<{ count: number }> }): Promise<number> =>
    (await query.executeTakeFirstOrThrow()).count;
  const { read } = store;
  const tablets = await read
    .selectFrom('pairing')
    .innerJoin('room', 'room.roomId', 'pairing.roomId')
    .select(['roomName', 'tabletName'])
    .where('kind', '=', 'tablet')
    .where('revokedAtMs', 'is', null)
    .orderBy('roomName')
    .execute();
  const tokens = await read
    .selectFrom('apiToken')
    .select('tokenName')
    .where('revokedAtMs', 'is', null)
    .where('expiresAtMs', '>', nowMs)
    .orderBy('tokenName')
    .execute();
  const targets = await read.selectFrom('alertTarget').select('targetName').orderBy('targetName').execute();
  return {
    rooms: await numberOf(
      read
        .selectFrom('certificate')
        .select(sql<number>`count(distinct identity)`.as('count'))
        .where('identity', 'like', 'room:%')
        .where('revokedAtMs', 'is', null)
        .where('expiresAtMs', '>', nowMs),
    ),
    accounts: await numberOf(
      read.selectFrom('account').select(sql<number>`count(*)`.as('count')).where('disabledAtMs', 'is', null),
    ),
    guestLinks: await numberOf(
      read
        .selectFrom('invite')
        .select(sql<number>`count(*)`.as('count'))
        .where('revokedAtMs', 'is', null)
        .where('expiresAtMs', '>', nowMs),
    ),
    tablets: tablets.map(({ roomName, tabletName }) => `${roomName}: ${tabletName ?? ''}`),
    apiTokens: tokens.map(({ tokenName }) => tokenName),
    alertTargets: targets.map(({ targetName }) => targetName),
  };
}

/** A recording without its files is no recording: the list would promise what nobody can watch. */
async function forgetLostRecordings(trx: AuthorityWrite, { nowMs, recordings }: ReturnFacts): Promise<number> {
  const kept = await trx
    .selectFrom('broadcast')
    .select('broadcastId')
    .where('phase', '=', 'ended')
    .where('recording', 'not in', ['none', 'deleted'])
    .execute();
  const lost = kept.map(({ broadcastId }) => broadcastId).filter((id) => !recordings.has(id));
  for (const broadcastId of lost)
    await trx
      .updateTable('broadcast')
      .set({ recording: 'deleted', deletedAtMs: nowMs })
      .where('broadcastId', '=', broadcastId)
      .execute();
  return lost.length;
}

const useUp = async (
  trx: AuthorityWrite,
  table: 'claim' | 'tabletCode' | 'accountInvite',
  nowMs: number,
): Promise<number> =>
  count(await trx.updateTable(table).set({ usedAtMs: nowMs }).where('usedAtMs', 'is', null).executeTakeFirst());

const revoke = async (trx: AuthorityWrite, table: 'apiToken' | 'invite', nowMs: number): Promise<number> =>
  count(await trx.updateTable(table).set({ revokedAtMs: nowMs }).where('revokedAtMs', 'is', null).executeTakeFirst());

const count = (result: { numUpdatedRows: bigint } | { numDeletedRows: bigint }): number =>
  Number('numUpdatedRows' in result ? result.numUpdatedRows : result.numDeletedRows);
