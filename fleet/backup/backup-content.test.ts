/** What is in a backup and what is not, and what a return makes of what a copy cannot know. */
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ERASURES_FILE, readErasures } from '../erasures/index.ts';
import { type AuthorityStore, type AuthorityTables, newId } from '../store/index.ts';
import { BackupFolders, neverAborted, noProgress } from './backup-under-test.ts';
import type { BackupPart } from './manifest.ts';
import { returnReport } from './return/report.ts';
import { checkBackup, returnBackup } from './return/return-backup.ts';

let folders: BackupFolders;
beforeEach(() => {
  folders = new BackupFolders();
});
afterEach(() => folders.remove());

const openBy = () => ({ identities: [folders.identity] });
const reading = (from: string) => ({ from, openBy: openBy(), progress: noProgress as never, signal: neverAborted });
const pathsIn = async (from: string) => (await checkBackup(reading(from))).files.map(({ path }) => path);
let returns = 0;
async function returned(from: string, isStrict = false, erasuresFrom: string[] = []) {
  returns += 1;
  const dataDir = join(folders.root, `returned-${returns}`);
  return { dataDir, ...(await returnBackup({ ...reading(from), dataDir, isStrict, erasuresFrom })) };
}

const DAY_MS = 86_400_000;
const insert = <T extends keyof AuthorityTables>(
  store: AuthorityStore,
  table: T,
  ...rows: Partial<Record<keyof AuthorityTables[T], string | number | null>>[]
): Promise<unknown> =>
  store.write((trx) =>
    trx
      .insertInto(table)
      .values(rows as never)
      .execute(),
  );

const meetingId = newId();
const [ready, growing] = [newId(), newId()];
const broadcast = (broadcastId: string, phase: string, recording: string) => ({
  broadcastId,
  meetingId,
  phase,
  recording,
  ...{ kind: 'recording', title: 'T', audience: '{}', quality: '{}', stage: '{}', createdBy: 'x', createdAtMs: 1 },
});
const document = (documentId: string, state: string) => ({
  documentId,
  meetingId,
  state,
  ...{
    uploader: 'x',
    title: 'T',
    sizeBytes: 1,
    receivedBytes: 1,
    heldBytes: 1,
    pageCount: 1,
    createdAtMs: 1,
    usedAtMs: 1,
  },
});

describe('a backup holds', () => {
  test('what nobody thought of, and nothing of what runs or is made again', async () => {
    await folders.make();
    for (const path of ['webhook-keys/new.json', 'notes.txt', 'turn/secret', 'ports.json'])
      folders.write(`data/${path}`, 'x');
    const made = [
      'fleet.lock',
      'fleet.lock-journal',
      'media-node.pid',
      'authority.sqlite.damaged-1',
      'compiled/a',
      'ports.json.new',
    ];
    for (const path of [...made, 'converter-scratch/a', 'documents/a', 'broadcasts/a', 'nodes/local/key.pem.new'])
      folders.write(`data/${path}`, 'x');
    symlinkSync('/etc/hostname', join(folders.dataDir, 'turn/link'));
    // a backup that named them could not be read again
    for (const name of ['a\\b', 'a\nb', 'n'.repeat(200)]) folders.write(`data/turn/${name}`, 'x');
    folders.write(`data/${'메모'.normalize('NFD')}`, 'x');
    const backup = folders.gathering();
    await backup.gather();
    expect(backup.leftOut.sort()).toEqual(['turn/a\nb', 'turn/a\\b', 'turn/link', `turn/${'n'.repeat(200)}`]);
    await backup.dispose();
    const paths = await pathsIn(await folders.backUp());
    expect(paths.slice(1)).toEqual([
      'ca/ca.crt.pem',
      'ca/ca.key.pem',
      'keys/signing-key.json',
      'notes.txt',
      'ports.json',
      'turn/secret',
      'webhook-keys/new.json',
      '메모'.normalize('NFD'),
    ]);
  });

  test('a folder that IT has put on another disk by a link', async () => {
    await folders.make();
    folders.write('elsewhere/secret', 'x');
    symlinkSync(join(folders.root, 'elsewhere'), join(folders.dataDir, 'turn'));
    expect(await pathsIn(await folders.backUp())).toContain('turn/secret');
  });

  test('by wish the documents and recordings that are finished', async () => {
    const parts: BackupPart[] = ['documents', 'recordings'];
    await folders.make(async (store) => {
      await insert(store, 'meeting', { meetingId, title: 'M', createdAtMs: 1 });
      await insert(store, 'broadcast', broadcast(ready, 'ended', 'ready'), broadcast(growing, 'live', 'growing'));
      await insert(store, 'document', document(ready, 'ready'), document(growing, 'converting'));
    });
    for (const id of [ready, growing]) {
      folders.write(`data/documents/${id}/pages/1`, 'page');
      folders.write(`data/broadcasts/${id}/final.mp4`, 'film');
    }
    const with_ = await pathsIn(await folders.backUp(parts));
    expect(with_).toEqual(expect.arrayContaining([`documents/${ready}/pages/1`, `broadcasts/${ready}/final.mp4`]));
    expect(with_.filter((path) => path.includes(growing))).toEqual([]);
    expect((await pathsIn(await folders.backUp())).filter((path) => path.includes(ready))).toEqual([]);
  });

  test('no recording that was deleted while it was copied, and says so at its end', async () => {
    await folders.make(async (store) => {
      await insert(store, 'meeting', { meetingId, title: 'M', createdAtMs: 1 });
      await insert(store, 'broadcast', broadcast(ready, 'ended', 'ready'));
    });
    const film = folders.write(`data/broadcasts/${ready}/final.mp4`, 'film');
    const backup = folders.gathering(['recordings']);
    await backup.gather();
    rmSync(film);
    const chunks: Uint8Array[] = [];
    for await (const chunk of backup.bytes()) chunks.push(chunk);
    const from = await folders.sealed(...chunks);
    expect(backup.removedMeanwhile).toEqual([`broadcasts/${ready}/final.mp4`]);
    const { removedMeanwhile, ended } = await returned(from);
    expect(removedMeanwhile).toEqual(backup.removedMeanwhile);
    expect(ended).toEqual({ broadcast: 1 });
  });

  test('files of elsewhere, with the place where they stood', async () => {
    await folders.make();
    const outsider = folders.write('etc/fleet.env', 'MARU_FLEET_OPTIONS=--host maru.example.com\n');
    const { dataDir, manifest } = await returned(await folders.backUp([], [outsider]));
    expect(manifest.files.find(({ from }) => from !== undefined)).toMatchObject({
      path: 'also/1-fleet.env',
      from: outsider,
    });
    expect(readFileSync(join(dataDir, 'also/1-fleet.env'), 'utf8')).toContain('maru.example.com');
  });

  test('no half of a CA: it is refused', async () => {
    await folders.make();
    rmSync(join(folders.dataDir, 'ca/ca.key.pem'));
    await expect(folders.backUp()).rejects.toMatchObject({ code: 'data-incomplete' });
  });

  test('the file as it was when it was hashed, or is refused', async () => {
    await folders.make();
    const large = folders.write('data/large.bin', Buffer.alloc(2 * 1024 * 1024, 1));
    const backup = folders.gathering();
    await backup.gather();
    folders.write(large.slice(folders.root.length), Buffer.alloc(2 * 1024 * 1024, 2));
    const reading = (async () => {
      for await (const _ of backup.bytes());
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'data-incomplete',
      message: expect.stringContaining('changed'),
    });
  });
});

describe('a return', () => {
  const laterMs = Date.now() + DAY_MS;
  async function fill(store: AuthorityStore): Promise<void> {
    await insert(store, 'room', { roomId: 'r', roomName: 'Oak', createdAtMs: 1 });
    await insert(store, 'meeting', { meetingId, roomId: 'r', title: 'M', createdAtMs: 1 });
    const account = { userName: 'u', displayName: 'U', createdAtMs: 1 };
    await insert(store, 'account', { accountId: 'a', issuer: 'local', subject: 'u', ...account });
    await insert(store, 'session', {
      sessionId: 's',
      tokenHash: 's',
      accountId: 'a',
      ...{
        method: 'password',
        authenticatedAtMs: 1,
        createdAtMs: 1,
        lastUsedAtMs: 1,
        expiresAtMs: laterMs,
        browser: '',
        network: '',
      },
    });
    for (const kind of ['phone', 'tablet', 'laptop'])
      await insert(store, 'pairing', {
        pairingId: kind,
        roomId: 'r',
        tokenHash: kind,
        ...{ kind, tabletName: kind === 'tablet' ? 'By the door' : null, createdAtMs: 1, lastUsedAtMs: 1 },
      });
    await insert(store, 'claim', { codeHash: 'c', roomId: 'r', expiresAtMs: laterMs });
    await insert(store, 'tabletCode', { codeHash: 'c', roomId: 'r', tabletName: 'x', expiresAtMs: laterMs });
    await insert(store, 'accountInvite', { codeHash: 'c', accountId: 'a', expiresAtMs: laterMs });
    await insert(store, 'viewing', { viewingId: 'v', broadcastIds: '[]', expiresAtMs: laterMs });
    await insert(store, 'mail', {
      mailId: 'm',
      kind: 'account-invite',
      ...{ sender: 'x', message: '{"text":"https://maru.example.com/…"}', createdAtMs: 1, nextTryAtMs: 1, tries: 0 },
    });
    await insert(store, 'apiToken', {
      tokenId: 't',
      tokenHash: 't',
      accountId: 'a',
      ...{
        tokenName: 'Room booking',
        permissions: '[]',
        scopeKind: 'organisation',
        scopeId: '',
        createdAtMs: 1,
        expiresAtMs: laterMs,
      },
    });
    await insert(store, 'invite', { inviteId: 'i', meetingId, createdAtMs: 1, expiresAtMs: laterMs });
    await insert(store, 'alertTarget', {
      targetId: 'w',
      kind: 'webhook',
      ...{ targetName: 'Help desk', destination: 'https://desk.example.com', atLeast: 'warning', language: 'en' },
      ...{ createdBy: 'x', createdAtMs: 1 },
    });
    const notification = {
      targetId: 'w',
      type: 'alerts.opened',
      groupKey: '',
      createdAtMs: 1,
      dueAtMs: 1,
      tries: 0,
    };
    await insert(store, 'notification', { notificationId: 'waits', ...notification });
    await insert(store, 'notification', { notificationId: 'sent', ...notification, sentAtMs: 2 });
    const action = { roomId: 'r', action: '{}', askedBy: 'x', askedAtMs: 1, endsBeforeMs: laterMs };
    await insert(store, 'roomAction', { actionId: 'runs', state: 'running', ...action });
    await insert(store, 'roomAction', { actionId: 'done', state: 'done', ...action, endedAtMs: 2 });
    await insert(store, 'certificate', { serial: '01', identity: 'room:r', issuedAtMs: 1, expiresAtMs: laterMs });
    await insert(store, 'broadcast', broadcast(ready, 'ended', 'ready'), broadcast(growing, 'live', 'growing'));
  }

  test('ends what people renew by themselves, and keeps and names what only IT could bring back', async () => {
    await folders.make(fill);
    const { dataDir, ended, goodAgain } = await returned(await folders.backUp());
    expect(ended).toEqual({
      session: 1,
      pairing: 2,
      claim: 1,
      tabletCode: 1,
      accountInvite: 1,
      viewing: 1,
      mail: 1,
      notification: 1,
      roomAction: 1,
      broadcast: 1,
    });
    expect(goodAgain).toEqual({
      rooms: 1,
      accounts: 1,
      guestLinks: 1,
      tablets: ['Oak: By the door'],
      apiTokens: ['Room booking'],
      alertTargets: ['Help desk'],
    });
    await folders.withStore(dataDir, async ({ read }) => {
      expect(await read.selectFrom('mail').select(['message', 'failure']).execute()).toEqual([
        { message: '', failure: 'returned-from-backup' },
      ]);
      const states = await read.selectFrom('broadcast').select(['broadcastId', 'recording']).execute();
      expect(new Map(states.map((row) => [row.broadcastId, row.recording]))).toEqual(
        new Map([
          [ready, 'deleted'],
          [growing, 'growing'],
        ]),
      );
      const line = await read.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
      expect(line).toMatchObject({ kind: 'backup-returned', actor: 'fleet' });
      expect(JSON.parse(line.details)).toMatchObject({ missingMinutes: 0, ...ended });
    });
  });

  test('that is strict ends tablets, tokens and links of guests as well', async () => {
    await folders.make(fill);
    const { ended, goodAgain } = await returned(await folders.backUp(), true);
    expect(ended).toMatchObject({ pairing: 3, apiToken: 1, invite: 1 });
    expect(goodAgain).toMatchObject({ rooms: 1, guestLinks: 0, tablets: [], apiTokens: [] });
  });

  test('keeps the recordings whose files came along', async () => {
    await folders.make(fill);
    folders.write(`data/broadcasts/${ready}/final.mp4`, 'film');
    const { dataDir, ended } = await returned(await folders.backUp(['recordings']));
    expect(ended.broadcast).toBeUndefined();
    expect(readFileSync(join(dataDir, 'broadcasts', ready, 'final.mp4'), 'utf8')).toBe('film');
  });

  test('of a CA whose key is another one’s is refused, and leaves nothing', async () => {
    await folders.make();
    const { keyPem } = await (await import('../devices/issuing.ts')).newAuthority();
    folders.write('data/ca/ca.key.pem', keyPem);
    const from = await folders.backUp();
    await expect(returned(from)).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining('CA'),
    });
    expect(existsSync(join(folders.root, `returned-${returns}`, 'authority.sqlite'))).toBe(false);
  });
});

describe('the list of deletions', () => {
  const list = (...erasures: object[]): string => erasures.map((each) => `${JSON.stringify(each)}\n`).join('');
  const [before, since, carried] = [
    { subject: 'meeting:before', atMs: 5 },
    { subject: 'meeting:since', atMs: 9 },
    { subject: 'account:carried', atMs: 8 },
  ];
  const lines = (dataDir: string) => readErasures(join(dataDir, ERASURES_FILE)).erasures;
  beforeEach(() => folders.make(async (store) => void (await insert(store, 'erasure', { ...before, isListed: 1 }))));

  test('is in no backup; the one in the folder and those that IT carried along are merged', async () => {
    folders.write(`data/${ERASURES_FILE}`, list(before));
    const from = await folders.backUp();
    expect(await pathsIn(from)).not.toContain(ERASURES_FILE);
    folders.write(`returned-${returns + 1}/${ERASURES_FILE}`, list(before, { ...since, atMs: 7 }));
    const elsewhere = folders.write('elsewhere.jsonl', list(since, carried));
    const { dataDir, erasedAgain } = await returned(from, false, [elsewhere]);
    expect([erasedAgain, lines(dataDir)]).toEqual([2, [before, since, carried]]);
  });

  test('that is nowhere is reported', async () => {
    const result = await returned(await folders.backUp());
    expect([result.erasedAgain, existsSync(join(result.dataDir, ERASURES_FILE))]).toEqual([null, false]);
    expect(returnReport(result.dataDir, result, Date.now(), [])).toContain('NO LIST OF DELETIONS');
  });

  test('of which a part is damaged is reported', async () => {
    const from = await folders.backUp();
    folders.write(`returned-${returns + 1}/${ERASURES_FILE}`, `${list(since)}{"subject":"meeting:lo`);
    const damaged = folders.write('damaged.jsonl', `a diary\n${list(carried)}`);
    const result = await returned(from, false, [damaged]);
    expect(returnReport(result.dataDir, result, Date.now(), [])).toContain('2 lines of the list of deletions');
    expect(lines(result.dataDir)).toEqual([since, carried]);
    const whole = await returned(from, false, [folders.write('whole.jsonl', list(carried))]);
    expect(returnReport(whole.dataDir, whole, Date.now(), [])).not.toContain('lines of the list');
  });

  test('stays as it was where the return fails, and a file that is none is refused', async () => {
    const from = await folders.backUp();
    for (const [path, content] of [
      ['none.jsonl', null],
      ['other.jsonl', 'a diary\n'],
    ] as const) {
      const elsewhere = content === null ? join(folders.root, path) : folders.write(path, content);
      folders.write(`returned-${returns + 1}/${ERASURES_FILE}`, list(since));
      await expect(returned(from, false, [elsewhere])).rejects.toMatchObject({ code: 'data-incomplete' });
      expect(lines(join(folders.root, `returned-${returns}`))).toEqual([since]);
    }
    folders.write(`returned-${returns + 1}/${ERASURES_FILE}`, list(since));
    await expect(returned(folders.write('no-backup', 'words'))).rejects.toMatchObject({ code: 'not-a-backup' });
    expect(lines(join(folders.root, `returned-${returns}`))).toEqual([since]);
  });
});
