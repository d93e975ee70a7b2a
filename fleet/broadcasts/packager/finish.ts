/** After the end: the recording as an MP4 with chapters that every player opens, made without encoding again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chapter } from '#contract/broadcast.ts';
import { OperationalError } from '#contract/error-codes.ts';
import { livePaths } from '#contract/live-delivery.ts';
import { FINAL_FILE } from '#contract/packager-link.ts';
import { requireDiskRoom } from '#edge/disk-room.ts';
import { renameDurably } from '#edge/durable-file.ts';
import { FFMPEG } from './filter.ts';
import { scanRecording } from './mp4/box-scan.ts';
import { isReplayWritten, recoverReplay, replaySize } from './replay.ts';

/** With their own index, nothing of them is needed any more. */
const isOfLive = (name: string): boolean => /^\d+(\.\d+)?\.m4s$/.test(name);

export type Finish = {
  folder: string;
  title: string;
  chapters: readonly Chapter[];
  signal: AbortSignal;
  requireRoom?: (folder: string, bytes: number) => Promise<void>;
};

/**
 * Again, where it was done: nothing. The fragmented recording stays, for the replay.
 * @returns size in bytes
 * @throws OperationalError storage-failed: there is no room; recording-failed: there is nothing, or nothing that can be read
 */
export async function finish(work: Finish): Promise<number> {
  const { folder, requireRoom = requireDiskRoom } = work;
  const finalPath = join(folder, FINAL_FILE);
  const there = await sizeOf(finalPath);
  if (there !== null) return there;
  const recordingBytes = await sizeOf(join(folder, livePaths.recording));
  if (recordingBytes === null) throw new OperationalError('recording-failed', 'nothing was recorded');
  await requireRoom(folder, recordingBytes);
  if (!isReplayWritten(folder)) recoverReplay(folder);
  const beside = join(folder, 'final.new.mp4');
  const replay = replaySize(folder);
  // ffmpeg makes an MP4 without tracks of it, and ends well
  if (!replay && !hasFragments(folder)) throw new OperationalError('recording-failed', 'no part was recorded');
  const chaptersPath = join(folder, 'chapters.txt');
  try {
    await writeFile(chaptersPath, chapterFile(work, replay?.durationMs ?? 0), { mode: 0o640 });
    await run(folder, ['-i', livePaths.recording, '-i', chaptersPath, ...COPY, '-y', beside], work.signal);
    await renameDurably(beside, finalPath);
  } finally {
    await Promise.all([rm(beside, { force: true }), rm(chaptersPath, { force: true })]);
  }
  await Promise.all(readdirSync(folder).map((name) => isOfLive(name) && rm(join(folder, name), { force: true })));
  return (await sizeOf(finalPath)) ?? 0;
}

const COPY = [
  '-map',
  '0',
  '-map_metadata',
  '1',
  '-map_chapters',
  '1',
  '-c',
  'copy',
  '-movflags',
  '+faststart',
  '-f',
  'mp4',
];

const hasFragments = (folder: string): boolean =>
  (scanRecording(join(folder, livePaths.recording))?.fragments.length ?? 0) > 0;

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );

async function run(folder: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const global = ['-hide_banner', '-nostdin', '-loglevel', 'error'];
  const child = spawn('/usr/bin/nice', ['-n', '10', FFMPEG, ...global, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-400);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const isFull = said.includes('No space left');
  throw new OperationalError(isFull ? 'storage-failed' : 'recording-failed', `ffmpeg ended with ${code}: ${said}`);
}

/** FFmpeg's metadata format: `=`, `;`, `#`, `\` and line ends are escaped. */
export function chapterFile({ title, chapters }: Pick<Finish, 'title' | 'chapters'>, durationMs: number): string {
  const escaped = (text: string): string => text.replace(/[=;#\\\n]/g, (each) => `\\${each}`);
  const starts = [...chapters].sort((a, b) => a.atMs - b.atMs).filter(({ atMs }) => atMs < durationMs);
  const lines = [';FFMETADATA1', `title=${escaped(title)}`];
  for (const [index, chapter] of starts.entries()) {
    const endMs = starts[index + 1]?.atMs ?? durationMs;
    if (endMs <= chapter.atMs) continue;
    lines.push(
      '[CHAPTER]',
      'TIMEBASE=1/1000',
      `START=${chapter.atMs}`,
      `END=${endMs}`,
      `title=${escaped(chapter.title)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
