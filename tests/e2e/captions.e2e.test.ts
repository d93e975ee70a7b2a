/**
 * What is spoken, on the TV and in a replay: a phone turns the transcript on, a guest speaks a real sentence, and an engine's Korean words for it stand
 * below the pictures within three seconds of its end, with who spoke. The engine is a fake of the real one's shape: it is the only part
 * that is not the product.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  answerJson,
  type ScriptedEngine,
  startScriptedEngine,
} from '../../fleet/transcriber/testing/scripted-engine.ts';
import { goForward, silenceOf } from '../../fleet/transcriber/testing/speech-sound.ts';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene } from './scene.ts';

/** of the sentence's end; judged at three times of it here, as the machine is shared */
const CAPTION_WITHIN_MS = 3_000;
const [FIRST, SENTENCE] = ['먼저 인사부터 드리겠습니다', '다음 주 화요일에 십 미터 앞으로 가겠습니다'];
const ON_AIR = '생중계를 보시는 분들께 인사드립니다';
/** A broadcast starts its program; the machine is shared. */
const BROADCAST_WITHIN_MS = 150_000;

describe('captions', () => {
  let engine: ScriptedEngine;
  /** what the engine makes of the next sentence */
  let words = FIRST;
  let folder: string;
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let mina: Guest;

  beforeAll(async () => {
    engine = await startScriptedEngine((_request, response) => answerJson(response, { text: words }));
    folder = mkdtempSync(join(tmpdir(), 'maru-speech-'));
    const config = join(folder, 'speech.json');
    writeFileSync(config, JSON.stringify({ kind: 'openai', url: engine.url, model: 'a-model' }), { mode: 0o600 });
    scene = await Scene.start(['--speech-config', config]);
    const administrator = await Administrator.signIn(scene.product.addresses);
    await administrator.permitTranscripts();
    tv = await scene.tv();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    mina = await scene.guest(1, { microphone: 'present', speaks: true });
    await mina.join('Mina');
    await mina.expectInCall();
    await tv.expectToSee('Mina', 1);
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(async () => {
    await scene?.close();
    await engine?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  const sentence = (): string => Buffer.concat([goForward(), silenceOf(1_200)]).toString('base64');
  /** @returns when the last word was spoken */
  const speak = async (): Promise<number> =>
    (await mina.page.evaluate((base64) => window.maruDevices.speak(base64), sentence())) - 1_200;
  const captionOn = (of: Tv | Guest) => of.page.getByRole('region', { name: 'Captions' }).getByText(words);
  /** the line of a switch is its target */
  const press = (words: string) => phone.page.getByText(words, { exact: true }).click();
  const signOn = (of: Tv | Guest) => of.page.getByText('What is spoken is written', { exact: true });

  test('a phone turns it on: a sign for everybody, and until then nothing reaches the engine', async () => {
    await speak();
    expect(engine.requests).toEqual([]);
    expect(await signOn(tv).count()).toBe(0);
    await press('Write what is spoken');
    for (const each of [tv, mina]) await signOn(each).waitFor();
  });

  test('what a guest says stands on the TV with the name, soon after, in Korean', async () => {
    // the transcriber has just begun: of its first sentence no time is judged
    const first = captionOn(tv).waitFor();
    await speak();
    await first;
    words = SENTENCE;
    const seen = captionOn(tv)
      .waitFor()
      .then(() => Date.now());
    const endedMs = await speak();
    const afterMs = (await seen) - endedMs;
    console.info(`on the TV ${afterMs} ms after the sentence's end`);
    expect(afterMs).toBeLessThan(3 * CAPTION_WITHIN_MS);
    expect(await tv.page.getByRole('region', { name: 'Captions' }).textContent()).toBe(`Mina${SENTENCE}`);
    expect(engine.requests.at(-1)?.fields).toMatchObject({ model: 'a-model', language: 'ko' });
    await captionOn(tv).waitFor({ state: 'detached' });
  });

  test('a guest reads them who wants to, and the TV shows none once a phone has turned them off', async () => {
    await mina.button('Show captions').click();
    await press('Captions on the TV');
    await tv.page.getByRole('region', { name: 'Captions' }).waitFor({ state: 'detached' });
    // said again where a busy machine lost it: no time is judged here
    const seen = captionOn(mina).waitFor();
    let isSeen = false;
    void seen.then(() => {
      isSeen = true;
    });
    for (let times = 0; !isSeen && times < 6; times += 1) await speak();
    await seen;
    expect(await captionOn(tv).count()).toBe(0);
    await signOn(tv).waitFor();
  });

  test('what is spoken on air is read in the replay, where it was spoken', async () => {
    const onAir = mina.page.getByLabel('On air', { exact: true }).first();
    await phone.button('Go live').click();
    await phone.button('Start broadcast').click({ timeout: BROADCAST_WITHIN_MS });
    await onAir.waitFor({ timeout: BROADCAST_WITHIN_MS });
    words = ON_AIR;
    const seen = captionOn(mina).waitFor();
    let isSeen = false;
    void seen.then(() => {
      isSeen = true;
    });
    for (let times = 0; !isSeen && times < 6; times += 1) await speak();
    await seen;
    await phone.button('End broadcast').click();
    await phone.button('End it for everyone').click();
    await onAir.waitFor({ state: 'detached', timeout: BROADCAST_WITHIN_MS });
    const { adminUser, adminPassword } = scene.product.addresses;
    const viewer = await scene.viewer(7);
    await viewer.signIn(adminUser, `${adminPassword}-and-more`);
    await viewer.page.getByRole('link', { name: 'Demonstration room' }).first().click({ timeout: BROADCAST_WITHIN_MS });
    await viewer.button('Captions').click({ timeout: BROADCAST_WITHIN_MS });
    const caption = viewer.broadcast.getByRole('region', { name: 'Captions' });
    // it plays meanwhile, and may have passed what was spoken: again from the start
    const fromStart = async (): Promise<string | null> => {
      if (
        (await caption.textContent()) === '' &&
        (await viewer.video.evaluate((video) => (video as HTMLVideoElement).ended))
      )
        await viewer.page.keyboard.press('Home');
      return caption.textContent();
    };
    await viewer.page.keyboard.press('Home');
    await expect.poll(fromStart, { timeout: BROADCAST_WITHIN_MS, interval: 250 }).toBe(`Mina${ON_AIR}`);
    await viewer.close();
  }, 600_000);

  test('turned off, nothing more is heard by the engine, and the sign is gone', async () => {
    await press('Write what is spoken');
    for (const each of [tv, mina]) await signOn(each).waitFor({ state: 'detached' });
    const asked = engine.requests.length;
    await speak();
    expect(engine.requests.length).toBe(asked);
    for (const each of [tv, mina]) await each.expectSamePage();
  });
});
