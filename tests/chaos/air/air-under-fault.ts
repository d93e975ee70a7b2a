/**
 * A meeting on air that faults strike: a room's TV and phone, a guest behind the tests' proxy, and somebody of
 * the staff who watches. Knows what the viewer's screen shows, and the file that is left at the end.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { BROADCASTS_FOLDER } from '#contract/packager-link.ts';
import { Guest, type PhonePage, type Tv } from '../../e2e/personas/roles.ts';
import type { Viewer, ViewersLook } from '../../e2e/personas/viewer.ts';
import { Scene } from '../../e2e/scene.ts';
import { processTree } from '../../load/processes.ts';
import { launchChromium } from '../../simulators/chromium.ts';
import { NetworkProxy } from '../../simulators/network/network-proxy.ts';

const run = promisify(execFile);
const PASSWORD = 'correct horse battery';
export const ROOM = 0;
export const BO = { name: 'Bo', number: 2 } as const;
/** A look costs a tenth of a second of a slow processor. */
const LOOK_EVERY_MS = 200;
/** From the green room to a program that may go live, where all these browsers have processors enough. */
const USUAL_START_MS = 6_000;
const START_WITHIN_MS = 150_000;
const END_WITHIN_MS = 120_000;
const END_TRIES = 8;

/** What the viewer's screen showed at an instant; null: no video. */
export type Look = { atMs: number; shown: ViewersLook | null };

export class AirUnderFault {
  readonly scene: Scene;
  readonly network: NetworkProxy;
  phone!: PhonePage;
  viewer!: Viewer;
  /** how many times longer than usual this machine needed to bring a program, 1 or more: what it does later is as slow */
  slowness = 1;
  #broadcastId = '';
  #bo: { browser: Browser; pid: number } | null = null;

  private constructor(scene: Scene, network: NetworkProxy) {
    this.scene = scene;
    this.network = network;
  }

  /** @param options of the product, such as the usual number of pictures */
  static async start(seed: number, options: string[] = []): Promise<AirUnderFault> {
    const air = new AirUnderFault(await Scene.start(options), new NetworkProxy({ seed }));
    try {
      await air.#gather();
      await air.#goLive();
      return air;
    } catch (error) {
      console.error(air.scene.troubles());
      await air.close();
      throw error;
    }
  }

  async #gather(): Promise<void> {
    const { scene } = this;
    const tv: Tv = await scene.tv();
    this.phone = await scene.phone();
    await this.phone.start();
    await tv.stage.waitFor();
    await this.bringBo();
  }

  async #goLive(): Promise<void> {
    const { scene, phone } = this;
    const { adminUser, adminPassword } = scene.product.addresses;
    const member = await scene.member(8);
    await member.signIn(adminUser, adminPassword);
    await member.choosePassword(PASSWORD);
    await member.button('New meeting').waitFor();
    await member.close();
    await phone.button('Go live').click();
    const openedAtMs = performance.now();
    await phone.button('Start broadcast').click({ timeout: START_WITHIN_MS });
    this.slowness = Math.max(1, (performance.now() - openedAtMs) / USUAL_START_MS);
    await phone.page.getByLabel('On air', { exact: true }).first().waitFor({ timeout: START_WITHIN_MS });
    this.viewer = await scene.viewer(9);
    this.viewer.page.on('request', (request) => {
      this.#broadcastId = /\/live\/([0-9a-f-]{36})\//.exec(request.url())?.[1] ?? this.#broadcastId;
    });
    await this.viewer.signIn(adminUser, PASSWORD);
    await this.viewer.broadcast.waitFor({ timeout: START_WITHIN_MS });
    await this.viewer.expectToSeeAll([ROOM, BO.number], START_WITHIN_MS);
  }

  /** A contributor with a browser of his own, which a fault kills or stops as a whole. */
  async bringBo(): Promise<void> {
    await this.#bo?.browser.close();
    const before = new Set(processTree(process.pid));
    const browser = await launchChromium({ role: 'person' });
    const pid = processTree(process.pid).find((each) => !before.has(each))!;
    this.#bo = { browser, pid };
    const bo = await Guest.open({
      browser,
      address: this.scene.product.addresses.joinUrl,
      number: BO.number,
      context: { viewport: { width: 1024, height: 640 } },
      network: this.network,
    });
    await bo.join(BO.name);
    await bo.expectInCall();
  }

  get bosProcesses(): number[] {
    return this.#bo ? processTree(this.#bo.pid) : [];
  }

  /** As the packager has written it: where it receives the program, and since when it is on air, in epoch milliseconds. */
  clock(): { mediaPort: number; epochMs: number } {
    const path = join(this.#broadcastsFolder, this.#broadcastId, 'timeline.json');
    return JSON.parse(readFileSync(path, 'utf8')) as { mediaPort: number; epochMs: number };
  }

  get #broadcastsFolder(): string {
    const command = readFileSync(`/proc/${this.scene.product.pid('packager')}/cmdline`, 'utf8');
    return join(/--data-dir\0([^\0]+)/.exec(command)![1]!, BROADCASTS_FOLDER);
  }

  /** What the viewer sees, again and again, until `until` says that it is enough. */
  async watch(until: (looks: readonly Look[]) => boolean): Promise<Look[]> {
    const looks: Look[] = [];
    do {
      const atMs = performance.now();
      looks.push({ atMs, shown: await this.viewer.look() });
      await sleep(Math.max(0, LOOK_EVERY_MS - (performance.now() - atMs)));
    } while (!until(looks));
    return looks;
  }

  /** Ends the broadcast; its file, checked by ffmpeg to its end, against how long it was on air, in seconds. */
  async endAndCheckFile(): Promise<{ fileS: number; onAirS: number }> {
    const { epochMs } = this.clock();
    const onAirS = ((await this.#end()) - epochMs) / 1_000;
    await this.viewer.page.getByText('The broadcast is over').first().waitFor({ timeout: END_WITHIN_MS });
    const { fleetUrl } = this.scene.product.addresses;
    const cookie = await this.viewer.cookies(fleetUrl);
    const path = join(this.scene.product.folder, 'recorded.mp4');
    for (let tries = 0; ; tries += 1) {
      const response = await fetch(`${fleetUrl}/api/v1/broadcasts/${this.#broadcastId}/file`, { headers: { cookie } });
      if (response.status === 200) {
        writeFileSync(path, Buffer.from(await response.arrayBuffer()));
        break;
      }
      if (tries > 60) throw new Error(`no file: ${response.status}`);
      await sleep(1_000);
    }
    await run('ffmpeg', ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-']);
    const { stdout } = await run('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format=duration',
      '-of',
      'csv=p=0',
      path,
    ]);
    return { fileS: Number(stdout), onAirS };
  }

  /**
   * Asks again, as a person does, where the room does not answer: a struck fleet server may still be starting, and the phone has no
   * controls while the room is away. @returns epoch milliseconds
   */
  async #end(): Promise<number> {
    const { phone } = this;
    const mostMs = { timeout: 20_000 };
    let askedAtMs = 0;
    for (let tries = 1; ; tries += 1) {
      try {
        // what was asked before may have been done since
        if (askedAtMs === 0 || !(await phone.button('Go live').isVisible())) {
          await phone.button('End broadcast').click(mostMs);
          await phone.button('End it for everyone').click(mostMs);
          askedAtMs = Date.now();
        }
        await phone.button('Go live').waitFor(mostMs);
        return askedAtMs;
      } catch (error) {
        console.info(`the broadcast did not end at try ${tries}`);
        if (tries === END_TRIES) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.network.stop();
    await this.#bo?.browser.close().catch(() => {});
    await this.scene.close();
  }
}
