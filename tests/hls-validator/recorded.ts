/**
 * What a recording holds, judged by ffmpeg and ffprobe: it decodes to its end, each slate is a picture, and beeps and flashes of the
 * program (one a second) come together.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scanRecording } from '../../fleet/broadcasts/packager/mp4/box-scan.ts';

const run = promisify(execFile);
/** In ms of the recording's own time. */
export type Interval = { startMs: number; endMs: number };

const VIDEO_TICKS_PER_MS = 90;
const AUDIO_TICKS_PER_MS = 48;
const RATE = 8_000;
const LOUD = 3_000;
const BRIGHT = 150;
/** without sound, before the next beep is another one */
const QUIET_SAMPLES = RATE / 10;

const ffmpeg = async (args: readonly string[]): Promise<Buffer> =>
  (await run('ffmpeg', ['-v', 'error', ...args], { encoding: 'buffer', maxBuffer: 1e9 })).stdout;

/** What ffmpeg complains of, decoding all of it. */
export async function recordingComplaints(path: string): Promise<string> {
  // in the time of the file: in that of a frame rate, pictures of one moment would be a complaint of the output
  const output = ['-vsync', 'passthrough', '-enc_time_base:v', '1:90000', '-f', 'null', '-'];
  try {
    return (await run('ffmpeg', ['-v', 'error', '-xerror', '-i', path, ...output])).stderr;
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
}

type Stretch = { path: string; audioStartMs: number; startMs: number; endMs: number };

/** Without a hole in it: each as a file of its own, which ffmpeg's times are true of. */
async function withStretches<T>(recording: string, use: (stretches: Stretch[]) => Promise<T>): Promise<T> {
  const scanned = scanRecording(recording);
  if (!scanned) throw new Error('nothing was recorded');
  const folder = mkdtempSync(join(tmpdir(), 'maru-recorded-'));
  const bytes = readFileSync(recording);
  const groups: (typeof scanned.fragments)[] = [];
  for (const fragment of scanned.fragments) {
    const before = groups.at(-1)?.at(-1);
    if (before && before.videoTime + before.videoDuration === fragment.videoTime) groups.at(-1)!.push(fragment);
    else groups.push([fragment]);
  }
  const stretches = groups.map((fragments, index) => {
    const [first, last] = [fragments[0]!, fragments.at(-1)!];
    const path = join(folder, `${index}.mp4`);
    writeFileSync(path, Buffer.concat([scanned.init, bytes.subarray(first.offset, last.offset + last.sizeBytes)]));
    return {
      path,
      audioStartMs: first.audioTime / AUDIO_TICKS_PER_MS,
      startMs: first.videoTime / VIDEO_TICKS_PER_MS,
      endMs: (last.videoTime + last.videoDuration) / VIDEO_TICKS_PER_MS,
    };
  });
  try {
    return await use(stretches);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export type Beep = { atMs: number; apartMs: number };
/** How far each beep is from the flash nearest to it; those that `isCounted` leaves out are left out. The farthest come last. */
export function beepsAndFlashes(recording: string, isCounted: (atMs: number) => boolean): Promise<Beep[]> {
  return withStretches(recording, async (stretches) => {
    const apart: Beep[] = [];
    for (const stretch of stretches) {
      const [flashes, beeps] = [await flashesOf(stretch), await beepsOf(stretch)];
      for (const beep of beeps.filter(isCounted))
        apart.push({ atMs: beep, apartMs: Math.min(...flashes.map((flash) => Math.abs(flash - beep))) });
    }
    return apart.sort((one, other) => one.apartMs - other.apartMs);
  });
}

async function flashesOf({ path }: Stretch): Promise<number[]> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path],
    { maxBuffer: 1e9 },
  );
  const timesMs = stdout
    .trim()
    .split('\n')
    .map((line) => Number.parseFloat(line) * 1_000);
  const look = ['-vf', 'scale=1:1:flags=area,format=gray', '-f', 'rawvideo', '-'];
  const gray = await ffmpeg(['-i', path, '-vsync', 'passthrough', '-enc_time_base:v', '1:90000', ...look]);
  return timesMs.filter((_, index) => (gray[index] ?? 0) > BRIGHT && (gray[index - 1] ?? 255) <= BRIGHT);
}

async function beepsOf({ path, audioStartMs }: Stretch): Promise<number[]> {
  const pcm = await ffmpeg(['-i', path, '-vn', '-ac', '1', '-ar', String(RATE), '-f', 's16le', '-']);
  const beeps: number[] = [];
  let quiet = QUIET_SAMPLES;
  for (let sample = 0; sample * 2 + 1 < pcm.length; sample += 1) {
    const isLoud = Math.abs(pcm.readInt16LE(sample * 2)) > LOUD;
    if (isLoud && quiet >= QUIET_SAMPLES) beeps.push(audioStartMs + (sample / RATE) * 1_000);
    quiet = isLoud ? 0 : quiet + 1;
  }
  return beeps;
}

/** What ffprobe reads of the pictures in an interval that begins with an IDR: decoded ones, and what it complains of. */
export async function probed(
  recording: string,
  { startMs, endMs }: Interval,
): Promise<{ pictures: number; complaints: string }> {
  const scanned = scanRecording(recording);
  const inside = (scanned?.fragments ?? []).filter(
    ({ videoTime, videoDuration }) =>
      videoTime >= startMs * VIDEO_TICKS_PER_MS && videoTime + videoDuration <= endMs * VIDEO_TICKS_PER_MS,
  );
  const first = inside.findIndex(({ isIndependent }) => isIndependent);
  if (!scanned || first === -1) return { pictures: 0, complaints: 'no IDR' };
  const bytes = readFileSync(recording);
  const media = inside.slice(first).map(({ offset, sizeBytes }) => bytes.subarray(offset, offset + sizeBytes));
  const folder = mkdtempSync(join(tmpdir(), 'maru-slate-'));
  const path = join(folder, 'slate.mp4');
  writeFileSync(path, Buffer.concat([scanned.init, ...media]));
  try {
    const entries = ['-select_streams', 'v', '-count_frames', '-show_entries', 'stream=nb_read_frames'];
    const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...entries, '-of', 'csv=p=0', path]);
    return { pictures: Number.parseInt(stdout, 10), complaints: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
