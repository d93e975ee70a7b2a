/** A packager process on air without a browser: RTP that ffmpeg made once, a disk that can be filled, viewers' tokens. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BROADCASTS_FOLDER } from '#contract/packager-link.ts';
import { PackagerUnderTest } from '../../fleet/broadcasts/packager/testing/packager-under-test.ts';
import { makeProgram, type ProgramMedia } from '../../fleet/broadcasts/packager/testing/program-media.ts';
import { ProgramSender, type ProgramSenderOptions } from '../../fleet/broadcasts/packager/testing/program-sender.ts';
import { WatchTokens } from '../../fleet/broadcasts/packager/testing/watch-tokens.ts';
import { SmallDisk } from '../../fleet/failing-disk-under-test.ts';

/** Half an hour of small pictures, each twice, and what a disk keeps free. */
const DISK = '320m';
/** on a machine that is busy with others */
const GIVE_UP_MS = 90_000;

export class PackagerOnAir {
  readonly packager: PackagerUnderTest;
  readonly tokens: WatchTokens;
  readonly disk: SmallDisk;
  readonly broadcastId: string;
  readonly folder: string;
  readonly media: ProgramMedia;
  readonly otherMedia: ProgramMedia;
  readonly #senders: ProgramSender[] = [];
  #ssrc = 1_000;

  private constructor(tokens: WatchTokens, partMs: 500 | 200) {
    this.tokens = tokens;
    this.packager = new PackagerUnderTest(tokens.keys);
    const broadcasts = join(this.packager.dataDir, BROADCASTS_FOLDER);
    mkdirSync(broadcasts, { recursive: true });
    this.disk = new SmallDisk(broadcasts, DISK);
    const { broadcastId, folder } = this.packager.open(partMs);
    [this.broadcastId, this.folder] = [broadcastId, folder];
    this.media = makeProgram({ seconds: 10 });
    this.otherMedia = makeProgram({ seconds: 4, size: '480x270' });
  }

  static async start(partMs: 500 | 200): Promise<PackagerOnAir> {
    const air = new PackagerOnAir(await WatchTokens.create(), partMs);
    try {
      await air.#goLive();
      return air;
    } catch (error) {
      await air.stop();
      throw error;
    }
  }

  async #goLive(): Promise<void> {
    const { packager } = this;
    await packager.start();
    await eventually('the packager opens', () => packager.all('opened').length > 0);
    await this.newProgram();
    await this.untilGood();
    packager.link.goLive(this.broadcastId, Date.now());
    await eventually('it is live', () => packager.all('health').at(-1)?.isOnSlate === false);
  }

  get program(): ProgramSender {
    return this.#senders.at(-1)!;
  }

  /** Beside those that send. */
  async newProgram(options: Partial<ProgramSenderOptions> = {}): Promise<ProgramSender> {
    this.#ssrc += 10;
    const port = this.packager.all('opened').at(-1)!.mediaPort;
    const sender = new ProgramSender({ port, media: this.media, ssrc: this.#ssrc, ...options });
    this.#senders.push(sender);
    await sender.start();
    return sender;
  }

  /** All but the newest. */
  stopOldPrograms(): void {
    for (const sender of this.#senders.splice(0, this.#senders.length - 1)) sender.stop();
  }

  /** Picture and sound of the program are on air again. */
  async untilGood(): Promise<void> {
    const since = this.packager.events.length;
    await eventually('picture and sound are good', () => {
      const last = this.packager.all('health').at(-1);
      return this.packager.events.length > since && last?.picture === 'good' && last.hasSound;
    });
  }

  /** @returns what was recorded */
  async end(): Promise<{ durationMs: number; sizeBytes: number }> {
    this.packager.link.end(this.broadcastId);
    await eventually('it ends', () => this.packager.all('ended').length > 0);
    return this.packager.all('ended')[0]!;
  }

  async stop(): Promise<void> {
    for (const sender of this.#senders.splice(0)) sender.stop();
    this.packager.link.stop();
    await this.packager.end();
    this.disk.unmount();
    await this.packager.stop();
  }
}

async function eventually(what: string, isSo: () => boolean): Promise<void> {
  const startedAtMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startedAtMs > GIVE_UP_MS) throw new Error(`not after ${GIVE_UP_MS} ms: ${what}`);
    await sleep(50);
  }
}
