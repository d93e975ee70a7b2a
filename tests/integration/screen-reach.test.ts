/**
 * Whether the TV's page reaches the media nodes, as the page finds it for its agent: real Chromium, a real media node, and
 * addresses where nobody, or nobody trusted, answers.
 */
import { createServer, type Server } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import { startTestNode, type TestNode } from '../../fleet/media/testing/test-node.ts';
import { CaUnderTest } from '../../kiosk/agent/certificates-under-test.ts';
import { freePort } from '../e2e/free-port.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { grantFor, ScreenAndEquipment } from './screen-and-equipment.ts';

let node: TestNode;
let browser: Browser;
let untrusted: Server;
let tv: ScreenAndEquipment;

beforeAll(async () => {
  node = await startTestNode({ settings: { emptyCallMs: 50 } });
  browser = await launchChromium({ role: 'kiosk' });
  const ca = await CaUnderTest.create('A CA that nobody knows');
  const { certificatePem: cert, keyPem: key } = await ca.issue({ commonName: 'node', ofServer: true });
  untrusted = createServer({ cert, key }).listen(0, '127.0.0.1');
  untrusted.on('tlsClientError', () => {});
  await once(untrusted, 'listening');
});
afterAll(async () => {
  untrusted?.close();
  await browser?.close();
  await node?.stop();
});
beforeEach(async () => {
  tv = await ScreenAndEquipment.open(await browser.newPage(), []);
  await expect.poll(() => tv.heardOf('media-devices').length).toBeGreaterThan(0);
});
afterEach(() => tv.close());

async function probe(signalingUrls: string[], grant: CallGrant | null = null) {
  const probeId = uuidv7();
  tv.perform({ name: 'probe-reach', probeId, signalingUrls, grant });
  const answer = () => tv.heardOf('reach-probed').find((report) => report.probeId === probeId);
  await expect.poll(answer, { timeout: 25_000 }).toBeDefined();
  return answer()!;
}

test('names the nodes that do not answer, and those whose certificate the browser does not trust', async () => {
  const { signalingUrl } = node.node;
  const nobody = `ws://127.0.0.1:${await freePort()}/signaling`;
  const stranger = `wss://127.0.0.1:${(untrusted.address() as AddressInfo).port}/signaling`;
  expect(await probe([signalingUrl])).toMatchObject({ unreachableUrls: [], media: null });
  expect(await probe([signalingUrl, nobody, stranger])).toMatchObject({ unreachableUrls: [nobody, stranger] });
});

test('tries the media ports with a grant, and leaves nothing at the node', async () => {
  const { signalingUrl } = node.node;
  expect(await probe([signalingUrl], await grantFor(node, {}))).toMatchObject({ media: 'reached' });
  await expect.poll(() => node.node.registry.peerCount, { timeout: 5_000 }).toBe(0);
});

test('says when both media ports are closed', async () => {
  await tv.page.evaluate(() => window.plantedRoom.block(['udp', 'tcp']));
  expect(await probe([node.node.signalingUrl], await grantFor(node, {}))).toMatchObject({ media: 'blocked' });
});

test('gives way to a call at once', async () => {
  await tv.page.evaluate(() => window.plantedRoom.block(['udp', 'tcp']));
  const probeId = uuidv7();
  const grant = await grantFor(node, {});
  tv.perform({ name: 'probe-reach', probeId, signalingUrls: [node.node.signalingUrl], grant });
  await tv.page.waitForTimeout(1_000);
  const startedMs = performance.now();
  tv.perform({ name: 'prepare-call', grant: await grantFor(node, { callId: grant.callId, peerId: grant.peerId }) });
  await expect.poll(() => tv.heardOf('reach-probed').length, { timeout: 3_000 }).toBe(1);
  expect(tv.heardOf('reach-probed')[0]).toMatchObject({ probeId, media: null });
  expect(performance.now() - startedMs).toBeLessThan(2_500);
});
