/** A broadcast as another program reads it: Debian's ffprobe and ffmpeg, let in by a viewer's cookie, on a host of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../../simulators/eventually.ts';
import { findPictures } from '../../simulators/media/composed-picture.ts';
import { tonesIn } from '../../simulators/media/tone.ts';
import type { Host } from '../networks/network-namespaces.ts';
import { KNOWN_PICTURES, numbersOf, TONES_HZ } from './perceive.ts';

export type ReadStream = { codec_name: string; width?: number; height?: number };
type StreamReaderOptions = {
  /** as a `Cookie` header has them */
  cookies: (url: string) => Promise<string>;
  /** null: this process's own */
  on?: Host | null;
};

const run = promisify(execFile);
const SAMPLE_RATE = 48_000;
const SIZE = { width: 640, height: 360 };
/** the second newest segment: whole, and a few seconds old */
const NEWEST = ['-live_start_index', '-2'];

export class StreamReader {
  readonly #options: StreamReaderOptions;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  /** @throws where it is refused */
  async streams(url: string): Promise<ReadStream[]> {
    const args = ['-v', 'error', ...(await this.#headers(url)), '-show_streams', '-of', 'json', url];
    const { streams } = JSON.parse((await this.#run('ffprobe', args)).toString()) as { streams: ReadStream[] };
    return streams;
  }

  /** @throws at the first error that the decoder finds; without `seconds` to the end */
  async decodeThrough(url: string, seconds?: number): Promise<void> {
    const limit = seconds === undefined ? [] : ['-t', String(seconds)];
    const headers = await this.#headers(url);
    await this.#run('ffmpeg', ['-v', 'error', '-xerror', ...headers, ...limit, '-i', url, '-f', 'null', '-']);
  }

  /** In a second of the newest that the live playlist has. */
  async heardNumbers(url: string): Promise<number[]> {
    const asSamples = ['-vn', '-ac', '1', '-ar', String(SAMPLE_RATE), '-t', '1', '-f', 'f32le', '-'];
    const bytes = await this.#run('ffmpeg', ['-v', 'error', ...(await this.#live(url)), ...asSamples]);
    const samples = new Float32Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~3)).buffer);
    return numbersOf(tonesIn(samples, SAMPLE_RATE, TONES_HZ));
  }

  /** In one picture of the newest that the live playlist has. */
  async seenNumbers(url: string): Promise<number[]> {
    const { width, height } = SIZE;
    const asPixels = ['-an', '-frames:v', '1', '-s', `${width}x${height}`, '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'];
    const data = await this.#run('ffmpeg', ['-v', 'error', ...(await this.#live(url)), ...asPixels]);
    return findPictures({ width, height, data }, new Map(KNOWN_PICTURES)).map(({ number }) => number);
  }

  async expectToSeeAndHear(url: string, numbers: number[], timeoutMs = 120_000): Promise<void> {
    const hasAll = (found: number[]): boolean => numbers.every((number) => found.includes(number));
    const options = { timeoutMs, everyMs: 500 };
    await eventually(`pictures ${numbers} in the stream`, () => this.seenNumbers(url), hasAll, options);
    await eventually(`tones ${numbers} in the stream`, () => this.heardNumbers(url), hasAll, options);
  }

  async #live(url: string): Promise<string[]> {
    return [...(await this.#headers(url)), ...NEWEST, '-i', url];
  }

  async #headers(url: string): Promise<string[]> {
    return ['-headers', `Cookie: ${await this.#options.cookies(url)}\r\n`];
  }

  async #run(program: 'ffmpeg' | 'ffprobe', args: string[]): Promise<Buffer> {
    const { on = null } = this.#options;
    const command = [program, ...args];
    const [file, ...rest] = on === null ? command : ['ip', 'netns', 'exec', on.namespace, ...command];
    const { stdout } = await run(file!, rest, { encoding: 'buffer', maxBuffer: 16 * 1024 ** 2 });
    return stdout;
  }
}
