import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartRefused } from '#edge/start-refused.ts';
import {
  authorityMigrations,
  type AuthorityStore,
  type AuthorityTables,
  telemetryStore,
  upgradeCopies,
} from '../../store/index.ts';
import { Store } from '../../store/store.ts';
import { BackupFolders } from '../backup-under-test.ts';
import { takeFormerData } from './former-data.ts';

const fail = (error: Error): never => {
  throw error;
};
/** A step that this release does not know. */
const later: Migration = {
  up: async (db) => void (await db.schema.createTable('later').addColumn('a', 'text').execute()),
};

let folders: BackupFolders;
beforeEach(async () => {
  folders = new BackupFolders();
  await folders.make(async (store) => put(store, 'before', '1'));
});
afterEach(() => folders.remove());

const put = async (store: AuthorityStore, name: string, value: string): Promise<void> =>
  void (await store.write((trx) => trx.insertInto('setting').values({ name, value }).execute()));
const names = (store: AuthorityStore): Promise<string[]> =>
  store.read
    .selectFrom('setting')
    .select('name')
    .orderBy('name')
    .execute()
    .then((rows) => rows.map(({ name }) => name));

/** A server of a release with these steps, which starts, works and ends. */
async function release(
  file: 'authority' | 'telemetry',
  migrations: Record<string, Migration>,
  work: (store: AuthorityStore) => Promise<void> = async () => {},
): Promise<void> {
  const store = new Store<AuthorityTables>({
    path: join(folders.dataDir, `${file}.sqlite`),
    synchronous: 'FULL',
    isReplaceable: file === 'telemetry',
    migrations,
    onFatal: fail,
  });
  await store.start();
  await work(store);
  await store.stop();
}
const newer = { ...authorityMigrations, '9999-later': later };
const upgrade = (): Promise<void> => release('authority', newer, (store) => put(store, 'after', '1'));
const content = (): Promise<string[]> => folders.withStore(folders.dataDir, names);

describe('an upgrade', () => {
  it('copies the database as it was, before its schema changes', async () => {
    await upgrade();
    const [copy, ...others] = upgradeCopies(folders.dataDir);
    expect([copy?.schema, others]).toEqual([Object.keys(authorityMigrations).at(-1), []]);
    const place = join(folders.root, 'copy');
    folders.write('copy/here', '');
    renameSync(copy!.path, join(place, 'authority.sqlite'));
    expect(await folders.withStore(place, names)).toEqual(['before']);
  });

  it('makes no copy where the schema stays, or where nothing was before', async () => {
    await release('authority', authorityMigrations);
    expect(existsSync(join(folders.dataDir, 'before-upgrade'))).toBe(false);
  });

  it('keeps the newest three copies', async () => {
    let migrations: Record<string, Migration> = newer;
    for (const n of [1, 2, 3, 4]) {
      await release('authority', migrations);
      const table: Migration = {
        up: async (db) => void (await db.schema.createTable(`t${n}`).addColumn('a', 'text').execute()),
      };
      migrations = { ...migrations, [`9999-later-${n}`]: table };
      await release('authority', migrations);
    }
    expect(readdirSync(join(folders.dataDir, 'before-upgrade')).sort()).toEqual([
      '9999-later-1.sqlite',
      '9999-later-2.sqlite',
      '9999-later-3.sqlite',
    ]);
  });

  it('is not undone by starting the former release, which says what to do', async () => {
    await upgrade();
    await expect(content()).rejects.toThrow(StartRefused);
    await expect(content()).rejects.toThrow(/newer release \(schema 9999-later\).*--return/);
  });
});

describe('the way back', () => {
  it('puts the data from before the upgrade in place, and sets the newer aside', async () => {
    await upgrade();
    await release('telemetry', { ...newer });
    const former = (await takeFormerData(folders.dataDir, Date.now()))!;
    expect(await content()).toEqual(['before']);
    expect(former.isTelemetrySetAside).toBe(true);
    expect(readdirSync(former.setAside)).toEqual(expect.arrayContaining(['authority.sqlite', 'telemetry.sqlite']));
    const telemetry = telemetryStore({ dataDir: folders.dataDir, onFatal: fail });
    await telemetry.start();
    await telemetry.stop();
    expect(await takeFormerData(folders.dataDir, Date.now())).toBeNull();
  });

  it('ends what a copy cannot vouch for, and the audit log has its line', async () => {
    const mail = {
      mailId: 'm',
      kind: 'meeting-request',
      meetingId: null,
      personId: null,
      accountId: null,
      sender: 'fleet',
      message: '{}',
      createdAtMs: 1,
      nextTryAtMs: 1,
      tries: 0,
      sentAtMs: null,
      failure: null,
    } as const;
    await folders.withStore(folders.dataDir, (store) =>
      store.write((trx) => trx.insertInto('mail').values(mail).execute()),
    );
    await upgrade();
    await takeFormerData(folders.dataDir, Date.now());
    const [waiting, last] = await folders.withStore(folders.dataDir, async (store) => [
      await store.read.selectFrom('mail').selectAll().where('failure', 'is', null).execute(),
      await store.read.selectFrom('audit').select('kind').orderBy('seq', 'desc').executeTakeFirst(),
    ]);
    expect([waiting, last]).toEqual([[], { kind: 'backup-returned' }]);
  });

  it('changes nothing where this release reads what is there', async () => {
    expect(await takeFormerData(folders.dataDir, Date.now())).toBeNull();
    expect(await content()).toEqual(['before']);
    expect(existsSync(join(folders.dataDir, 'after-upgrade'))).toBe(false);
  });

  it('goes on where a run was cut off between the two', async () => {
    await upgrade();
    const aside = join(folders.dataDir, 'elsewhere');
    renameSync(join(folders.dataDir, 'authority.sqlite'), aside);
    expect(await takeFormerData(folders.dataDir, Date.now())).not.toBeNull();
    expect(await content()).toEqual(['before']);
  });

  it('says that there is no copy, and leaves all as it is', async () => {
    await upgrade();
    rmSync(join(folders.dataDir, 'before-upgrade'), { recursive: true });
    await expect(takeFormerData(folders.dataDir, Date.now())).rejects.toMatchObject({ code: 'data-incomplete' });
    await release('authority', newer, async (store) => expect(await names(store)).toEqual(['after', 'before']));
  });
});
