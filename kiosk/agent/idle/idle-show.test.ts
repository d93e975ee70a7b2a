/** Pictures of the idle TV: fetched once, kept over a restart and without the fleet, whole or not shown. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import { idleSettings } from '#contract/settings/idle-settings.ts';
import { IdleShow } from './idle-show.ts';

const pictures = ['one', 'two'].map((text) => Buffer.from(text));
const [one, two] = pictures.map((file) => createHash('sha256').update(file).digest('hex')) as [string, string];
let dataDir: string;
let atFleet: Map<string, Buffer>;
let isFleetThere: boolean;
let fetched: string[];
let show: IdleShow;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-idle-'));
  atFleet = new Map([
    [one, pictures[0]!],
    [two, pictures[1]!],
  ]);
  isFleetThere = true;
  fetched = [];
});
afterEach(() => {
  show.stop();
  rmSync(dataDir, { recursive: true });
});

const valuesOf = (over: object) => idleSettings.schema.parse(over);
function start(over: object): void {
  show = new IdleShow(
    {
      dataDir,
      fetchPicture: async (key) => {
        fetched.push(key);
        if (!isFleetThere) throw new OperationalError('room-not-answering', 'nobody there');
        const file = atFleet.get(key);
        if (!file) throw new ProtocolError('not-found', 'no such picture');
        return file;
      },
      onChange: () => {},
      logger: pino({ level: 'silent' }),
      pauses: { firstMs: 10, longestMs: 20 },
    },
    valuesOf(over),
  );
  show.start();
}
const files = () => readdirSync(join(dataDir, 'signage')).sort();

test('each picture is fetched once, also over a restart without the fleet', async () => {
  start({ signage: [two, one] });
  await expect.poll(() => show.frame.pictures).toEqual([two, one]);
  show.apply(valuesOf({ signage: [one, two], signageSeconds: 30 }));
  expect(show.frame).toMatchObject({ pictures: [one, two], secondsEach: 30 });
  show.stop();
  isFleetThere = false;
  start({ signage: [one, two] });
  expect(show.frame.pictures).toEqual([one, two]);
  expect(fetched).toEqual([two, one]);
});

test('the fleet comes back: what is missing is fetched then, and by itself after a while', async () => {
  isFleetThere = false;
  start({ signage: [one] });
  await expect.poll(() => fetched.length).toBeGreaterThan(2);
  expect(show.frame.pictures).toEqual([]);
  isFleetThere = true;
  await expect.poll(() => show.frame.pictures).toEqual([one]);
});

test('a picture that is another, that the fleet has no more, or that a power cut left half is not shown', async () => {
  const third = 'f'.repeat(64);
  atFleet.set(two, Buffer.from('not two'));
  start({ signage: [third, two, one] });
  await expect.poll(() => show.frame.pictures).toEqual([one]);
  expect(files()).toEqual([`${one}.webp`]);
  show.stop();
  writeFileSync(join(dataDir, 'signage', `${one}.webp`), 'on');
  writeFileSync(join(dataDir, 'signage', `${two}.webp.new`), 'tw');
  isFleetThere = false;
  start({ signage: [one] });
  expect(show.frame.pictures).toEqual([]);
  expect(files()).toEqual([]);
});

test('what no setting names any more is deleted; the notice has its end', async () => {
  start({ signage: [one], noticeText: 'Fire drill at 3', noticeTone: 'warning', noticeUntilMs: 9_000 });
  await expect.poll(() => show.frame.pictures).toEqual([one]);
  expect(show.frame.notice).toEqual({ text: 'Fire drill at 3', tone: 'warning', untilMs: 9_000 });
  show.apply(valuesOf({}));
  expect(show.frame).toEqual({ notice: null, pictures: [], secondsEach: 15 });
  expect(files()).toEqual([]);
});
