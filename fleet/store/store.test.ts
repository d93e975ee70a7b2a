import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, telemetryStore } from './index.ts';

let dataDir: string;
let store: AuthorityStore;
const fail = (error: Error) => {
  throw error;
};

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-store-'));
  store = authorityStore({ dataDir, onFatal: fail });
  await store.start();
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const setting = (name: string) =>
  store.read.selectFrom('setting').selectAll().where('name', '=', name).executeTakeFirst();

test('a write is there for readers once it resolves, and survives closing', async () => {
  await store.write((trx) => trx.insertInto('setting').values({ name: 'a', value: '1' }).execute());
  expect((await setting('a'))?.value).toBe('1');
  await store.stop();
  store = authorityStore({ dataDir, onFatal: fail });
  await store.start();
  expect((await setting('a'))?.value).toBe('1');
});

test('what is remembered of columns holds until a commit changes them or deletes rows, and no longer', async () => {
  const of = () => store.revisionOf({ setting: ['value'] });
  const insert = (name: string) =>
    store.write((trx) => trx.insertInto('setting').values({ name, value: '1' }).execute());
  const counted = async (work: Promise<unknown>): Promise<number> => {
    const before = of();
    await work.catch(() => {});
    return of() - before;
  };
  const set = (change: { name: string } | { value: string }, where: string) =>
    store.write((trx) => trx.updateTable('setting').set(change).where('name', '=', where).execute());
  expect(await counted(insert('a'))).toBe(0);
  expect(await counted(set({ value: '2' }, 'a'))).toBe(1);
  expect(await counted(set({ value: '2' }, 'nobody'))).toBe(0);
  expect(await counted(set({ name: 'b' }, 'a'))).toBe(0);
  const upsert = store.write((trx) =>
    trx
      .insertInto('setting')
      .values({ name: 'b', value: '3' })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: '3' }))
      .execute(),
  );
  expect(await counted(upsert)).toBe(1);
  const remove = () => store.write((trx) => trx.deleteFrom('setting').where('name', '=', 'b').execute());
  expect(await counted(remove())).toBe(1);
  expect(await counted(remove())).toBe(0);
  await insert('d');
  const returning = store.write((trx) => trx.updateTable('setting').set({ value: '6' }).returning('name').execute());
  expect(await counted(returning)).toBe(1);
  // of what we do not read anything may have changed
  expect(await counted(store.write((trx) => sql`update setting set value = '4'`.execute(trx)))).toBe(1);
  const before = of();
  await store.write(async (trx) => {
    await trx.insertInto('setting').values({ name: 'c', value: '1' }).execute();
    await trx.updateTable('setting').set({ value: '5' }).execute();
    // who reads now reads what was
    expect(of()).toBe(before);
  });
  expect(of()).toBe(before + 1);
});

test('what takes long is committed by itself: many such jobs do not outlast the deadline together', async () => {
  await store.stop();
  store = authorityStore({ dataDir, onFatal: fail, commitWithinMs: 0 });
  await store.start();
  const insert = (name: string) =>
    store.write(async (trx) => {
      const { rows } = await sql`select 1 from setting`.execute(store.read);
      await trx.insertInto('setting').values({ name, value: '1' }).execute();
      return rows.length;
    });
  const fails = () => store.write(() => Promise.reject(new Error('changed my mind')));
  const [first, failed, second, third] = await Promise.allSettled([insert('a'), fails(), insert('b'), insert('c')]);
  const seen = [first, second, third].map((each) => each?.status === 'fulfilled' && each.value);
  // each reads what those before it have committed
  expect([seen, failed?.status]).toEqual([[0, 1, 2], 'rejected']);
});

test('a job that fails undoes its own statements and none of its neighbours in the same commit', async () => {
  const results = await Promise.allSettled([
    store.write((trx) => trx.insertInto('setting').values({ name: 'before', value: '1' }).execute()),
    store.write(async (trx) => {
      await trx.insertInto('setting').values({ name: 'half', value: '1' }).execute();
      throw new Error('changed my mind');
    }),
    store.write((trx) => trx.insertInto('setting').values({ name: 'after', value: '1' }).execute()),
  ]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await setting('before')).toBeDefined();
  expect(await setting('half')).toBeUndefined();
  expect(await setting('after')).toBeDefined();
});

test('what is deleted is in no file once the log is emptied, though somebody reads meanwhile', async () => {
  const marker = 'quite unlike any other words';
  const filesWithIt = () => readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes(marker));
  await store.write((trx) =>
    trx
      .insertInto('setting')
      .values([
        { name: 'deleted', value: `${marker} `.repeat(1_000) },
        { name: 'kept', value: '1' },
      ])
      .execute(),
  );
  await store.emptyLog();
  expect(filesWithIt()).toEqual(['authority.sqlite']);
  const other = new SqliteDatabase(join(dataDir, 'authority.sqlite'), { readonly: true });
  other.exec('begin');
  other.prepare('select * from setting').all();
  const deleting = store.write((trx) => trx.deleteFrom('setting').where('name', '=', 'deleted').execute());
  await Promise.all([deleting, store.emptyLog()]);
  expect(filesWithIt()).not.toEqual([]);
  other.close();
  await store.emptyLog();
  expect(filesWithIt()).toEqual([]);
  expect(statSync(join(dataDir, 'authority.sqlite-wal')).size).toBe(0);
  expect(await setting('kept')).toBeDefined();
});

test('the log is emptied also where writes never cease', async () => {
  let isEmptied = false;
  const emptying = store.emptyLog().then(() => {
    isEmptied = true;
  });
  const write = () => store.write((trx) => trx.deleteFrom('setting').where('name', '=', 'none').execute());
  let pending = write();
  let written = 0;
  for (; written < 200 && !isEmptied; written += 1) {
    const next = write();
    await pending;
    pending = next;
  }
  await Promise.all([pending, emptying]);
  expect(written).toBeLessThan(20);
});

test('the reader cannot write', async () => {
  await expect(store.read.insertInto('setting').values({ name: 'a', value: '1' }).execute()).rejects.toThrow(
    /readonly/,
  );
});

test('a second open call of one meeting cannot be stored', async () => {
  const call = {
    meetingId: 'm',
    nodeId: 'n',
    nodeInstanceId: 'i',
    state: 'open' as const,
    participantCount: 0,
    createdAtMs: 1,
    openedAtMs: null,
    endReason: null,
  };
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId: 'm', roomId: null, title: 't', createdAtMs: 1 }).execute(),
  );
  const insert = (callId: string, endedAtMs: number | null) =>
    store.write((trx) =>
      trx
        .insertInto('call')
        .values({ ...call, callId, endedAtMs })
        .execute(),
    );
  await insert('ended', 5);
  await insert('first', null);
  await expect(insert('second', null)).rejects.toThrow(/UNIQUE/);
});

test('writes do not hold the thread that asked', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  for (let i = 0; i < 20; i += 1)
    await store.write((trx) =>
      trx
        .insertInto('setting')
        .values({ name: `n${i}`, value: 'x'.repeat(1000) })
        .execute(),
    );
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

test('telemetry opens beside it', async () => {
  const telemetry = telemetryStore({ dataDir, onFatal: fail });
  await telemetry.start();
  await telemetry.write((trx) =>
    trx
      .insertInto('nodeReport')
      .values({ nodeId: 'n', instanceId: 'i', signalingUrl: 'ws://x', lastSeenMs: 1 })
      .execute(),
  );
  expect(await telemetry.read.selectFrom('nodeReport').selectAll().execute()).toHaveLength(1);
  await telemetry.stop();
});

test('guests whom an earlier release kept as declined are so without their knock', async () => {
  await store.stop();
  const file = new SqliteDatabase(join(dataDir, 'authority.sqlite'));
  const knock = (person: string, account: string, state: string, by: string) =>
    `insert into ticket (ticket_id, ticket_hash, meeting_id, account_id, person, display_name, network, state, created_at_ms, seen_at_ms, decided_by)
      values ('${person}', '${person}', 'm', ${account}, '${person}', 'n', 'n', '${state}', 1, 1, ${by});`;
  file.exec(`
    alter table meeting drop column change_request_id;
    drop table refused_guest; alter table transcript drop column off_ms; delete from kysely_migration where name >= '0027';
    insert into meeting (meeting_id, title, created_at_ms) values ('m', 'Plans', 5);
    ${knock('invite:1', 'null', 'declined', "'account:a'")}
    ${knock('invite:2', 'null', 'waiting', "'account:a'")}
    ${knock('invite:3', 'null', 'admitted', "'account:a'")}
    ${knock('invite:4', 'null', 'left', 'null')}
    ${knock('account:b', "'b'", 'declined', "'account:a'")}
  `);
  file.close();
  store = authorityStore({ dataDir, onFatal: fail });
  await store.start();
  const refused = await store.read.selectFrom('refusedGuest').selectAll().orderBy('person').execute();
  expect(refused).toEqual(['invite:1', 'invite:2'].map((person) => ({ meetingId: 'm', person })));
});

test('what an earlier release kept stays: an account’s role for the whole organisation, the language of a TV', async () => {
  await store.stop();
  const file = new SqliteDatabase(join(dataDir, 'authority.sqlite'));
  // as the release before left it
  file.exec(`
    drop table meeting_person; drop table meeting_room; drop table ticket; drop table entry; drop table mail;
    drop table api_token; drop table account_invite; drop table session; drop table password;
    create table guest_entry (peer_id text primary key, call_id text not null, invite_id text not null references invite(invite_id),
      at_ms bigint not null, holder text not null, joined_at_ms bigint, removed_at_ms bigint, display_name text);
    create table session (token_hash text primary key);
    alter table room drop column place_id;
    drop table place;
    drop index meeting_of_host; drop index call_by_end; drop index call_of_meeting_by_end;
    drop table known_network; drop table role_grant; drop table account;
    create table account (account_id text primary key, user_name text not null unique, password_hash text not null,
      role text not null, must_change_password integer not null, created_at_ms bigint not null);
    create table known_network (account_id text not null references account(account_id), network_hash text not null);
    drop index meeting_by_request; drop index meeting_of_repetition; drop table repetition;
    alter table meeting drop column request_id; alter table meeting drop column repetition_id;
    alter table meeting drop column occurrence_at_ms; alter table meeting drop column change_request_id;
    drop index booking_of_series; alter table booking_meeting drop column series_key;
    alter table booking_meeting drop column invited; alter table booking_meeting drop column reported;
    alter table meeting drop column host_account_id; alter table meeting drop column starts_at_ms;
    alter table meeting drop column ends_at_ms; alter table meeting drop column policy;
    alter table meeting drop column sequence; alter table meeting drop column cancelled_at_ms;
    alter table invite drop column created_by; alter table pairing drop column proven_at_ms; alter table call drop column call_order;
    drop table chat_post; drop table chat_read; drop table chat_mention; drop table transcript;
    drop table marked_message; drop table call_without_record;
    drop table minutes; drop table page_shown; drop table stay; alter table meeting drop column agenda;
    alter table meeting drop column language;
    drop index meeting_of_series; alter table meeting drop column series_id;
    alter table meeting drop column record_kept_days; alter table meeting drop column minutes_up_to_ms; drop table clock_jump;
    drop table poll; drop table prepared_poll; drop table erasure; drop table refused_guest;
    drop table viewing; drop table chapter; drop table broadcast;
    drop table notes_update; drop table notes_line; drop table notes_snapshot; drop table rollout_room; drop table rollout; drop table update_history; drop table feed_fault;
    drop table help_message; drop table help_request; drop table room_action; drop table notification_alert; drop table notification; drop table alert_target;
    drop table alert; drop table signage_picture; drop table settings_version; drop table settings_scope;
    alter table room drop column service; alter table room drop column service_since_ms;
    alter table room drop column service_until_ms; alter table room drop column service_reason;
    drop table document;
    alter table meeting drop column document_policy;
    alter table guest_entry drop column display_name;
    drop table room_settings;
    alter table room add column language text not null default 'en';
    delete from kysely_migration where name >= '0007';
    insert into room (room_id, room_name, language, created_at_ms) values ('r', '한라', 'ko', 5), ('s', 'Maple', 'en', 5);
    insert into meeting (meeting_id, room_id, title, created_at_ms) values ('m', 'r', '한라', 5);
    insert into account (account_id, user_name, password_hash, must_change_password, created_at_ms, role)
      values ('a', 'mina', 'x', 0, 5, 'operator'), ('b', 'admin', 'y', 1, 6, 'admin');
    insert into known_network (account_id, network_hash) values ('b', 'n');
  `);
  file.close();
  store = authorityStore({ dataDir, onFatal: fail });
  await store.start();
  expect(await store.read.selectFrom('roleGrant').selectAll().execute()).toEqual([
    { accountId: 'a', role: 'operator', scopeKind: 'organisation', scopeId: '', grantedAtMs: 5 },
    { accountId: 'b', role: 'administrator', scopeKind: 'organisation', scopeId: '', grantedAtMs: 6 },
  ]);
  expect(await store.read.selectFrom('knownNetwork').selectAll().execute()).toEqual([
    { accountId: 'b', networkHash: 'n' },
  ]);
  expect(await store.read.selectFrom('account').selectAll().execute()).toMatchObject([
    { accountId: 'a', userName: 'mina', issuer: 'local', subject: 'a', displayName: 'mina', createdAtMs: 5 },
    { accountId: 'b', userName: 'admin', issuer: 'local', subject: 'b', displayName: 'admin', createdAtMs: 6 },
  ]);
  expect(await store.read.selectFrom('password').selectAll().execute()).toEqual([
    { accountId: 'a', passwordHash: 'x', mustChange: 0 },
    { accountId: 'b', passwordHash: 'y', mustChange: 1 },
  ]);
  expect(await store.read.selectFrom('meeting').selectAll().execute()).toMatchObject([
    { meetingId: 'm', roomId: 'r', title: '한라', documentPolicy: null },
  ]);
  expect(await store.read.selectFrom('roomSettings').selectAll().execute()).toEqual([
    {
      roomId: 'r',
      desiredRevision: 1,
      settings: '{"values":{"screen":{"language":"ko"}},"secrets":{}}',
      report: null,
      reportedAtMs: null,
    },
  ]);
  expect(await store.read.selectFrom('settingsScope').selectAll().execute()).toEqual([
    { scopeKind: 'room', scopeId: 'r', revision: 1, own: '{"screen":{"language":"ko"}}', locks: '{}' },
  ]);
  expect(await store.read.selectFrom('settingsVersion').selectAll().execute()).toMatchObject([
    { scopeKind: 'room', scopeId: 'r', revision: 1, author: 'fleet', own: '{"screen":{"language":"ko"}}' },
  ]);
});

test('an event of joining a call that an earlier release stored keeps its name and details', async () => {
  const telemetry = telemetryStore({ dataDir, onFatal: fail });
  await telemetry.start();
  await telemetry.stop();
  const file = new SqliteDatabase(join(dataDir, 'telemetry.sqlite'));
  // as the release before left it
  file.exec(`
    drop table health_point; drop table room_health; drop table call_quality; drop table room_day;
    delete from kysely_migration where name in ('0004-joined-events', '0005-fleet');
    insert into room_event (room_id, position, event_id, sequence, received_at_ms, event)
      values ('r', 1, 'e', 1, 5, '{"name":"call-entered","callId":"c","meetingTitle":"한라"}'),
             ('r', 2, 'f', 2, 5, '{"name":"call-left","callId":"c"}');
  `);
  file.close();
  const upgraded = telemetryStore({ dataDir, onFatal: fail });
  await upgraded.start();
  const events = await upgraded.read.selectFrom('roomEvent').select('event').orderBy('position').execute();
  await upgraded.stop();
  expect(events.map(({ event }) => JSON.parse(event))).toEqual([
    { name: 'call-joined', callId: 'c', meetingTitle: '한라' },
    { name: 'call-left', callId: 'c' },
  ]);
});
