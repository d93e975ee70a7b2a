/** The bench of held playlists, with a few viewers: those whom the delivery refuses are counted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { livePath } from '#contract/live-delivery.ts';
import { DeliveryUnderTest } from '../../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import { PlayedTimeline } from '../../../fleet/broadcasts/packager/testing/played-timeline.ts';
import { answerAll } from './held-playlists.ts';

const VIEWERS = 40;
/** Of one viewing. */
const MOST_HELD = 12;
const folder = mkdtempSync(join(tmpdir(), 'maru-held-'));
const broadcastId = uuidv7();
let under: DeliveryUnderTest;
let timeline: PlayedTimeline;
let filesUrl: string;

beforeAll(async () => {
  under = await new DeliveryUnderTest().start();
  const parts = Array.from({ length: 200 }, () => Buffer.alloc(100));
  timeline = new PlayedTimeline({ broadcastId, folder, clip: { init: Buffer.alloc(10), parts, partMs: 500 } });
  timeline.events = under.delivery.serve(timeline);
  timeline.goLive();
  timeline.fill(5);
  timeline.play();
  filesUrl = under.origin + livePath(broadcastId, '');
});
afterAll(async () => {
  timeline.stop();
  await under.delivery.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('finds that each viewing is answered with the part that it waits for', async () => {
  const tokens = await Promise.all(Array.from({ length: VIEWERS }, () => under.token(broadcastId)));
  const { firstMs, lastMs, unanswered } = await answerAll(filesUrl, tokens);
  expect(unanswered).toBe(0);
  expect(lastMs).toBeGreaterThanOrEqual(firstMs);
});

it('counts those of one viewing who are refused', async () => {
  const token = await under.token(broadcastId);
  const { unanswered } = await answerAll(
    filesUrl,
    Array.from({ length: VIEWERS }, () => token),
  );
  expect(unanswered).toBe(VIEWERS - MOST_HELD);
});
