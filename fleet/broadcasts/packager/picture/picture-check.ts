/**
 * Whether what the program sends is a picture: its key frames are drawn by an ffmpeg, small and gray. The program's corner mark is
 * always bright, so a picture without a bright spot is no program.
 */
import { Filter } from '../filter.ts';

export type PictureCheckOptions = {
  /** the brightest spot of a key frame, 0 to 255 */
  onBrightness: (brightest: number) => void;
  log: (what: string, details: object) => void;
};

const WIDTH = 160;
const HEIGHT = 90;
const ARGS = [
  ...['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'],
  ...['-f', 'h264', '-i', 'pipe:0', '-an', '-vsync', 'passthrough'],
  ...['-vf', `scale=${WIDTH}:${HEIGHT}:flags=area,format=gray`, '-f', 'rawvideo', '-flush_packets', '1', 'pipe:1'],
];
const START_CODE = Buffer.from([0, 0, 0, 1]);
/** An access unit delimiter: the decoder need not wait for the next picture to see the end of this one. */
const DELIMITER = Buffer.from([0, 0, 0, 1, 9, 0xf0]);
/** Key frames without an answer; more where it has not answered yet: its start may need long on a busy machine. */
const MOST_WAITING = 4;
const MOST_WAITING_AT_START = 15;

export class PictureCheck {
  readonly #options: PictureCheckOptions;
  readonly #filter: Filter;
  #rest: Buffer = Buffer.alloc(0);
  #waiting = 0;
  #hasAnswered = false;

  constructor(options: PictureCheckOptions) {
    this.#options = options;
    this.#filter = new Filter({
      args: ARGS,
      onStart: () => {
        this.#rest = Buffer.alloc(0);
        this.#waiting = 0;
        this.#hasAnswered = false;
      },
      onOutput: (bytes) => this.#onOutput(bytes),
      onEnd: () => {},
      log: (what, details) => options.log(what, { filter: 'picture', ...details }),
    });
  }

  get pid(): number | null {
    return this.#filter.pid;
  }

  start(): void {
    this.#filter.start();
  }
  stop(): void {
    this.#filter.stop();
  }

  /** @param units of a key frame, its parameter sets first */
  add(units: readonly Buffer[]): void {
    if (this.#waiting >= (this.#hasAnswered ? MOST_WAITING : MOST_WAITING_AT_START)) {
      this.#filter.replace('it answers no more');
      return;
    }
    this.#waiting += 1;
    this.#filter.write(Buffer.concat([...units.flatMap((unit) => [START_CODE, unit]), DELIMITER]));
  }

  #onOutput(bytes: Buffer): void {
    let rest = Buffer.concat([this.#rest, bytes]);
    while (rest.length >= WIDTH * HEIGHT) {
      this.#waiting = 0;
      this.#hasAnswered = true;
      this.#options.onBrightness(rest.subarray(0, WIDTH * HEIGHT).reduce((most, each) => Math.max(most, each), 0));
      rest = rest.subarray(WIDTH * HEIGHT);
    }
    this.#rest = rest;
  }
}
