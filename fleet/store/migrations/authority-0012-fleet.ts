/**
 * The fleet as IT runs it: settings by scope with their versions, whether a room is in service, alerts with who is notified
 * of them, actions from afar, requests for help, pictures for idle TVs.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('settingsScope')
    .addColumn('scopeKind', 'text', (c) => c.notNull())
    .addColumn('scopeId', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('own', 'text', (c) => c.notNull())
    .addColumn('locks', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('settingsScopeKey', ['scopeKind', 'scopeId'])
    .execute();
  await db.schema
    .createTable('settingsVersion')
    .addColumn('scopeKind', 'text', (c) => c.notNull())
    .addColumn('scopeId', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('own', 'text', (c) => c.notNull())
    .addColumn('locks', 'text', (c) => c.notNull())
    .addColumn('changes', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('settingsVersionKey', ['scopeKind', 'scopeId', 'revision'])
    .execute();
  // what a room had set until now is its own scope, and the version to which it can go back; what is desired of it stays
  const tables = db as Kysely<{
    roomSettings: { roomId: string; revision: number; settings: string };
    settingsScope: Record<'scopeKind' | 'scopeId' | 'own' | 'locks', string> & { revision: number };
    settingsVersion: Record<'scopeKind' | 'scopeId' | 'own' | 'locks' | 'author' | 'reason' | 'changes', string> &
      Record<'revision' | 'atMs', number>;
  }>;
  for (const { roomId, revision, settings } of await tables.selectFrom('roomSettings').selectAll().execute()) {
    const own = JSON.stringify((JSON.parse(settings) as { values: unknown }).values);
    const scope = { scopeKind: 'room', scopeId: roomId, revision, own, locks: '{}' };
    const version = { ...scope, atMs: Date.now(), author: 'fleet', reason: '', changes: '[]' };
    await tables.insertInto('settingsScope').values(scope).execute();
    await tables.insertInto('settingsVersion').values(version).execute();
  }
  await db.schema.alterTable('roomSettings').renameColumn('revision', 'desiredRevision').execute();
  await db.schema.alterTable('roomSettings').addColumn('reportedAtMs', 'bigint').execute();
  await db.schema
    .createTable('signagePicture')
    .addColumn('signageKey', 'text', (c) => c.primaryKey())
    .addColumn('fileName', 'text', (c) => c.notNull())
    .addColumn('sizeBytes', 'bigint', (c) => c.notNull())
    .addColumn('addedBy', 'text', (c) => c.notNull())
    .addColumn('addedAtMs', 'bigint', (c) => c.notNull())
    .execute();

  for (const [column, type, byDefault] of [
    ['service', 'text', 'in-service'],
    ['serviceSinceMs', 'bigint', 0],
    ['serviceReason', 'text', ''],
  ] as const)
    await db.schema
      .alterTable('room')
      .addColumn(column, type, (c) => c.notNull().defaultTo(byDefault))
      .execute();
  await db.schema.alterTable('room').addColumn('serviceUntilMs', 'bigint').execute();
  await sql`update room set service_since_ms = created_at_ms`.execute(db);

  await db.schema
    .createTable('alert')
    .addColumn('alertId', 'text', (c) => c.primaryKey())
    .addColumn('signal', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('roomId', 'text')
    .addColumn('placeId', 'text')
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('sinceMs', 'bigint', (c) => c.notNull())
    .addColumn('openedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('closedAtMs', 'bigint')
    .addColumn('inhibitedBy', 'text')
    .addColumn('acknowledgedBy', 'text')
    .addColumn('acknowledgedAtMs', 'bigint')
    .addColumn('acknowledgedNote', 'text')
    .execute();
  // one at a time for each room and signal, whatever happens
  await sql`
    create unique index alert_open on alert (signal, coalesce(room_id, ''), coalesce(place_id, '')) where closed_at_ms is null
  `.execute(db);
  await db.schema.createIndex('alertByOpening').on('alert').column('openedAtMs').execute();
  await db.schema.createIndex('alertOfRoom').on('alert').columns(['roomId', 'openedAtMs']).execute();
  await db.schema
    .createTable('alertTarget')
    .addColumn('targetId', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('targetName', 'text', (c) => c.notNull())
    .addColumn('destination', 'text', (c) => c.notNull())
    .addColumn('placeId', 'text')
    .addColumn('atLeast', 'text', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('secret', 'text')
    .addColumn('formerSecret', 'text')
    .addColumn('formerUntilMs', 'bigint')
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('deliveredAtMs', 'bigint')
    .addColumn('failedAtMs', 'bigint')
    .addColumn('failure', 'text')
    .addColumn('failureDetail', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('failuresInRow', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('nextTryAtMs', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('notification')
    .addColumn('notificationId', 'text', (c) => c.primaryKey())
    .addColumn('targetId', 'text', (c) => c.notNull().references('alertTarget.targetId').onDelete('cascade'))
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('groupKey', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('dueAtMs', 'bigint', (c) => c.notNull())
    .addColumn('begunAtMs', 'bigint')
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('sentAtMs', 'bigint')
    .addColumn('failure', 'text')
    .execute();
  await db.schema
    .createIndex('notificationOfTarget')
    .on('notification')
    .columns(['targetId', 'sentAtMs', 'failure'])
    .execute();
  await db.schema
    .createTable('notificationAlert')
    .addColumn('notificationId', 'text', (c) =>
      c.notNull().references('notification.notificationId').onDelete('cascade'),
    )
    .addColumn('alertId', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('notificationAlertKey', ['notificationId', 'alertId'])
    .execute();
  await db.schema.createIndex('notificationOfAlert').on('notificationAlert').column('alertId').execute();

  await db.schema
    .createTable('roomAction')
    .addColumn('actionId', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('code', 'text')
    .addColumn('result', 'text')
    .addColumn('askedBy', 'text', (c) => c.notNull())
    .addColumn('askedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('begunAtMs', 'bigint')
    .addColumn('endedAtMs', 'bigint')
    .addColumn('endsBeforeMs', 'bigint', (c) => c.notNull())
    .addColumn('hasFile', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex('actionOfRoom').on('roomAction').columns(['roomId', 'askedAtMs']).execute();

  await db.schema
    .createTable('helpRequest')
    .addColumn('helpId', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('calledAtMs', 'bigint', (c) => c.notNull())
    .addColumn('receivedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('seenBy', 'text')
    .addColumn('closedAtMs', 'bigint')
    .addColumn('diagnostics', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('helpOfRoom').on('helpRequest').columns(['roomId', 'calledAtMs']).execute();
  await db.schema
    .createTable('helpMessage')
    .addColumn('messageId', 'text', (c) => c.primaryKey())
    .addColumn('helpId', 'text', (c) => c.notNull().references('helpRequest.helpId').onDelete('cascade'))
    .addColumn('fromWhom', 'text', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('messageOfHelp').on('helpMessage').column('helpId').execute();
}
