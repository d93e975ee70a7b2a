/**
 * A process of its own with the packager's delivery, so that its processor time can be read: a broadcast of 2.7 Mb/s that goes on and
 * on, cut and written as the packager does. Beside it lies the playlist as a plain file, for a server that only sends files.
 */
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { livePaths } from '#contract/live-delivery.ts';
import { livePlaylist } from '../../../fleet/broadcasts/packager/delivery/playlists.ts';
import { DeliveryUnderTest } from '../../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import { PlayedTimeline } from '../../../fleet/broadcasts/packager/testing/played-timeline.ts';
import type { TlsFiles } from '../../e2e/networks/nginx.ts';

/** Of the parent. */
export type HostOptions = { broadcasts: string; tls: TlsFiles; viewers: number; pageOrigin: string; seconds: number };
/** To the parent: once, and after each part. */
export type FromHost =
  | { name: 'serving'; port: number; broadcastId: string /** one a viewer */; tokens: string[] }
  | { name: 'part'; segment: number; part: number };

const PART_MS = 500;
const PARTS_OF_SEGMENT = 4;
/** 2.5 Mb/s of pictures, each second one that is whole, and 0.16 of sound */
const PART_BYTES = [205_000, 135_000].map((size) => randomBytes(size));
const ALREADY_SEGMENTS = 30;

const { broadcasts, tls, viewers, pageOrigin, seconds } = JSON.parse(process.argv[2]!) as HostOptions;
const send = (message: FromHost): void => {
  if (process.connected) process.send?.(message);
};
const broadcastId = uuidv7();
const under = await new DeliveryUnderTest({ tls, trustedProxies: ['127.0.0.1'] }).start([pageOrigin]);
const count = (seconds + ALREADY_SEGMENTS * 2) * (1_000 / PART_MS);
const timeline = new PlayedTimeline({
  broadcastId,
  folder: join(broadcasts, broadcastId),
  clip: {
    init: randomBytes(1_200),
    parts: Array.from({ length: count }, (_, at) => PART_BYTES[at % 2]!),
    partMs: PART_MS,
  },
});
timeline.goLive();
timeline.fill(ALREADY_SEGMENTS);
const events = under.delivery.serve(timeline);
timeline.events = {
  ...events,
  onPart: (of) => {
    writePlaylist();
    events.onPart(of);
    const at = timeline.at - 1;
    send({ name: 'part', segment: Math.floor(at / PARTS_OF_SEGMENT), part: at % PARTS_OF_SEGMENT });
  },
};
writePlaylist();
timeline.play();
const tokens = await Promise.all(Array.from({ length: viewers }, () => under.token(broadcastId)));
send({ name: 'serving', port: under.delivery.port, broadcastId, tokens });
process.once('disconnect', () => process.exit(0));

/** The update that a player asks for, plain and gzipped, each whole at once. */
function writePlaylist(): void {
  const text = livePlaylist(timeline.live!, { isEnded: false, isDelta: true });
  for (const [name, bytes] of [
    [livePaths.live, text],
    [`${livePaths.live}.gz`, gzipSync(text)],
  ] as const) {
    const path = join(timeline.folder, name);
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
  }
}
