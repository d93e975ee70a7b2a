/** Where each line leads on which a summary may rest: to the very line of the agenda, the polls or the minutes, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineKey, lineKeyOf, markdownBlocks } from '#contract/minutes-markdown.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { Notes } from '../../notes/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../../store/index.ts';
import { writeMinutes } from '../minutes/write-minutes.ts';
import { summarySources } from './summary-sources.ts';

const from = new Date(2027, 0, 5, 14).getTime();
let dataDir: string;
let store: AuthorityStore;
const [meetingId, callId, pollId] = [newId(), newId(), newId()];
const logger = pino({ level: 'silent' });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-sources-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const call = { callId, meetingId, nodeId: 'n', nodeInstanceId: 'i', state: 'ended' as const, participantCount: 0 };
  const times = { createdAtMs: from, openedAtMs: from, endedAtMs: from + 9, endReason: null, callOrder: null };
  const poll = JSON.stringify(pollUnderTest({ pollId, question: 'Where [next]?', startedAtMs: from + 5 }));
  await store.write(async (trx) => {
    const meeting = { meetingId, title: 'Plans', createdAtMs: 1, agenda: '매출 *보고*\n1. 채용' };
    await trx.insertInto('meeting').values(meeting).execute();
    await trx
      .insertInto('call')
      .values({ ...call, ...times })
      .execute();
    await trx
      .insertInto('poll')
      .values({ callId, meetingId, pollId, startedAtMs: from + 5, poll })
      .execute();
  });
  const notes = new Notes({ store, logger });
  await notes.append(meetingId, newId(), { kind: 'note', text: '# not a heading' });
  await notes.append(meetingId, newId(), { kind: 'decision', text: 'We *move* in May' });
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Rent a hall', person: '이준', dueOn: '2027-02-01' });
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Ask', person: null, dueOn: null });
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

/** What the page shows of Markdown, by the key that each line has there. */
function shownLines(markdown: string): Map<string, string> {
  const pieces = markdownBlocks(markdown).flatMap((block) =>
    block.kind === 'list' ? block.items.map((item) => item.pieces) : [block.pieces],
  );
  return new Map(pieces.map((each) => [lineKeyOf(each), each.map(({ text }) => text).join('')]));
}

test.each(['en', 'ko'] as const)('each leads to a line that the meeting’s page has, in %s', async (language) => {
  const sitting = { meetingId, startedAtMs: from, endedAtMs: from + 9, language };
  const written = await writeMinutes(
    store.read,
    { ...sitting, callIds: [callId], fleetUrl: 'https://maru.example' },
    logger,
  );
  const lines = shownLines(written.text);
  const read = await Promise.all(summarySources.map((source) => source.read(store.read, sitting)));
  const led = read
    .flat()
    .filter(({ text }) => text !== '')
    .map(({ place, text }) => {
      const [part, key] = [place.slice(0, place.indexOf('-')), place.slice(place.indexOf('-') + 1)];
      return [text, part, part === 'polls' ? key : lines.get(key)];
    });
  const task = language === 'en' ? 'Rent a hall (이준, by 2027-02-01)' : 'Rent a hall (이준, 2027-02-01까지)';
  expect(led).toEqual([
    ['매출 *보고*', 'agenda', '매출 *보고*'],
    ['1. 채용', 'agenda', '1. 채용'],
    ['- We *move* in May', 'minutes', 'We *move* in May'],
    [`- [ ] ${task}`, 'minutes', task],
    ['- [ ] Ask', 'minutes', 'Ask'],
    ['# not a heading', 'notes', '# not a heading'],
    ['Where [next]?: Here 0, There 0', 'polls', pollId],
  ]);
});

test('a line is the same wherever it stands, and another one is another', () => {
  expect(lineKey('We move in May')).toMatch(/^[0-9a-f]{8}$/);
  expect(lineKey(' We  move in May')).toBe(lineKey('We move in May'));
  expect(lineKey('We move in May.')).not.toBe(lineKey('We move in May'));
});
