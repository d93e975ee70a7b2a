/**
 * A room's software, from the console to the wall: the fleet server offers signed releases of this very checkout, the room's box fetches one,
 * switches, proves itself in a real window and confirms; the next one is broken, and the box comes back from it by itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { releaseContents } from '../../provisioning/release/release-contents.ts';
import {
  FeedUnderTest,
  type FilesUnderTest,
  type ReleaseUnderTest,
} from '../../provisioning/release/signing/feed-under-test.ts';
import { freePort } from './free-port.ts';
import { Office } from './networks/office.ts';
import { Administrator } from './product/administrator.ts';
import { BoxOfSlots } from './product/box-of-slots.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const AGENT = 'dist/kiosk-agent-main.js';
const DAY_MS = 86_400_000;
/** Countdown, switch, and the proof of a busy machine. */
const UPDATED_WITHIN_MS = 300_000;

describe('a room’s software', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-updates-'));
  let office: Office;
  let box: BoxOfSlots;
  let admin: Administrator;
  let roomId: string;
  let releases: Record<'first' | 'good' | 'broken', ReleaseUnderTest>;

  beforeAll(async () => {
    const feed = new FeedUnderTest(join(folder, 'feed'));
    feed.pinIn(feed.folder);
    const files = releaseFiles();
    const add = (version: string, day: number, changed: FilesUnderTest = {}) =>
      feed.addRelease(
        {
          ...files,
          ...changed,
          'package.json': JSON.stringify({ name: 'maru', version, private: true, type: 'module' }),
        },
        { version, madeAtMs: Date.UTC(2026, 0, 1) + day * DAY_MS },
      );
    releases = {
      first: add('1.0.0', 0),
      good: add('1.1.0', 1),
      broken: add('1.2.0', 2, { [AGENT]: "throw new Error('planted: it does not start');\n" }),
    };
    feed.publish(Object.values(releases));
    office = new Office({ fleetHost: null, kioskHost: null, fleetArgs: ['--kiosk-release', feed.folder] });
    await office.startFleet();
    const { firstAdmin, fleetUrl, demonstration } = office.fleet;
    admin = await Administrator.signIn({
      fleetUrl,
      adminUser: firstAdmin!.userName,
      adminPassword: firstAdmin!.oneTimePassword,
    });
    roomId = demonstration!.roomId;
    box = new BoxOfSlots(join(folder, 'box'), { screenPort: await freePort() });
    box.install(feed, releases.first, {
      claim: JSON.stringify(demonstration!.claim),
      settings: { updates: { windowHours: null } },
    });
    box.start();
    await admin.putInService(roomId);
  }, 180_000);
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const unit of ['agent', 'updater', 'guard', 'screen'] as const)
      console.error(`--- ${unit}\n${box?.log(unit).slice(-3_000)}`);
    console.error(`--- fleet\n${office?.log('fleet').slice(-3_000)}`);
  });
  afterAll(async () => {
    await box?.stop();
    await office?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const reported = async () => (await admin.roomUpdate(roomId)).reported;

  test('is the installed release, and others are offered', async () => {
    await expect.poll(reported, { timeout: 90_000 }).toMatchObject({
      running: { releaseId: releases.first.releaseId, version: '1.0.0' },
      step: 'none',
    });
    await expect
      .poll(async () => (await admin.updates()).releases.map(({ facts }) => facts.version).sort(), { timeout: 60_000 })
      .toEqual(['1.0.0', '1.1.0', '1.2.0']);
  }, 160_000);

  test('is updated by a rollout: fetched, switched to, proven in its window, confirmed', async () => {
    const { rolloutId } = await admin.startRollout(plan(releases.good));
    await expect.poll(async () => (await reported())?.wanted?.version, { timeout: 30_000 }).toBe('1.1.0');
    await expect.poll(async () => (await reported())?.waitsFor, { timeout: 120_000 }).toBe('countdown');
    expect(box.linkedRelease).toBe(releases.first.releaseId);
    await expect.poll(reported, { timeout: UPDATED_WITHIN_MS, interval: 1_000 }).toMatchObject({
      running: { releaseId: releases.good.releaseId, version: '1.1.0', isConfirmed: true },
      step: 'none',
    });
    expect(box.linkedRelease).toBe(releases.good.releaseId);
    expect(box.guardFile('confirmed')).toMatchObject({ release: releases.good.releaseId });
    expect(box.guardFile('trial')).toBeNull();
    await expect
      .poll(async () => (await admin.updates()).ended.find((each) => each.rolloutId === rolloutId)?.state, {
        timeout: 30_000,
      })
      .toBe('done');
  }, 500_000);

  test('comes back by itself from a release whose agent does not start, and does not try it again', async () => {
    box.provenWithinS = 45;
    const { rolloutId } = await admin.startRollout(plan(releases.broken));
    await expect
      .poll(() => box.linkedRelease, { timeout: UPDATED_WITHIN_MS, interval: 500 })
      .toBe(releases.broken.releaseId);
    await expect
      .poll(() => box.guardFile('returned'), { timeout: UPDATED_WITHIN_MS, interval: 1_000 })
      .toMatchObject({ release: releases.broken.releaseId, failure: 'not-proven-in-time' });
    await expect.poll(reported, { timeout: 90_000, interval: 1_000 }).toMatchObject({
      running: { releaseId: releases.good.releaseId, isConfirmed: true },
      step: 'none',
      failed: { releaseId: releases.broken.releaseId, failure: 'not-proven-in-time', isHeld: true },
    });
    await expect
      .poll(async () => (await admin.updates()).rollouts.find((each) => each.rolloutId === rolloutId), {
        timeout: 30_000,
      })
      .toMatchObject({ state: 'halted', halt: { reason: 'failed-rooms' } });
    expect(box.linkedRelease).toBe(releases.good.releaseId);
  }, 500_000);
});

const plan = ({ releaseId }: ReleaseUnderTest) => ({
  releaseId,
  rings: [{ name: 'Everyone', upToPercent: 100, soakMinutes: 0 }],
  haltAtFailedPercent: 0,
});

/** As `npm run release` puts a kiosk's together. */
function releaseFiles(): FilesUnderTest {
  const { files } = releaseContents(CHECKOUT, 'kiosk', { version: '1.0.0', installer: '// none\n', workerFile: '' });
  return Object.fromEntries(
    files.map(({ path, mode, content }) => [
      path,
      { mode, content: 'text' in content ? content.text : readFileSync(content.file) },
    ]),
  );
}
