/** Captions of a recording, made from a real store: their times are those of the picture, and a hold has none. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { emptied } from '../store/emptied-under-test.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { deleteTranscript, forgetInTranscript } from '../transcript/index.ts';
import { captionedIn, captionsVtt, hiddenSpans, KeptCaptions, recordedRuns } from './broadcast-captions.ts';
import { broadcastIn, insertBroadcast, insertChapter, MOST_CHAPTERS, updateBroadcast } from './broadcast-rows.ts';

const LIVE_MS = Date.parse('2027-01-05T05:00:00.000Z');
let dataDir: string;
let store: AuthorityStore;
let meetingId: string;
let callId: string;
let broadcastId: string;
let number: number;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-captions-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  await emptied(store);
  [meetingId, callId, number] = [newId(), newId(), 0];
  const times = { createdAtMs: 1, openedAtMs: 1, endedAtMs: 2, endReason: null, callOrder: null };
  const call = { callId, meetingId, nodeId: 'n', nodeInstanceId: 'i', state: 'ended' as const, participantCount: 0 };
  ({ broadcastId } = await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 1, roomId: null }).execute();
    await trx
      .insertInto('call')
      .values({ ...call, ...times })
      .execute();
    const made = await insertBroadcast(trx, { meetingId, kind: 'broadcast', createdBy: 'test' });
    const onAir = { phase: 'ended' as const, liveAtMs: LIVE_MS, endedAtMs: LIVE_MS + 3_600_000 };
    await updateBroadcast(trx, made.broadcastId, { ...onAir, recording: 'ready' });
    return made;
  }));
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

/** @param fromS, untilS since it is live, by the node's clock */
async function spoken(
  text: string,
  fromS: number,
  untilS = fromS + 2,
  displayName = 'Mina',
  offMs: number | null = 0,
): Promise<void> {
  number += 1;
  const row = { callId, segmentId: newId(), meetingId, number, revision: number, person: 'account:mina', text };
  const times = { fromMs: LIVE_MS + fromS * 1_000, untilMs: LIVE_MS + untilS * 1_000, offMs, deletedAtMs: null };
  await store.write((trx) =>
    trx
      .insertInto('transcript')
      .values({ ...row, displayName, ...times })
      .execute(),
  );
}
const chapter = (kind: 'start' | 'hold' | 'page', atS: number) =>
  store.write((trx) => insertChapter(trx, broadcastId, { atMs: atS * 1_000, kind, title: '' }));
/** Of a recording whose first picture came so long after its row says it is live. */
const recordedFrom = (afterMs: number, seconds = 3_600) => ({
  segments: Array.from({ length: seconds / 2 }, (_, n): [number, number, number, number] => [
    ...([n, n * 2, 2] as const),
    LIVE_MS + afterMs + n * 2_000,
  ]),
});
const vtt = async (recorded: Parameters<typeof captionsVtt>[2] = recordedFrom(0)): Promise<string> =>
  captionsVtt(store.read, (await broadcastIn(store.read, broadcastId))!, recorded);
/** Each cue's times and payload, without its id. */
const cuesIn = (text: string): string[] =>
  text
    .split('\n\n')
    .slice(1)
    .map((cue) => cue.split('\n').slice(1).join(' ').trim());

/** As ffmpeg reads the file: what a player shows from when to when. */
function readByFfmpeg(text: string): { fromS: number; lastsS: number; words: string }[] {
  const path = join(dataDir, 'captions.vtt');
  writeFileSync(path, text);
  const srt = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'srt', '-'])
    .toString()
    .replaceAll(String.fromCharCode(13), '');
  const secondsOf = (time: string): number => {
    const [hours, minutes, seconds] = time.replace(',', '.').split(':').map(Number) as [number, number, number];
    return hours * 3_600 + minutes * 60 + seconds;
  };
  return srt
    .split('\n\n')
    .filter((cue) => cue.includes(' --> '))
    .map((cue) => {
      const [, times, ...words] = cue.split('\n') as [string, string, ...string[]];
      const [fromS, untilS] = times.split(' --> ').map(secondsOf) as [number, number];
      return { fromS, lastsS: Number((untilS - fromS).toFixed(3)), words: words.join('\n') };
    });
}

test('what was spoken stands where the recording has it, with who spoke', async () => {
  await spoken('Before it is live', -3);
  await spoken('Good morning', 5);
  await spoken('다음 안건입니다', 3_590, 3_600, '김하늘');
  await spoken('Thank you all, and now among ourselves', 3_598, 3_620);
  await spoken('After its end', 3_605);
  // the packager began to record 400 ms after the fleet server had decided so
  expect(cuesIn(await vtt(recordedFrom(400)))).toEqual([
    '00:00:04.600 --> 00:00:06.600 <v Mina>Good morning',
    '00:59:49.600 --> 00:59:59.600 <v 김하늘>다음 안건입니다',
  ]);
  expect(cuesIn(await vtt(null))[0]).toBe('00:00:05.000 --> 00:00:07.000 <v Mina>Good morning');
});

test('no word and no name is anything but text, in the eyes of ffmpeg too', async () => {
  await spoken('a < b --> c & <i>d</i>', 10, 12, '<v Joon> & "co"');
  await spoken('one\n\n00:00:01.000 --> 00:00:09.000\nSTYLE', 20, 22, 'WEBVTT\n\nNOTE');
  await spoken('\u202egnp.exe\u202c and on', 30, 32, '\u2067Mina');
  await spoken('{\\an8}', 40, 40.1, '');
  const text = await vtt();
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  expect(text.match(/-->/g)).toHaveLength(4);
  expect(readByFfmpeg(text)).toEqual([
    // ffmpeg writes signs that are escaped in a name in front of the words
    { fromS: 10, lastsS: 2, words: expect.stringMatching(/a < b --> c & <i>d<\/i>$/) },
    { fromS: 20, lastsS: 2, words: 'one 00:00:01.000 --> 00:00:09.000 STYLE' },
    { fromS: 30, lastsS: 2, words: 'gnp.exe and on' },
    { fromS: 40, lastsS: 0.5, words: expect.stringContaining('an8') },
  ]);
});

test('nothing of what is spoken behind a card, also where it begins before it or ends after it', async () => {
  await chapter('start', 0);
  await spoken('On air', 2);
  await spoken('Into the hold', 8, 12);
  await chapter('hold', 10);
  await spoken('Behind the card', 15);
  await chapter('page', 16);
  await spoken('Out of the hold', 19, 21);
  await chapter('start', 20);
  await spoken('On air again', 22);
  await chapter('hold', 30);
  await spoken('Never resumed', 35);
  const words = cuesIn(await vtt()).map((cue) => cue.split('>').at(-1));
  expect(words).toEqual(['On air', 'On air again']);
});

test('near a card, or before it is live, nothing by a clock that was not measured, or not well', async () => {
  await chapter('hold', 30);
  await chapter('start', 50);
  await spoken('Maybe before it is live', 4, 5, 'Mina', null);
  await spoken('On air', 6, 7, 'Mina', null);
  await spoken('Maybe into the hold', 22, 26, 'Mina', null);
  await spoken('Surely before the hold', 22, 26, 'Mina', 3_900);
  await spoken('Maybe behind the card', 53, 54, 'Mina', 4_000);
  await spoken('On air again', 56, 57, 'Mina', null);
  const words = cuesIn(await vtt()).map((cue) => cue.split('>').at(-1));
  expect(words).toEqual(['On air', 'Surely before the hold', 'On air again']);
});

test('are made once for all who ask, and anew after each change: words, deletions, holds, the recording', async () => {
  const kept = new KeptCaptions();
  const readOnce = vi.spyOn(store.read, 'selectFrom');
  const madeCount = () => readOnce.mock.results.filter(({ value }) => isOfTexts(value)).length;
  const isOfTexts = (query: { compile: () => { sql: string } }): boolean => query.compile().sql.includes('transcript');
  const ask = async (recorded = recordedFrom(0)) =>
    cuesIn(await kept.of(store.read, (await broadcastIn(store.read, broadcastId))!, recorded)).map((cue) =>
      cue.split('>').at(-1),
    );
  await spoken('One', 2);
  await spoken('Two', 5);
  expect(await ask()).toEqual(['One', 'Two']);
  const before = madeCount();
  await Promise.all([ask(), ask(), ask()]);
  // each asks whether anything has changed, and nothing more
  expect(madeCount()).toBe(before + 3);
  await spoken('Three', 8);
  expect(await ask()).toEqual(['One', 'Two', 'Three']);
  await chapter('hold', 4);
  await chapter('start', 7);
  expect(await ask(recordedFrom(7_000))).toEqual(['Three']);
  expect(await ask()).toEqual(['One', 'Three']);
  // what is gone leaves the newest as it is
  await store.write((trx) => deleteTranscript(trx, meetingId, LIVE_MS + 5_000));
  expect(await ask()).toEqual(['Three']);
  await store.write((trx) => forgetInTranscript(trx, 'mina'));
  expect(await ask()).toEqual([]);
});

test('where no more chapters are kept, nobody knows what is behind a card: nothing more is shown', () => {
  const page = (atMs: number) => ({ atMs, kind: 'page' as const, title: '' });
  const full = Array.from({ length: MOST_CHAPTERS }, (_, n) => page(n * 10));
  expect(hiddenSpans(1_000, full)).toEqual([
    { fromMs: 1_000 + (MOST_CHAPTERS - 1) * 10, untilMs: Number.POSITIVE_INFINITY },
  ]);
  expect(hiddenSpans(1_000, full.slice(1))).toEqual([]);
});

test('a recording with a hole, a late start or a jump of its clock is one in which each stretch has its own times', async () => {
  const recorded = {
    segments: [
      [3, 6, 2, LIVE_MS + 6_000],
      // the disk was full in between: the hole is in the recording's time too
      [6, 12, 2, LIVE_MS + 12_000],
      // the packager was away for longer than it makes up for
      [7, 14, 2, LIVE_MS + 700_000],
      [8, 16, 1.5, LIVE_MS + 702_000.0004],
    ] as [number, number, number, number][],
  };
  expect(recordedRuns(recorded)).toEqual([
    { fromMs: LIVE_MS + 6_000, untilMs: LIVE_MS + 14_000, atMs: 0 },
    { fromMs: LIVE_MS + 700_000, untilMs: LIVE_MS + 703_500.0004, atMs: 8_000 },
  ]);
  await spoken('Before it', 1);
  await spoken('At its start', 5, 7);
  await spoken('While it was away', 300);
  await spoken('When it was back', 701);
  expect(cuesIn(await vtt(recorded))).toEqual([
    '00:00:00.000 --> 00:00:01.000 <v Mina>At its start',
    '00:00:09.000 --> 00:00:11.000 <v Mina>When it was back',
  ]);
});

test('what is deleted of the transcript is gone here: a person’s words, and all of it', async () => {
  const has = async () => [
    (await captionedIn(store.read)).has(broadcastId),
    (await captionedIn(store.read, broadcastId)).has(broadcastId),
  ];
  expect(await has()).toEqual([false, false]);
  await spoken('Good morning', 5);
  expect(await has()).toEqual([true, true]);
  await store.write((trx) => forgetInTranscript(trx, 'mina'));
  expect([await has(), await vtt()]).toEqual([[false, false], 'WEBVTT\n']);
  await spoken('And again', 6);
  await spoken('Long after its end', 4_000);
  expect(await has()).toEqual([true, true]);
  await store.write((trx) => deleteTranscript(trx, meetingId, LIVE_MS + 60_000));
  expect([await has(), await vtt()]).toEqual([[false, false], 'WEBVTT\n']);
});

test('nothing of one that is not on air yet, and of one whose recording is deleted', async () => {
  await spoken('Good morning', 5);
  const set = (change: Parameters<typeof updateBroadcast>[2]) =>
    store.write((trx) => updateBroadcast(trx, broadcastId, change));
  await set({ recording: 'deleted' });
  expect((await captionedIn(store.read)).size).toBe(0);
  for (const phase of ['planned', 'green-room', 'countdown', 'cancelled'] as const) {
    await set({ phase, endedAtMs: null });
    expect((await captionedIn(store.read)).size).toBe(0);
    await expect(vtt(null)).rejects.toMatchObject({ code: 'not-found' });
  }
  await set({ phase: 'live' });
  expect((await captionedIn(store.read)).size).toBe(1);
});
