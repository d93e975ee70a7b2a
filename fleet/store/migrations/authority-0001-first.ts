/** The authority's first schema. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('room')
    .addColumn('roomId', 'text', (c) => c.primaryKey())
    .addColumn('roomName', 'text', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('meeting')
    .addColumn('meetingId', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.references('room.roomId').unique())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('claim')
    .addColumn('codeHash', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.notNull().references('room.roomId'))
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('usedAtMs', 'bigint')
    .execute();
  await db.schema
    .createTable('certificate')
    .addColumn('serial', 'text', (c) => c.primaryKey())
    .addColumn('identity', 'text', (c) => c.notNull())
    .addColumn('issuedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('revokedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('certificateByIdentity').on('certificate').column('identity').execute();
  await db.schema
    .createTable('pairing')
    .addColumn('pairingId', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.notNull().references('room.roomId'))
    .addColumn('tokenHash', 'text', (c) => c.notNull().unique())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('lastUsedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('revokedAtMs', 'bigint')
    .execute();
  await db.schema
    .createTable('usedPairingCode')
    .addColumn('sha256', 'text', (c) => c.primaryKey())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('call')
    .addColumn('callId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('nodeId', 'text', (c) => c.notNull())
    .addColumn('nodeInstanceId', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('participantCount', 'integer', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('openedAtMs', 'bigint')
    .addColumn('endedAtMs', 'bigint')
    .addColumn('endReason', 'text')
    .execute();
  // two starts at the same instant: the second insert cannot exist
  await db.schema
    .createIndex('oneCallOfMeeting')
    .unique()
    .on('call')
    .column('meetingId')
    .where(sql.ref('endedAtMs'), 'is', null)
    .execute();
  await db.schema
    .createTable('callEvent')
    .addColumn('eventId', 'text', (c) => c.primaryKey())
    .addColumn('callId', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('invite')
    .addColumn('inviteId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('displayName', 'text')
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('revokedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('inviteByMeeting').on('invite').column('meetingId').execute();
  await db.schema
    .createTable('guestEntry')
    .addColumn('peerId', 'text', (c) => c.primaryKey())
    .addColumn('callId', 'text', (c) => c.notNull())
    .addColumn('inviteId', 'text', (c) => c.notNull().references('invite.inviteId'))
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('guestEntryByInvite').on('guestEntry').column('inviteId').execute();
  await db.schema
    .createTable('account')
    .addColumn('accountId', 'text', (c) => c.primaryKey())
    .addColumn('userName', 'text', (c) => c.notNull().unique())
    .addColumn('passwordHash', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('mustChangePassword', 'integer', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('session')
    .addColumn('tokenHash', 'text', (c) => c.primaryKey())
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('lastUsedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('knownNetwork')
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('networkHash', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('knownNetworkKey', ['accountId', 'networkHash'])
    .execute();
  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('details', 'text', (c) => c.notNull())
    .addColumn('previousHash', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('setting')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
