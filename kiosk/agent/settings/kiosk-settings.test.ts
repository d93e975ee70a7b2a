/** Defaults, then the fleet, then the file: what is in force, what is refused and why, and what a restart knows. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt, importJWK } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { RoomSettingsReport } from '#contract/settings/room-settings.ts';
import { KioskSettings } from './kiosk-settings.ts';

const ROOM = '0193a0b0-0000-7000-8000-000000000030';
const hours = { fromMinuteOfDay: 480, toMinuteOfDay: 1200, days: ['mon'] };
const caldav = { kind: 'caldav', url: 'https://cal.example/a/', userName: 'room-a' };
let dataDir: string;
let reports: RoomSettingsReport[];
let lines: string[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-kiosk-settings-'));
  reports = [];
  lines = [];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function started(): Promise<KioskSettings> {
  const settings = new KioskSettings({
    dataDir,
    roomId: ROOM,
    publish: (report) => reports.push(RoomSettingsReport.parse(JSON.parse(JSON.stringify(report)))),
    logger: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
  });
  await settings.start();
  return settings;
}
const onTheBox = (sections: object) => writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(sections));
let revision = 0;
async function desire(settings: KioskSettings, values: object, secrets: object = {}): Promise<RoomSettingsReport> {
  const before = reports.length;
  revision += 1;
  settings.receive({ protocol: PROTOCOL_VERSION, revision, values, secrets } as never);
  await expect.poll(() => reports.length).toBe(before + 1);
  return reports.at(-1)!;
}
async function sealed(place: object = {}, key = reports.at(-1)!.key): Promise<string> {
  const plain = { roomId: ROOM, section: 'calendar', field: 'password', value: 'open sesame', ...place };
  return new CompactEncrypt(Buffer.from(JSON.stringify(plain)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(await importJWK(key, 'ECDH-ES'));
}

describe('what is in force', () => {
  test('the default, then what the fleet desires, at once and only where it is another', async () => {
    const settings = await started();
    const applied: unknown[] = [];
    settings.onChange('tv', (values) => applied.push(values));
    settings.onChange('screen', ({ language }) => applied.push(language));
    expect(settings.value('tv')).toMatchObject({ offAfterIdleMinutes: 15, hours: null });
    expect(await desire(settings, { tv: { hours } })).toMatchObject({ revision, local: {}, refused: [] });
    expect(settings.value('tv')).toMatchObject({ offAfterIdleMinutes: 15, hours });
    await desire(settings, { tv: { hours }, screen: { language: 'ko' } });
    await desire(settings, {});
    expect(settings.value('tv').hours).toBeNull();
    expect(applied).toEqual([expect.objectContaining({ hours }), 'ko', 'en', expect.objectContaining({ hours: null })]);
  });

  test('the file on the box stands above the fleet, field by field, and the report names its fields', async () => {
    onTheBox({ tv: { adapter: '/dev/cec1' } });
    const settings = await started();
    const report = await desire(settings, { tv: { adapter: 'none', offAfterIdleMinutes: 5 } });
    expect(settings.value('tv')).toMatchObject({ adapter: '/dev/cec1', offAfterIdleMinutes: 5 });
    expect(report.local).toEqual({ tv: ['adapter'] });
  });

  test('after a start without the fleet: what was last good', async () => {
    await desire(await started(), { tv: { hours }, calendar: caldav });
    const again = await started();
    expect(again.value('tv').hours).toEqual(hours);
    expect(again.value('calendar').kind).toBe('none');
    again.onFleet(true);
    expect(reports).toHaveLength(1);
  });

  test('the report is published again when the broker is back', async () => {
    const settings = await started();
    await desire(settings, {});
    settings.onFleet(false);
    settings.onFleet(true);
    expect(reports).toEqual([reports[0], reports[0]]);
  });
});

describe('what is refused', () => {
  test('one section alone, with the reason; it stays as it last was good, after a restart too', async () => {
    const settings = await started();
    await desire(settings, { tv: { offAfterIdleMinutes: 5 } });
    const { refused } = await desire(settings, { tv: { offAfterIdleMinutes: 0 }, screen: { language: 'ko' } });
    expect(refused).toEqual([
      { section: 'tv', field: 'offAfterIdleMinutes', code: 'setting-invalid', message: expect.stringContaining('1') },
    ]);
    expect([settings.value('tv').offAfterIdleMinutes, settings.value('screen').language]).toEqual([5, 'ko']);
    const again = await started();
    expect([again.value('tv').offAfterIdleMinutes, again.value('screen').language]).toEqual([5, 'ko']);
  });

  test('a calendar that lacks something names it', async () => {
    const settings = await started();
    const { refused } = await desire(settings, { calendar: caldav });
    expect(refused).toMatchObject([{ section: 'calendar', field: 'password', code: 'setting-missing' }]);
    expect(settings.value('calendar').kind).toBe('none');
  });

  test('what the fleet cannot know: a path', async () => {
    const { refused } = await desire(await started(), { calendar: { ...caldav, passwordFile: '/etc/shadow' } });
    expect(refused).toMatchObject([{ section: 'calendar', field: 'passwordFile', code: 'setting-invalid' }]);
  });

  test('a section of the file that cannot be read', async () => {
    onTheBox({ tv: { offAfterIdleMinutes: 'never' } });
    const { refused } = await desire(await started(), {});
    expect(refused).toMatchObject([{ section: 'tv', code: 'setting-file-invalid' }]);
  });

  test('a section of a newer fleet is left alone', async () => {
    expect((await desire(await started(), { lights: { dim: true } })).refused).toEqual([]);
  });
});

describe('a secret', () => {
  test('is opened by the box alone, and stands open in no file and no log', async () => {
    const settings = await started();
    await desire(settings, {});
    const report = await desire(settings, { calendar: caldav }, { calendar: { password: await sealed() } });
    expect(report.refused).toEqual([]);
    expect(settings.value('calendar').password).toBe('open sesame');
    expect((await started()).value('calendar').password).toBe('open sesame');
    for (const text of [
      lines.join(''),
      JSON.stringify(reports),
      readFileSync(join(dataDir, 'fleet-settings.json'), 'utf8'),
    ])
      expect(text).not.toContain('open sesame');
    expect(statSync(join(dataDir, 'settings-key.json')).mode & 0o077).toBe(0);
  });

  test('that was meant for another room, another field or another box is refused', async () => {
    const settings = await started();
    const { key } = await desire(settings, {});
    rmSync(join(dataDir, 'settings-key.json'));
    const other = await started();
    const { key: otherKey } = await desire(other, {});
    expect(otherKey.kid).not.toBe(key.kid);
    for (const password of [
      await sealed({ roomId: 'x' }),
      await sealed({ field: 'userName' }),
      await sealed({}, key),
      'no jwe',
    ]) {
      const { refused } = await desire(other, { calendar: caldav }, { calendar: { password } });
      expect(refused).toMatchObject([{ section: 'calendar', field: 'password', code: 'secret-unreadable' }]);
    }
  });
});
