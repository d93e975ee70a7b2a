/** For tests: one broadcast in a folder of its own, with what it reports; and what a recording holds, by ffmpeg. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToPackager } from '#contract/packager-link.ts';
import { v7 } from 'uuid';
import { Broadcast } from '../broadcast.ts';
import { FFMPEG } from '../filter.ts';
import type { Delivery, Health } from '../stream.ts';

export type BroadcastUnderTestOptions = Partial<Omit<ToPackager & { name: 'open' }, 'name'>> & {
  requireRoom?: (folder: string, bytes: number) => Promise<void>;
  /** to viewers */
  delivery?: Delivery;
};

export class BroadcastUnderTest {
  readonly broadcast: Broadcast;
  readonly folder: string;
  readonly health: Health[] = [];
  readonly logged: string[] = [];
  /** of each part: how long after its end it was there, in ms */
  readonly lateMs: number[] = [];
  port = 0;

  constructor({ requireRoom = async () => {}, delivery, ...open }: BroadcastUnderTestOptions = {}) {
    this.folder = open.folder ?? mkdtempSync(join(tmpdir(), 'maru-broadcast-'));
    this.broadcast = new Broadcast({
      open: {
        ...{ name: 'open', broadcastId: v7(), kind: 'broadcast', wentLiveAtMs: null },
        quality: { height: 720, partMs: 500 },
        ...open,
        folder: this.folder,
      },
      deliver: (timeline) => {
        const viewers = delivery?.serve(timeline);
        return {
          onPart: (changed) => {
            const live = changed.live!;
            const segment = live.current!.parts.length > 0 ? live.current! : live.segments.at(-1)!;
            this.lateMs.push(Date.now() - segment.dateMs - segment.durationS * 1_000);
            viewers?.onPart(changed);
          },
          onEnd: (changed) => viewers?.onEnd(changed),
        };
      },
      onHealth: (health) => this.health.push(health),
      log: (what) => this.logged.push(what),
      requireRoom,
    });
  }

  async start(): Promise<number> {
    this.port = await this.broadcast.start();
    return this.port;
  }

  get parts(): number {
    return this.lateMs.length;
  }
  get recording(): string {
    return join(this.folder, 'recording.mp4');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What ffmpeg complains of, decoding all of it: nothing, where a player has nothing to complain of either. */
export function complaintsOf(path: string): string {
  // in the time of the file: in that of a frame rate, pictures of one moment would be a complaint of the output
  const output = ['-vsync', 'passthrough', '-enc_time_base:v', '1:90000', '-f', 'null', '-'];
  const { status, stderr } = spawnSync(FFMPEG, ['-v', 'error', '-xerror', '-i', path, ...output]);
  return status === 0 ? stderr.toString() : `ended with ${status}: ${stderr.toString()}`;
}

/** When it flashes and beeps, in seconds of the file. */
export function flashesAndBeeps(path: string): { flashes: number[]; beeps: number[] } {
  const probe = execFileSync('/usr/bin/ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', path],
  ]).toString();
  const times = probe
    .trim()
    .split('\n')
    .map((line) => Number.parseFloat(line));
  const gray = execFileSync(
    FFMPEG,
    [
      '-v',
      'error',
      '-i',
      path,
      '-vsync',
      'passthrough',
      '-vf',
      'scale=1:1:flags=area,format=gray',
      '-f',
      'rawvideo',
      '-',
    ],
    { maxBuffer: 1e8 },
  );
  const flashes = times.filter((_, index) => (gray[index] ?? 0) > 150 && (gray[index - 1] ?? 255) <= 150);
  const pcm = execFileSync(FFMPEG, ['-v', 'error', '-i', path, '-vn', '-ac', '1', '-ar', '8000', '-f', 's16le', '-'], {
    maxBuffer: 1e8,
  });
  const beeps: number[] = [];
  let quiet = 800;
  for (let sample = 0; sample * 2 + 1 < pcm.length; sample += 1) {
    const isLoud = Math.abs(pcm.readInt16LE(sample * 2)) > 3_000;
    if (isLoud && quiet >= 800) beeps.push(sample / 8_000);
    quiet = isLoud ? 0 : quiet + 1;
  }
  return { flashes, beeps };
}
