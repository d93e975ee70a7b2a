/** What the packager makes of real RTP, as the validator sees it over HTTP while the program, its packets and its encoder fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { DeliveryUnderTest } from '../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import { BroadcastUnderTest } from '../../fleet/broadcasts/packager/testing/broadcast-under-test.ts';
import { makeProgram } from '../../fleet/broadcasts/packager/testing/program-media.ts';
import { ProgramSender } from '../../fleet/broadcasts/packager/testing/program-sender.ts';
import { validate } from './validate.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

it.each([500, 200] as const)('parts of %i ms: no rule is broken while all that can fail does', async (partMs) => {
  const viewers = await new DeliveryUnderTest().start();
  const under = new BroadcastUnderTest({ quality: { height: 720, partMs }, delivery: viewers.delivery });
  const port = await under.start();
  const media = makeProgram({ seconds: 10 });
  const program = new ProgramSender({ port, media, ssrc: 100 });
  cleanUps.push(
    () => viewers.delivery.stop(),
    () => under.remove(),
    () => under.broadcast.stop(),
    () => program.stop(),
  );
  await program.start();
  await expect.poll(() => under.health.at(-1)).toMatchObject({ picture: 'good', hasSound: true });
  under.broadcast.goLive();
  const { broadcastId } = under.broadcast.timeline;
  await expect.poll(() => under.broadcast.timeline.live?.segments.length).toBeGreaterThan(1);
  const watched = validate({
    ...{ url: viewers.url(broadcastId, 'live.m3u8'), token: await viewers.token(broadcastId), seconds: 16 },
  });
  await sleep(1_500);
  program.toLose = 2;
  await sleep(1_500);
  process.kill(under.broadcast.pids.sound!, 'SIGKILL');
  await sleep(1_500);
  program.stop();
  await sleep(2_500);
  const next = new ProgramSender({ port, media, ssrc: 200 });
  cleanUps.push(() => next.stop());
  await next.start();
  await sleep(2_500);
  next.sendsSound = false;
  await sleep(1_500);
  next.sendsSound = true;
  const { findings, parts } = await watched;
  expect(findings).toEqual([]);
  expect(parts).toBeGreaterThan(10_000 / partMs);
  expect(under.broadcast.timeline.live!.slates.length).toBeGreaterThan(1);
  next.stop();
  await under.broadcast.end();
  const replayed = await validate({
    ...{ url: viewers.url(broadcastId, 'replay.m3u8'), token: await viewers.token(broadcastId), seconds: 1 },
  });
  expect(replayed.findings).toEqual([]);
});
