/** A peer's transports in a real worker. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallRouters } from './call-routers.ts';
import { MIN_OUTGOING_BITRATE_BPS } from './media-codecs.ts';
import { PeerMedia } from './peer-media.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode();
});
afterAll(() => it.stop());

test('what a peer is sent is never estimated below two small pictures', async () => {
  const routers = new CallRouters({
    pool: it.node.pool,
    consumersPerWorker: 100,
    levelIntervalMs: 250,
    onOpened: () => {},
  });
  const { recv } = await PeerMedia.open(await routers.place());
  const [stats] = await recv.getStats();
  expect(stats).toMatchObject({ minOutgoingBitrate: MIN_OUTGOING_BITRATE_BPS });
  recv.close();
});
