/** Summaries on a real store. The engine is a stub: a server of this test, as bad as an engine can be; no real one is asked. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../../store/index.ts';
import { Summaries } from './summaries.ts';
import { SummarySettings } from './summary-settings.ts';

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

const TEXT = '# Minutes: Plans\n\n- When: today\n\n## Attendees\n\n- Mina\n';
const from = new Date(2027, 0, 5, 14).getTime();
let dataDir: string;
let store: AuthorityStore;
let server: Server;
let elsewhere: Server;
let respond: Respond;
let asked: { url: string; authorization: string | undefined; body: string }[] = [];
let askedElsewhere = 0;
let logged: { reason?: string }[] = [];
let written: string[] = [];
let meetingId: string;
let minutesId: string;
let messageId: string;
let segmentId: string;

const portOf = (of: Server): number => (of.address() as AddressInfo).port;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-summaries-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      asked.push({ url: request.url!, authorization: request.headers.authorization, body });
      respond(response, request);
    });
  });
  elsewhere = createServer((_request, response) => {
    askedElsewhere += 1;
    response.end();
  });
  for (const each of [server, elsewhere]) {
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
  }
});
afterAll(async () => {
  for (const each of [server, elsewhere]) {
    each.closeAllConnections();
    each.close();
  }
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(async () => {
  [asked, logged, written] = [[], [], []];
  askedElsewhere = 0;
  [meetingId, minutesId, messageId, segmentId] = [newId(), newId(), newId(), newId()];
  await store.write(async (trx) => {
    const meeting = { meetingId, title: 'Plans', createdAtMs: 1, agenda: 'Budget\nHiring' };
    await trx.insertInto('meeting').values(meeting).execute();
    const post = { meetingId, messageId, number: 0, revision: 1, callId: null, person: 'p', displayName: 'Mina' };
    const more = { isGuest: 0 as const, atMs: from + 1, recalledAtMs: null, replyTo: null, mentioned: '[]' };
    await trx
      .insertInto('chatPost')
      .values([
        { ...post, ...more, text: 'The budget is approved' },
        { ...post, ...more, messageId: newId(), number: 1, text: '', recalledAtMs: from + 2 },
        { ...post, ...more, messageId: newId(), number: 2, text: 'of another day', atMs: from - 1 },
      ])
      .execute();
    const call = { callId: newId(), meetingId, nodeId: 'n', nodeInstanceId: 'i', state: 'ended' as const };
    const ended = {
      participantCount: 0,
      createdAtMs: 1,
      openedAtMs: 1,
      endedAtMs: 9,
      endReason: null,
      callOrder: null,
    };
    await trx
      .insertInto('call')
      .values({ ...call, ...ended })
      .execute();
    const spoken = { callId: call.callId, meetingId, person: 'p', displayName: 'Joon', revision: 1 };
    await trx
      .insertInto('transcript')
      .values([
        {
          ...spoken,
          segmentId,
          number: 0,
          text: 'Hiring can wait',
          fromMs: from + 5,
          untilMs: from + 6,
          deletedAtMs: null,
        },
        { ...spoken, segmentId: newId(), number: 1, text: '', fromMs: from + 7, untilMs: from + 8, deletedAtMs: 9 },
      ])
      .execute();
    const row = { minutesId, meetingId, startedAtMs: from, endedAtMs: from + 60_000, language: 'en' as const };
    await trx
      .insertInto('minutes')
      .values({
        ...row,
        facts: '{"title":"Plans","sections":{"people":[]}}',
        text: TEXT,
        sentAtMs: null,
        summaryDue: 1,
      })
      .execute();
  });
});

function newSummaries(of: object = {}): Summaries {
  const url = `http://127.0.0.1:${portOf(server)}/llm/`;
  return new Summaries({
    store,
    settings: SummarySettings.parse({ url, model: 'tiny', key: 's3cret', timeoutSeconds: 30, ...of }),
    fleetUrl: 'https://maru.example',
    onWritten: (of) => void written.push(of),
    logger: { error: (about: object) => void logged.push(about) },
  });
}
const kept = () =>
  store.read.selectFrom('minutes').selectAll().where('minutesId', '=', minutesId).executeTakeFirstOrThrow();
const completion = (content: string): string => JSON.stringify({ choices: [{ message: { content } }] });
const says =
  (content: string): Respond =>
  (response) =>
    void response.setHeader('content-type', 'application/json').end(completion(content));
const GOOD = JSON.stringify({
  sentences: [
    { text: 'The budget was approved.', places: ['c1'] },
    { text: 'Hiring waits.', places: ['s1'] },
    { text: 'Made up.', places: ['c7'] },
  ],
});

test('is added to the draft, with links to what it rests on', async () => {
  respond = says(`\`\`\`json\n${GOOD}\n\`\`\``);
  await newSummaries().writeDue();
  const row = await kept();
  expect(row.text).toContain(
    '## Summary\n\nWritten by a machine. The links lead to what each sentence rests on: check it there.\n\n' +
      `- The budget was approved. [Chat 14:00](https://maru.example/staff#/meetings/${meetingId}/at/chat-${messageId})\n- Hiring waits. [Transcript 14:00](https://maru.example/staff#/meetings/${meetingId}/at/transcript-${segmentId})\n\n## Attendees`,
  );
  expect(row.text).not.toContain('Made up');
  expect(row).toMatchObject({ revision: 2, summaryDue: 0 });
  expect(JSON.parse(row.facts)).toMatchObject({ title: 'Plans', sections: { people: [], summary: [{}, {}] } });
  expect(written).toEqual([meetingId]);
  expect(asked).toMatchObject([{ url: '/llm/v1/chat/completions', authorization: 'Bearer s3cret' }]);
  const { messages, model } = JSON.parse(asked[0]!.body);
  expect(model).toBe('tiny');
  expect(messages[1].content).toBe(
    '[a1] Budget\n[a2] Hiring\n[c1] 14:00 Mina: The budget is approved\n[s1] 14:00 Joon: Hiring can wait',
  );
  await newSummaries().writeDue();
  expect(asked).toHaveLength(1);
});

const endless: Respond = (response) => {
  response.setHeader('content-type', 'application/json');
  const part = Buffer.alloc(256 * 1024, 'x');
  let sentBytes = 0;
  const more = (): void => {
    while (!response.destroyed && sentBytes < 100 * 1024 * 1024) {
      sentBytes += part.length;
      if (!response.write(part)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
};
const hang: Respond = () => {};
const hangInside: Respond = (response) => void response.write('{"choices":');
const HANGS = new Set([hang, hangInside]);
test.each<[string, Respond, RegExp]>([
  ['hangs', hang, /^no answer in time$/],
  ['sends a part and hangs', hangInside, /^no answer in time$/],
  [
    'answers HTML',
    (response) => void response.setHeader('content-type', 'text/html').end('<html>'),
    /no answer of JSON/,
  ],
  ['answers nothing', (response) => void response.end(), /no answer of JSON/],
  ['ends the connection', (response) => void response.destroy(), /UND_ERR_SOCKET|ECONNRESET/],
  ['answers 100 MB', endless, /too long an answer/],
  ['is broken', (response) => void response.writeHead(500).end('s3cret'), /^HTTP 500$/],
  ['refuses the key', (response) => void response.writeHead(401).end('s3cret'), /^HTTP 401$/],
  [
    'redirects elsewhere',
    (response) => void response.writeHead(307, { location: `http://127.0.0.1:${portOf(elsewhere)}/` }).end(),
    /redirects/,
  ],
  ['talks', says('Sure, here is a summary of budget matters!'), /no answer of JSON/],
  ['lies about its places', says('{"sentences":[{"text":"Lie","places":["c99"]}]}'), /no sentence/],
  ['names none', says('{"sentences":[]}'), /no sentence/],
])(
  'an engine that %s: the minutes stay without a summary, with one line in the log, and are not tried again',
  async (_, bad, why) => {
    respond = bad;
    // a busy machine is slow, and none of them is waited for longer than that
    await newSummaries({ timeoutSeconds: HANGS.has(bad) ? 1 : 30 }).writeDue();
    expect(await kept()).toMatchObject({ text: TEXT, revision: 1, summaryDue: 0 });
    expect(logged).toMatchObject([{ minutesId, reason: expect.stringMatching(why) }]);
    expect(JSON.stringify(logged)).not.toMatch(/s3cret|budget/i);
    expect([written, askedElsewhere]).toEqual([[], 0]);
    await newSummaries().writeDue();
    expect(asked).toHaveLength(1);
  },
  40_000,
);

test('a draft that somebody changed, sent or deleted meanwhile stays as it is; writes go on while the engine thinks', async () => {
  const meanwhile: (() => Promise<unknown>)[] = [
    () =>
      store.write((trx) =>
        trx.updateTable('minutes').set({ text: 'mine', revision: 2 }).where('minutesId', '=', minutesId).execute(),
      ),
    () =>
      store.write((trx) =>
        trx.updateTable('minutes').set({ sentAtMs: 1 }).where('minutesId', '=', minutesId).execute(),
      ),
    () => store.write((trx) => trx.deleteFrom('minutes').where('minutesId', '=', minutesId).execute()),
  ];
  const outcomes: unknown[] = [];
  for (const act of meanwhile) {
    await store.write((trx) =>
      trx
        .updateTable('minutes')
        .set({ text: TEXT, revision: 1, sentAtMs: null, summaryDue: 1 })
        .where('minutesId', '=', minutesId)
        .execute(),
    );
    respond = (response, request) => void act().then(() => says(GOOD)(response, request));
    await newSummaries().writeDue();
    outcomes.push(await store.read.selectFrom('minutes').select('text').where('minutesId', '=', minutesId).execute());
  }
  expect(outcomes).toEqual([[{ text: 'mine' }], [{ text: TEXT }], []]);
  expect([logged, written]).toEqual([[], []]);
});

test('a server that ends meanwhile asks again after its next start', async () => {
  respond = () => summaries.stop();
  const summaries = newSummaries({ timeoutSeconds: 60 });
  await summaries.writeDue();
  expect(await kept()).toMatchObject({ text: TEXT, summaryDue: 1 });
  expect(logged).toEqual([]);
  respond = says(GOOD);
  await newSummaries().writeDue();
  expect((await kept()).text).toContain('## Summary');
});

test('of a meeting that left no words nothing is asked', async () => {
  await store.write(async (trx) => {
    for (const table of ['chatPost', 'transcript'] as const)
      await trx.deleteFrom(table).where('meetingId', '=', meetingId).execute();
    await trx.updateTable('meeting').set({ agenda: '' }).where('meetingId', '=', meetingId).execute();
  });
  await newSummaries().writeDue();
  expect(asked).toEqual([]);
  expect(await kept()).toMatchObject({ text: TEXT, summaryDue: 0 });
});
