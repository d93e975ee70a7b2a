/**
 * A TV made of Xvfb, and an eye in front of it: what the glass really shows, frame by frame, whatever the processes
 * behind it believe of themselves. A frame is dark when nothing on it stands out: no window, or a page without content.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export type Darkness = { frames: number; longestDarkMs: number; isDark: boolean };

const WIDTH_PX = 1280;
const HEIGHT_PX = 720;
const FRAMES_PER_SECOND = 5;
/** Small enough to be cheap, large enough that a clock or a name stands out. */
const EYE = { width: 96, height: 54 };
/** Of 255: a lit letter beside the darkest ground is far above, a bare ground with its shimmer below. */
const STANDS_OUT = 40;

export class TvDisplay {
  readonly #server: ChildProcess;
  #eye: ChildProcess | null = null;
  #frames = 0;
  #longestDarkMs = 0;
  #darkSinceMs: number | null = null;
  /** as in DISPLAY */
  readonly name: string;

  private constructor(server: ChildProcess, name: string) {
    this.#server = server;
    this.name = name;
  }

  /** @throws where Debian's xvfb is not installed */
  static async start(): Promise<TvDisplay> {
    const screen = ['-screen', '0', `${WIDTH_PX}x${HEIGHT_PX}x24`, '-nolisten', 'tcp', '-displayfd', '3'];
    const server = spawn('Xvfb', screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const number = await new Promise<string>((resolve, reject) => {
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
      server.stdio[3]!.once('data', (data: Buffer) => resolve(data.toString().trim()));
    });
    return new TvDisplay(server, `:${number}`);
  }

  /** From now on; what was seen before is forgotten. */
  watch(): void {
    this.#frames = 0;
    this.#longestDarkMs = 0;
    this.#darkSinceMs = null;
    if (this.#eye !== null) return;
    const eye = spawn(
      'ffmpeg',
      [
        ...['-loglevel', 'error', '-f', 'x11grab', '-framerate', String(FRAMES_PER_SECOND), '-draw_mouse', '0'],
        ...['-video_size', `${WIDTH_PX}x${HEIGHT_PX}`, '-i', this.name],
        ...['-vf', `scale=${EYE.width}:${EYE.height}:flags=area,format=gray`, '-f', 'rawvideo', '-'],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    this.#eye = eye;
    const frameBytes = EYE.width * EYE.height;
    let pending = Buffer.alloc(0);
    eye.stdout.on('data', (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      for (; pending.length >= frameBytes; pending = pending.subarray(frameBytes))
        this.#see(pending.subarray(0, frameBytes));
    });
  }

  get darkness(): Darkness {
    const runsMs = this.#darkSinceMs === null ? 0 : performance.now() - this.#darkSinceMs;
    return {
      frames: this.#frames,
      longestDarkMs: Math.round(Math.max(this.#longestDarkMs, runsMs)),
      isDark: this.#darkSinceMs !== null,
    };
  }

  async stop(): Promise<void> {
    for (const child of [this.#eye, this.#server]) {
      if (child === null || child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  }

  #see(frame: Buffer): void {
    this.#frames += 1;
    const nowMs = performance.now();
    if (isDark(frame)) {
      this.#darkSinceMs ??= nowMs;
      return;
    }
    if (this.#darkSinceMs !== null) this.#longestDarkMs = Math.max(this.#longestDarkMs, nowMs - this.#darkSinceMs);
    this.#darkSinceMs = null;
  }
}

/** @param frame grey values */
export function isDark(frame: Uint8Array): boolean {
  let least = 255;
  let most = 0;
  for (const grey of frame) {
    if (grey < least) least = grey;
    if (grey > most) most = grey;
  }
  return most - least < STANDS_OUT;
}
