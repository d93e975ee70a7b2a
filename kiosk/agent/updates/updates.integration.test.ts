/**
 * The part `updates` from the fleet's wish to the end of the trial: a real HTTPS server with client certificates, a signed feed, real
 * folders; root's half is played by files. The agent is stopped and started anew wherever an update can be.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FeedUnderTest, keysUnderTest } from '../../../provisioning/release/signing/feed-under-test.ts';
import { BoxUnderTest } from './box-under-test.ts';

const MINUTE_MS = 60_000;
const WITHIN = { timeout: 20_000, interval: 50 };
let box: BoxUnderTest;
afterEach(() => box?.end());

async function boxThat(wants: boolean, of: ConstructorParameters<typeof BoxUnderTest>[0] = {}): Promise<BoxUnderTest> {
  box = new BoxUnderTest(of);
  await box.startFleet();
  box.startAgent();
  if (wants) box.receive();
  return box;
}
const reaches = (at: string) => expect.poll(() => box.at, WITHIN).toBe(at);
async function order() {
  let given = null as ReturnType<BoxUnderTest['takeOrder']>;
  await expect.poll(() => (given ??= box.takeOrder()), WITHIN).not.toBe(null);
  return given!;
}
async function restart(): Promise<void> {
  await box.stopAgent();
  box.startAgent();
}
/** Placed, and everything allows to begin. */
async function placedBox(): Promise<void> {
  await boxThat(true);
  const place = await order();
  await box.placeFromStaging(place);
  box.report(place);
}
async function onTrial(): Promise<void> {
  await placedBox();
  await reaches('wait countdown');
  await expect.poll(() => existsSync(join(box.paths.runDir, 'update-order.json')) || pass(), WITHIN).toBe(true);
  await order();
  await box.stopAgent();
  box.beginTrial();
}
/** The countdown is over, as far as the part can see. */
function pass(): boolean {
  box.aheadMs += MINUTE_MS;
  return false;
}
const objectOf = (path: string): string => box.new.manifest.files.find((file) => file.path === path)!.sha256;

describe('the whole way', () => {
  it('is gone one step at a time, over a restart of the agent at each, and ends confirmed', async () => {
    await boxThat(false);
    expect(box.shown).toMatchObject({
      running: { releaseId: box.old.releaseId, version: '1.0.0', isConfirmed: true },
      step: 'none',
    });
    // in the fetch: the process ends in the middle of an object
    const page = objectOf('dist/page.js');
    let isHeldUp = true;
    box.answer = (request, response, file) => {
      if (!isHeldUp || !request.url!.endsWith(page)) return false;
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 60_000));
      return true;
    };
    box.receive();
    const part = join(box.stagedObjects, `${page}.part`);
    await expect.poll(() => existsSync(part) && statSync(part).size, WITHIN).toBe(60_000);
    expect(box.shown).toMatchObject({ step: 'fetch', wanted: { releaseId: box.new.releaseId, version: '2.0.0' } });
    isHeldUp = false;
    await restart();

    const place = await order();
    expect(place).toMatchObject({ order: 'place', target: box.new.target, feed: 'online', attempt: 0 });
    // what was there is not fetched again, and what the running release has not at all
    expect(box.asked.findLast(({ path }) => path.endsWith(page))!.range).toBe('bytes=60000-');
    expect(box.asked.some(({ path }) => path.endsWith(objectOf('dist/shared.js')))).toBe(false);
    await reaches('place');
    await restart();
    await reaches('place');
    // the order stands: it is not given twice
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(box.takeOrder()).toBe(null);
    await box.placeFromStaging(place);
    box.report(place);

    await reaches('wait countdown');
    expect(box.shown).toMatchObject({ offersNotNow: true, progress: null });
    expect(box.shown!.restartsAtMs! - Date.now()).toBeGreaterThan(50_000);
    await restart();
    await reaches('wait countdown');
    await expect.poll(() => existsSync(join(box.paths.runDir, 'update-order.json')) || pass(), WITHIN).toBe(true);
    expect(await order()).toMatchObject({ order: 'switch', target: box.new.target });
    const before = JSON.parse(readFileSync(join(box.dataDir, 'updates', 'before.json'), 'utf8'));
    expect(before).toEqual({
      releaseId: box.new.releaseId,
      atMs: expect.any(Number),
      passed: ['screen', 'camera', 'microphone', 'speaker', 'network', 'call'],
    });
    await reaches('switch');

    await box.stopAgent();
    box.beginTrial();
    box.startAgent();
    await reaches('prove');
    expect(box.shown!.running).toEqual({ releaseId: box.new.releaseId, version: '2.0.0', isConfirmed: false });
    await restart();
    await expect.poll(() => box.proof, { timeout: 45_000, interval: 100 }).toBe(`passed ${box.new.releaseId}`);
    await reaches('confirm');
    box.confirm();
    await reaches('none');
    expect(box.shown).toMatchObject({
      running: { releaseId: box.new.releaseId, isConfirmed: true },
      confirmed: { releaseId: box.new.releaseId },
      failed: null,
    });
    await restart();
    await reaches('none');
    expect(box.events).toEqual([{ name: 'update-confirmed', releaseId: box.new.releaseId, version: '2.0.0' }]);
    await expect.poll(() => existsSync(join(box.dataDir, 'updates', 'feed')), WITHIN).toBe(false);
    expect(box.faults).toEqual([]);
  }, 120_000);
});

describe('a release that is not good enough', () => {
  it.each([
    ['the camera is frozen', { camera: 'failed' }, 'camera frozen'],
    ['the microphone is dead', { microphone: 'failed' }, 'microphone frozen'],
    ['no picture comes back', { callFault: 'no picture comes back' }, 'call no picture comes back'],
    ['the page is black', { isBlack: true }, 'screen the page is black'],
    ['the network is gone', { isOnline: false }, 'network the fleet is not reached'],
    ['the page leaks', { pageLeaksBytes: 3_000_000 }, 'memory the page grew by'],
  ] as const)(
    '%s: the guard gets the reason, and the former release reports it',
    async (_, now, why) => {
      await onTrial();
      box.can = { ...box.can, ...now };
      // for these two the room is given all the time that there is
      if ('isBlack' in now || 'isOnline' in now) box.provenWithinMs = 8_000;
      box.startAgent();
      await expect
        .poll(() => box.proof, { timeout: 60_000, interval: 100 })
        .toContain(`failed ${box.new.releaseId} ${why}`);
      await box.stopAgent();
      box.goBack('proof-failed', why.split(' ')[0]!);
      box.startAgent();
      await reaches('none');
      const failed = {
        releaseId: box.new.releaseId,
        attempt: 0,
        failure: 'proof-failed',
        check: why.split(' ')[0],
        isHeld: true,
      };
      expect(box.shown).toMatchObject({ running: { releaseId: box.old.releaseId }, failed });
      expect(box.events).toMatchObject([{ name: 'update-failed', update: failed }]);
      // the fleet's word is needed for another try
      box.receive(box.wish({ attempt: 1 }));
      expect(await order()).toMatchObject({ order: 'place', attempt: 1 });
    },
    120_000,
  );

  it('its updater ends badly', async () => {
    await boxThat(false, { newLook: `not json` });
    box.place(box.new);
    box.beginTrial();
    await restart();
    await expect
      .poll(() => box.proof, { timeout: 60_000, interval: 100 })
      .toBe(`failed ${box.new.releaseId} updater its answer cannot be read`);
  }, 90_000);

  it('a room that had no camera before needs none afterwards', async () => {
    await placedBox();
    box.can = { ...box.can, camera: 'failed', callFault: 'no device' };
    await reaches('wait countdown');
    await expect.poll(() => existsSync(join(box.paths.runDir, 'update-order.json')) || pass(), WITHIN).toBe(true);
    const { passed } = JSON.parse(readFileSync(join(box.dataDir, 'updates', 'before.json'), 'utf8'));
    expect(passed).toEqual(['screen', 'microphone', 'speaker', 'network']);
  }, 60_000);
});

it('leaves root every rotation of keys since the pinned root, though the agent knew them before', async () => {
  await boxThat(false);
  box.feed.rotateRoot({ timestamp: keysUnderTest().timestamp });
  box.feed.publish([box.old, box.new]);
  box.receive();
  await order();
  box.receive(box.wish({ release: null }));
  const feed = join(box.dataDir, 'updates', 'feed');
  await expect.poll(() => existsSync(feed), WITHIN).toBe(false);
  box.receive(box.wish({ attempt: 1 }));
  await box.placeFromStaging(await order());
  expect(existsSync(join(feed, 'metadata', '2.root.json'))).toBe(true);
});

describe('what is refused', () => {
  const fails = (failed: object) => expect.poll(() => box.shown?.failed, WITHIN).toMatchObject(failed);

  it('is signed by others', async () => {
    await boxThat(false);
    new FeedUnderTest(join(box.dir, 'others')).pinIn(join(box.dir, 'share'));
    box.receive();
    await fails({ failure: 'refused', refusal: 'signature', isHeld: false });
    expect(box.events).toMatchObject([{ name: 'update-failed' }]);
    expect(box.shown!.step).toBe('fetch');
    expect(box.takeOrder()).toBe(null);
  });
  it('is older than what runs, and is held', async () => {
    await boxThat(true, { newMadeAtMs: Date.UTC(2025, 0, 1) });
    await fails({ failure: 'refused', refusal: 'older', isHeld: true });
    await reaches('none');
  });
  it('is damaged on its way', async () => {
    await boxThat(false);
    writeFileSync(join(box.feed.folder, 'objects', objectOf('dist/page.js')), '3.0.0 '.repeat(20_000));
    box.receive();
    await fails({ failure: 'refused', refusal: 'damaged' });
    expect(readdirSync(box.stagedObjects).filter((name) => name === objectOf('dist/page.js'))).toEqual([]);
  });
  it('root does not place', async () => {
    await boxThat(true);
    box.report(await order(), { outcome: 'failed', detail: 'ENOSPC: no space left on device' });
    await fails({ failure: 'not-placed', detail: 'ENOSPC: no space left on device', isHeld: false });
  });
  it('a server that trickles is no failure, and the fetch goes on where it was', async () => {
    await boxThat(false);
    const page = objectOf('dist/page.js');
    box.answer = (request, response, file) => {
      if (!request.url!.endsWith(page) || request.headers.range) return false;
      response.writeHead(200, { 'content-length': file.length });
      let at = 0;
      const drip = setInterval(() => {
        response.write(file.subarray(at, at + 20));
        at += 20;
      }, 20);
      response.on('close', () => clearInterval(drip));
      return true;
    };
    box.receive();
    expect(await order()).toMatchObject({ order: 'place' });
    expect(box.asked.some(({ path, range }) => path.endsWith(page) && range !== undefined)).toBe(true);
    expect(box.shown!.failed).toBe(null);
  });
  it('a full disk is reported; with room again it goes on', async (context) => {
    await boxThat(false);
    await box.stopAgent();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192k', 'maru-test', box.dataDir], { stdio: 'pipe' });
    } catch {
      return context.skip(true, 'no small disk can be mounted here');
    }
    try {
      writeFileSync(join(box.dataDir, 'filler'), Buffer.alloc(100_000));
      box.startAgent();
      box.receive();
      await fails({ failure: 'refused', refusal: 'disk', isHeld: false });
      expect(box.faults).toEqual([]);
    } finally {
      await box.stopAgent();
      execFileSync('umount', ['-l', box.dataDir]);
    }
  });
});

describe('when', () => {
  const now = (over: object) => box.receive(box.wish(over));

  it('a meeting ends the countdown, which begins anew when it is over', async () => {
    await placedBox();
    await reaches('wait countdown');
    const { restartsAtMs } = box.shown!;
    expect(restartsAtMs).not.toBe(null);
    box.follow({ name: 'starting' });
    expect(box.at).toBe('wait meeting');
    expect(box.shown).toMatchObject({ restartsAtMs: null, offersNotNow: false });
    pass();
    box.follow({ name: 'in-call', connection: 'connected' });
    box.follow({ name: 'ended' });
    await reaches('wait meeting');
    box.follow({ name: 'idle' });
    await reaches('wait countdown');
    expect(box.shown!.restartsAtMs! - Date.now()).toBeGreaterThan(50_000);
    expect(box.takeOrder()).toBe(null);
  }, 30_000);

  it('"not now" puts it off, once, and not past the deadline', async () => {
    await placedBox();
    expect(await box.tell('postpone-update')).toBe('not-possible-now');
    await reaches('wait countdown');
    expect(await box.tell('postpone-update')).toBe(null);
    expect(box.at).toBe('wait not-now');
    const untilMs = box.shown!.notNowUntilMs!;
    expect(untilMs - Date.now()).toBeGreaterThan(5.9 * 3_600_000);
    expect(box.events).toEqual([{ name: 'update-postponed', releaseId: box.new.releaseId, untilMs }]);
    expect(await box.tell('postpone-update')).toBe('not-possible-now');
    await restart();
    await reaches('wait not-now');
    now({ deadlineMs: Date.now() - 1_000 });
    await reaches('wait countdown');
    expect(box.shown).toMatchObject({ offersNotNow: false, notNowUntilMs: null });
    expect(await box.tell('postpone-update')).toBe('not-possible-now');
  }, 30_000);

  it('waits for go, for TV, bookings and hours, and says for which', async () => {
    await placedBox();
    await reaches('wait countdown');
    now({ mayInstall: false });
    expect(box.at).toBe('wait go');
    now({});
    box.notify('document-on-tv', true);
    await reaches('wait broadcast');
    box.notify('document-on-tv', false);
    const booking = {
      startMs: Date.now() + 14 * MINUTE_MS,
      endMs: Date.now() + 60 * MINUTE_MS,
      isAllDay: false,
      state: 'upcoming',
    };
    box.projections.publish('agenda', { bookings: [booking] } as never);
    await reaches('wait booking');
    box.projections.publish('agenda', { bookings: [] } as never);
    // hours that ended a minute ago, and begin in 23 hours, of the box's own zone
    const minuteOfDay = (ms: number) => new Date(ms).getHours() * 60 + new Date(ms).getMinutes();
    const [fromMinuteOfDay, toMinuteOfDay] = [
      minuteOfDay(Date.now() - 60 * MINUTE_MS),
      minuteOfDay(Date.now() - MINUTE_MS),
    ];
    const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
    box.settings = { ...box.settings, windowHours: { fromMinuteOfDay, toMinuteOfDay, days: [...days] } };
    await reaches('wait hours');
    now({ isUrgent: true });
    await reaches('wait countdown');
    // the wish is gone
    box.receive(box.wish({ release: null }));
    await reaches('none');
    expect(box.takeOrder()).toBe(null);
  }, 40_000);
});

describe('a box', () => {
  it('without a root of trust takes no updates, and says what runs', async () => {
    await boxThat(false);
    execFileSync('rm', [box.paths.rootFile]);
    box.receive();
    await reaches('none');
    expect(box.shown).toMatchObject({
      running: { releaseId: box.old.releaseId },
      wanted: { releaseId: box.new.releaseId },
    });
    expect(box.asked).toEqual([]);
  });
});
