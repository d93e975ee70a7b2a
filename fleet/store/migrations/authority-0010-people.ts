/**
 * People: accounts of any issuer, their sessions and tokens, the tree of places, meetings that people make, knocks and mails.
 * A session does not outlive this: who was signed in signs in again.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('place')
    .addColumn('placeId', 'text', (c) => c.primaryKey())
    .addColumn('parentId', 'text', (c) => c.references('place.placeId'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('placeName', 'text', (c) => c.notNull())
    .addColumn('meetingPolicy', 'text')
    .addColumn('allowedRanges', 'text', (c) => c.notNull().defaultTo('[]'))
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.alterTable('room').addColumn('placeId', 'text').execute();
  await accounts(db);
  await meetings(db);
  await db.schema.alterTable('pairing').addColumn('provenAtMs', 'bigint').execute();
}

/**
 * A user name is unique among local accounts alone: a directory names its people by itself. SQLite keeps a column's own
 * `unique` for good, so the table is made anew, with those that refer to it.
 */
async function accounts(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('session').execute();
  for (const table of ['account', 'roleGrant', 'knownNetwork'])
    await db.schema.alterTable(table).renameTo(`${table}Before`).execute();
  await db.schema
    .createTable('account')
    .addColumn('accountId', 'text', (c) => c.primaryKey())
    .addColumn('issuer', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('userName', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('email', 'text')
    .addColumn('placeId', 'text', (c) => c.references('place.placeId'))
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('disabledAtMs', 'bigint')
    .addColumn('lastSignedInAtMs', 'bigint')
    .addColumn('checkedAtMs', 'bigint')
    .addUniqueConstraint('accountOfIssuer', ['issuer', 'subject'])
    .execute();
  await sql`insert into account (account_id, issuer, subject, user_name, display_name, created_at_ms)
    select account_id, 'local', account_id, user_name, user_name, created_at_ms from account_before`.execute(db);
  await db.schema
    .createIndex('localAccountByUserName')
    .unique()
    .on('account')
    .column('userName')
    .where(sql.ref('issuer'), '=', sql.lit('local'))
    .execute();
  await db.schema
    .createTable('roleGrant')
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('scopeKind', 'text', (c) => c.notNull())
    .addColumn('scopeId', 'text', (c) => c.notNull())
    .addColumn('grantedAtMs', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('roleGrantOfAccountKey', ['accountId', 'role', 'scopeKind', 'scopeId'])
    .execute();
  await sql`insert into role_grant (account_id, role, scope_kind, scope_id, granted_at_ms)
    select account_id, case role when 'admin' then 'administrator' else role end, scope_kind, scope_id, granted_at_ms
    from role_grant_before`.execute(db);
  await db.schema
    .createTable('knownNetwork')
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('networkHash', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('knownNetworkOfAccountKey', ['accountId', 'networkHash'])
    .execute();
  await sql`insert into known_network select account_id, network_hash from known_network_before`.execute(db);
  await db.schema
    .createTable('password')
    .addColumn('accountId', 'text', (c) => c.primaryKey().references('account.accountId'))
    .addColumn('passwordHash', 'text', (c) => c.notNull())
    .addColumn('mustChange', 'integer', (c) => c.notNull())
    .execute();
  await sql`insert into password (account_id, password_hash, must_change)
    select account_id, password_hash, must_change_password from account_before`.execute(db);
  for (const table of ['roleGrantBefore', 'knownNetworkBefore', 'accountBefore'])
    await db.schema.dropTable(table).execute();
  await db.schema
    .createTable('accountInvite')
    .addColumn('codeHash', 'text', (c) => c.primaryKey())
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('usedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('accountInviteByAccount').on('accountInvite').column('accountId').execute();
  await db.schema
    .createTable('session')
    .addColumn('sessionId', 'text', (c) => c.primaryKey())
    .addColumn('tokenHash', 'text', (c) => c.notNull().unique())
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('authenticatedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('lastUsedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('browser', 'text', (c) => c.notNull())
    .addColumn('network', 'text', (c) => c.notNull())
    .addColumn('openidSid', 'text')
    .execute();
  await db.schema.createIndex('sessionOfAccount').on('session').column('accountId').execute();
  await db.schema
    .createTable('apiToken')
    .addColumn('tokenId', 'text', (c) => c.primaryKey())
    .addColumn('tokenHash', 'text', (c) => c.notNull().unique())
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('tokenName', 'text', (c) => c.notNull())
    .addColumn('permissions', 'text', (c) => c.notNull())
    .addColumn('scopeKind', 'text', (c) => c.notNull())
    .addColumn('scopeId', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('lastUsedAtMs', 'bigint')
    .addColumn('revokedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('apiTokenByAccount').on('apiToken').column('accountId').execute();
}

async function meetings(db: Kysely<unknown>): Promise<void> {
  const meeting = db.schema.alterTable('meeting');
  await meeting.addColumn('hostAccountId', 'text').execute();
  await meeting.addColumn('startsAtMs', 'bigint').execute();
  await meeting.addColumn('endsAtMs', 'bigint').execute();
  await meeting.addColumn('policy', 'text').execute();
  await meeting.addColumn('sequence', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await meeting.addColumn('cancelledAtMs', 'bigint').execute();
  await db.schema.createIndex('meetingOfHost').on('meeting').column('hostAccountId').execute();
  await db.schema
    .createTable('meetingRoom')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('roomId', 'text', (c) => c.notNull().references('room.roomId'))
    .addPrimaryKeyConstraint('meetingRoomKey', ['meetingId', 'roomId'])
    .execute();
  await db.schema.createIndex('meetingRoomByRoom').on('meetingRoom').column('roomId').execute();
  await db.schema
    .createTable('meetingPerson')
    .addColumn('personId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('accountId', 'text', (c) => c.references('account.accountId'))
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('email', 'text')
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('inviteId', 'text', (c) => c.references('invite.inviteId'))
    .addColumn('addedAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('meetingPersonByMeeting').on('meetingPerson').column('meetingId').execute();
  await db.schema.createIndex('meetingPersonByAccount').on('meetingPerson').column('accountId').execute();
  await db.schema.alterTable('call').addColumn('callOrder', 'text').execute();
  await db.schema
    .createTable('ticket')
    .addColumn('ticketId', 'text', (c) => c.primaryKey())
    .addColumn('ticketHash', 'text', (c) => c.notNull().unique())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('inviteId', 'text')
    .addColumn('accountId', 'text')
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('organisation', 'text')
    .addColumn('network', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('seenAtMs', 'bigint', (c) => c.notNull())
    .addColumn('decidedBy', 'text')
    .addColumn('decidedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('ticketByPerson').unique().on('ticket').columns(['meetingId', 'person']).execute();
  await db.schema.createIndex('ticketByInvite').on('ticket').column('inviteId').execute();
  await db.schema.alterTable('invite').addColumn('createdBy', 'text').execute();
  // each entry of a person into a call, by an invite, an account or a ticket
  await db.schema
    .createTable('entry')
    .addColumn('peerId', 'text', (c) => c.primaryKey())
    .addColumn('callId', 'text', (c) => c.notNull())
    .addColumn('inviteId', 'text')
    .addColumn('accountId', 'text')
    .addColumn('ticketId', 'text')
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('joinedAtMs', 'bigint')
    .addColumn('leftAtMs', 'bigint')
    .addColumn('removedAtMs', 'bigint')
    .addColumn('displayName', 'text')
    .addColumn('roleChangeId', 'text')
    .execute();
  await sql`insert into entry
    (peer_id, call_id, invite_id, person, role, at_ms, joined_at_ms, removed_at_ms, display_name)
    select peer_id, call_id, invite_id,
      case when holder like 'room:%' then holder
        when holder = invite_id then 'invite:' || invite_id
        else 'invite:' || invite_id || ':' || holder end,
      case when holder like 'room:%' then 'member' else 'guest' end,
      at_ms, joined_at_ms, removed_at_ms, display_name from guest_entry`.execute(db);
  await db.schema.dropTable('guestEntry').execute();
  await db.schema.createIndex('entryByInvite').on('entry').column('inviteId').execute();
  await db.schema.createIndex('entryByAccount').on('entry').column('accountId').execute();
  await db.schema.createIndex('entryByCall').on('entry').column('callId').execute();
  await db.schema
    .createTable('mail')
    .addColumn('mailId', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('meetingId', 'text')
    .addColumn('personId', 'text')
    .addColumn('accountId', 'text')
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('nextTryAtMs', 'bigint', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('sentAtMs', 'bigint')
    .addColumn('failure', 'text')
    .execute();
  await db.schema.createIndex('mailByMeeting').on('mail').columns(['meetingId', 'createdAtMs']).execute();
  await db.schema.createIndex('mailBySender').on('mail').columns(['sender', 'createdAtMs']).execute();
  await db.schema
    .createIndex('mailThatWaits')
    .on('mail')
    .column('nextTryAtMs')
    .where(sql<boolean>`sent_at_ms is null and failure is null`)
    .execute();
}
