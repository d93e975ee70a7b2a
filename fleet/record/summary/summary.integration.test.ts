/** A summary at the real fleet server with a media node by hand. The engine is a stub of this test; no real one is asked. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineKey } from '#contract/minutes-markdown.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest } from '../../fleet-under-test.ts';
import { Accounts } from '../../people/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../../store/index.ts';

const MINUTE_MS = 60_000;
/** the server looks each half minute */
const LOOKED_WITHIN_MS = 90_000;
const directory = mkdtempSync(join(tmpdir(), 'maru-summary-'));
let engine: Server;
const asked: string[] = [];
let fleet: FleetUnderTest;
let store: AuthorityStore;
let cookie: string;

beforeAll(async () => {
  engine = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      asked.push(`${request.url} ${request.headers.authorization} ${body}`);
      const content = JSON.stringify({ sentences: [{ text: '가격표를 검토했습니다.', places: ['a1'] }] });
      response.end(JSON.stringify({ choices: [{ message: { content } }] }));
    });
  });
  engine.listen(0, '127.0.0.1');
  await once(engine, 'listening');
  const config = join(directory, 'summary.json');
  const url = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
  writeFileSync(config, JSON.stringify({ url, model: 'tiny', key: 's3cret' }), { mode: 0o600 });
  fleet = new FleetUnderTest('--summary-config', config);
  await fleet.start();
  store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const [userName, password] = [`u${randomUUID()}`, randomUUID()];
  const grants = [{ role: 'member' as const, scope: { kind: 'organisation' as const } }];
  const account = { userName, displayName: 'Mina Kim', password, grants, mustChangePassword: false };
  await new Accounts({ store }).create(account);
  cookie = (await fleet.signIn(userName, password)).cookie;
});
afterAll(async () => {
  engine.closeAllConnections();
  engine.close();
  await store.stop();
  await fleet.stop();
  rmSync(directory, { recursive: true });
});
const ask = (method: string, path: string, body?: object) => fleet.api(method, `/api/v1/meetings${path}`, body, cookie);

test(
  'the draft gets its summary, and the key is in no log',
  async () => {
    const draft = {
      title: '분기 결산',
      startsAtMs: null,
      durationMinutes: 30,
      people: [],
      roomIds: [],
      agenda: '가격표',
    };
    const { meetingId } = (await ask('POST', '', draft)).body.meeting;
    const { callId, peerId } = (await ask('POST', `/${meetingId}/entries`, {})).body.grant;
    const atMs = Date.now() - 10 * MINUTE_MS;
    const joined = {
      name: 'participant-joined',
      peerId,
      peerKind: 'person',
      displayName: 'Mina Kim',
      participantCount: 1,
    };
    const events = [
      { name: 'call-opened', atMs },
      { ...joined, atMs },
      { name: 'call-ended', reason: 'empty', atMs: atMs + 5 * MINUTE_MS },
    ].map((each) => ({ eventId: newId(), callId, meetingId, ...each }));
    await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
    const callRow = () => store.read.selectFrom('call').select('endedAtMs').where('callId', '=', callId).execute();
    await expect.poll(callRow).toMatchObject([{ endedAtMs: expect.any(Number) }]);
    // as if it had been over for a while
    const endedAtMs = atMs + 5 * MINUTE_MS;
    await store.write((trx) => trx.updateTable('call').set({ endedAtMs }).where('callId', '=', callId).execute());
    const minutes = async () => (await ask('GET', `/${meetingId}/minutes`)).body.minutes[0];
    await expect.poll(minutes, { timeout: LOOKED_WITHIN_MS }).toMatchObject({ revision: 2, sentAtMs: null });
    expect((await minutes()).text).toContain(
      `- 가격표를 검토했습니다. [안건](${fleet.ready.fleetUrl}/staff#/meetings/${meetingId}/at/agenda-${lineKey('가격표')})`,
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('/v1/chat/completions Bearer s3cret');
    expect(fleet.log).not.toContain('s3cret');
  },
  2 * LOOKED_WITHIN_MS,
);
