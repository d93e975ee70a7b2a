/** What a person waits for, once each: tap to the TV's first remote frame, Join to first frame, a cold page, tap to paint. */
import type { Page } from 'playwright-core';
import { enterAsGuest } from '../../simulators/participants/participants.ts';
import type { WaitsScene } from './waits-scene.ts';

const SOURCE_NAME = 'Source';
const FRAME_WITHIN_MS = 20_000;
/** What can be prepared is prepared while a person reads the page. */
const READING_MS = 2_500;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Awaited right before a press: see `afterFrame`. */
export type Ready = () => Promise<void>;
const atAnyTime: Ready = async () => {};

/**
 * Someone near the node whose picture the others wait for: by the contract, without a page of ours, which would draw who
 * joins on the machine of those who wait.
 */
export async function productSource(
  scene: WaitsScene,
  encodings: RTCRtpEncodingParameters[],
): Promise<{ afterFrame: (laterMs: number) => Promise<void>; leave: () => Promise<void> }> {
  const { joinUrl } = scene.fleet.demonstration!;
  const page = await scene.near();
  const ca = scene.ca;
  await page.exposeFunction('requestGrant', () => enterAsGuest({ joinUrl, ca }));
  await page.goto(scene.bare.url);
  await page.evaluate(
    async ([name, layers]) => {
      const client = new window.MaruLoadClient();
      await client.enter({ invite: '' }, name, { kind: 'exact', tiles: [] });
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 }, audio: true });
      for (const track of stream.getTracks()) await client.produce(track, layers);
      Object.assign(window, { source: client, camera: stream.getVideoTracks()[0] });
    },
    [SOURCE_NAME, encodings] as const,
  );
  return {
    afterFrame: (laterMs) => afterFrame(page, laterMs),
    async leave() {
      await page.evaluate(() =>
        (window as unknown as { source: InstanceType<typeof window.MaruLoadClient> }).source.leave(),
      );
      await page.context().close();
    },
  };
}

export class ProductRoom {
  readonly #tv: Page;
  readonly #phone: Page;

  private constructor(tv: Page, phone: Page) {
    this.#tv = tv;
    this.#phone = phone;
  }

  static async open(scene: WaitsScene): Promise<ProductRoom> {
    const tv = await scene.far([new URL(scene.kiosk.tvUrl).host], { width: 1280, height: 720 });
    await tv.goto(scene.kiosk.tvUrl);
    const phone = await scene.far([], { width: 390, height: 844 });
    await phone.goto(scene.kiosk.controllerUrl);
    return new ProductRoom(tv, phone);
  }

  async tapToFirstFrameMs(ready = atAnyTime): Promise<number> {
    await this.#phone.getByRole('button', { name: 'Join meeting' }).waitFor({ timeout: 30_000 });
    await this.#phone.evaluate(() => document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })));
    await sleep(READING_MS);
    const frame = firstFrameAt(this.#tv, SOURCE_NAME);
    await ready();
    const tappedAt = await press(this.#phone, 'Join meeting');
    const took = (await frame) - tappedAt;
    await sleep(1_000);
    return took;
  }

  /**
   * From a tap on the phone's microphone button until the TV shows its mark: the frame after the one that drew the change
   * begins when that one is on the display.
   * @returns the wait, and how many frames of the TV began in it
   */
  async tapToPaint(): Promise<{ tookMs: number; frames: number }> {
    const shown = this.#tv.evaluate(
      () =>
        new Promise<number[]>((resolve, reject) => {
          const marks = (): number => document.querySelectorAll('.stage-mark-muted').length;
          const before = marks();
          const frames: number[] = [];
          let framesLeft = Number.POSITIVE_INFINITY;
          new MutationObserver((_changes, seen) => {
            if (marks() === before) return;
            seen.disconnect();
            framesLeft = 2;
          }).observe(document, { subtree: true, childList: true, attributes: true });
          const frame = (): void => {
            frames.push(performance.timeOrigin + performance.now());
            framesLeft -= 1;
            if (framesLeft === 0) resolve(frames);
            else requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
          setTimeout(() => reject(new Error('no mark changed on the TV')), 10_000);
        }),
    );
    await sleep(50);
    const name =
      (await this.#phone.getByRole('button', { name: 'Mute microphone', exact: true }).count()) > 0
        ? 'Mute microphone'
        : 'Unmute microphone';
    const tappedAt = await press(this.#phone, name);
    const frames = await shown;
    await sleep(700);
    return { tookMs: frames.at(-1)! - tappedAt, frames: frames.filter((at) => at > tappedAt).length };
  }

  async leave(): Promise<void> {
    await this.#phone.getByRole('button', { name: 'Leave', exact: true }).click();
    await sleep(11_500);
  }

  async close(): Promise<void> {
    for (const page of [this.#phone, this.#tv]) await page.context().close();
  }
}

export async function productJoinMs(scene: WaitsScene, ready: Ready): Promise<number> {
  const page = await scene.far();
  await page.goto(scene.fleet.demonstration!.joinUrl);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Guest');
  await sleep(READING_MS);
  const frame = firstFrameAt(page, SOURCE_NAME);
  await ready();
  const joinedAt = await press(page, 'Join');
  const took = (await frame) - joinedAt;
  await leaveAndClose(page);
  return took;
}

/** From the address being opened to the first frame, nothing cached, with a finger that is as quick as the page. */
export async function productColdMs(scene: WaitsScene): Promise<number> {
  const page = await scene.far();
  await page.addInitScript(() => {
    localStorage.setItem('maru.join.name', 'Guest');
    const look = setInterval(() => {
      const box = document.querySelector<HTMLInputElement>('input[type=text], input:not([type])');
      const join = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === 'Join');
      if (box && box.value === '') {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(box, 'Guest');
        box.dispatchEvent(new Event('input', { bubbles: true }));
      }
      if (box?.value && join && !join.disabled) {
        clearInterval(look);
        join.click();
      }
    }, 4);
  });
  const openedAt = Date.now();
  await page.goto(scene.fleet.demonstration!.joinUrl, { waitUntil: 'commit' });
  const took = (await firstFrameAt(page, SOURCE_NAME)) - openedAt;
  await leaveAndClose(page);
  return took;
}

async function leaveAndClose(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Leave' }).click();
  await sleep(300);
  await page.context().close();
}

/** @returns when the button was pressed, on the clock that all pages of this machine share */
function press(page: Page, name: string): Promise<number> {
  return page.evaluate((wanted) => {
    const named = (button: Element) =>
      (button.getAttribute('aria-label') ?? button.textContent ?? '').trim() === wanted;
    const button = [...document.querySelectorAll('button')].find(named);
    if (!button) throw new Error(`no button ${wanted}`);
    const at = performance.timeOrigin + performance.now();
    button.click();
    return at;
  }, name);
}

/**
 * Resolves so long after a frame of the page's camera. How long a new viewer waits for the next one is up to a tenth of a
 * second, more than all that is compared: both sides are pressed at the same moments between two frames.
 */
async function afterFrame(page: Page, laterMs: number): Promise<void> {
  await page.evaluate(async (ms) => {
    const { camera, MediaStreamTrackProcessor } = window as unknown as {
      camera: MediaStreamTrack;
      MediaStreamTrackProcessor: new (of: { track: MediaStreamTrack }) => { readable: ReadableStream<VideoFrame> };
    };
    const frames = new MediaStreamTrackProcessor({ track: camera }).readable.getReader();
    // the first may be one that is long over
    for (let i = 0; i < 2; i++) (await frames.read()).value?.close();
    await frames.cancel();
    await new Promise((resolve) => setTimeout(resolve, ms));
  }, laterMs);
}

/** When the first picture of this person was decoded and handed to the compositor, and what it is seen in was painted. */
function firstFrameAt(page: Page, name: string): Promise<number> {
  return page.evaluate(
    ([wanted, withinMs]) =>
      new Promise<number>((resolve, reject) => {
        setTimeout(() => reject(new Error(`no frame of ${wanted}`)), withinMs);
        const watched = new WeakSet<HTMLVideoElement>();
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>(`[aria-label="${wanted}"] video`);
          const figure = video?.closest('[aria-label]');
          if (video && !watched.has(video)) {
            if (!figure?.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
              // it fades in, and says nothing when it has
              setTimeout(look, 16);
              return;
            }
            watched.add(video);
            const painted = new Promise<number>((done) => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => done(performance.now());
              // a message that is sent before a frame is painted comes after it
              requestAnimationFrame(() => port2.postMessage(null));
            });
            video.requestVideoFrameCallback((_now, { presentationTime }) => {
              void painted.then((paintedAt) => resolve(performance.timeOrigin + Math.max(presentationTime, paintedAt)));
            });
          }
        };
        new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
        look();
      }),
    [name, FRAME_WITHIN_MS] as const,
  );
}

/** The bare harness: the same waits without a product. Who joins sends camera and microphone too, and sees its own picture. */
export class BareRoom {
  readonly #scene: WaitsScene;
  readonly #phone: Page;
  readonly #encodings: RTCRtpEncodingParameters[];
  readonly #source: Page;

  private constructor(scene: WaitsScene, source: Page, phone: Page, encodings: RTCRtpEncodingParameters[]) {
    this.#scene = scene;
    this.#source = source;
    this.#phone = phone;
    this.#encodings = encodings;
  }

  static async open(scene: WaitsScene, encodings: RTCRtpEncodingParameters[]): Promise<BareRoom> {
    const source = await scene.near();
    await source.goto(scene.bare.url);
    await source.evaluate(
      async ([url, layers]) => {
        const client = new window.BareClient();
        await client.prepare(url, 'source');
        const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 }, audio: true });
        for (const track of stream.getTracks()) await client.produce(track, layers);
        Object.assign(window, { camera: stream.getVideoTracks()[0] });
      },
      [scene.bare.url, encodings] as const,
    );
    const phone = await scene.far();
    await phone.goto(scene.bare.url);
    await phone.evaluate(async (url) => {
      const client = new window.BareClient();
      await client.prepare(url, 'phone');
      Object.assign(window, { client });
    }, scene.bare.url);
    return new BareRoom(scene, source, phone, encodings);
  }

  async close(): Promise<void> {
    for (const page of [this.#source, this.#phone]) await page.context().close();
  }

  afterFrame(laterMs: number): Promise<void> {
    return afterFrame(this.#source, laterMs);
  }

  async tapToFirstFrameMs(ready: Ready): Promise<number> {
    const tv = await this.#viewer('tv');
    const frame = tv.evaluate(() => (window as unknown as { frame: Promise<number> }).frame);
    await ready();
    const tappedAt = await this.#phone.evaluate(() => {
      const at = performance.timeOrigin + performance.now();
      void (window as unknown as { client: InstanceType<typeof window.BareClient> }).client.ask('tap', {});
      return at;
    });
    const took = (await frame) - tappedAt;
    await tv.context().close();
    return took;
  }

  async joinMs(ready: Ready): Promise<number> {
    const page = await this.#viewer('viewer');
    await ready();
    const took = await page.evaluate(async () => {
      const at = performance.timeOrigin + performance.now();
      const own = window as unknown as { go: () => void; frame: Promise<number> };
      own.go();
      return (await own.frame) - at;
    });
    await page.context().close();
    return took;
  }

  async #viewer(role: 'tv' | 'viewer'): Promise<Page> {
    const page = await this.#scene.far();
    await page.goto(this.#scene.bare.url);
    await page.evaluate(
      async ([url, as, layers]) => {
        const client = new window.BareClient();
        await client.prepare(url, as, { ahead: true });
        const own = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 }, audio: true });
        const mirror = document.body.appendChild(document.createElement('video'));
        mirror.muted = mirror.autoplay = true;
        mirror.srcObject = own;
        const video = document.body.appendChild(document.createElement('video'));
        video.muted = video.autoplay = true;
        const frame = new Promise<number>((resolve) => {
          video.requestVideoFrameCallback((_now, { presentationTime }) =>
            resolve(performance.timeOrigin + presentationTime),
          );
        });
        const go = async (): Promise<void> => {
          const tracks = await client.join();
          video.srcObject = new MediaStream(tracks.filter(({ kind }) => kind === 'video'));
          for (const track of own.getTracks()) void client.produce(track, layers);
          await video.play();
        };
        client.onTap = () => void go();
        Object.assign(window, { frame, go: () => void go() });
        for (let tries = 0; !client.connected && tries < 200; tries++)
          await new Promise((resolve) => setTimeout(resolve, 25));
      },
      [this.#scene.bare.url, role, this.#encodings] as const,
    );
    await sleep(READING_MS);
    return page;
  }
}
