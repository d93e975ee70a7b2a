/**
 * The chat of a real call in two browsers and on the room's phone: what is sent while the line drops is there once and in order, and
 * Korean that is composed while somebody else writes loses no letter.
 */
import type { CDPSession } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../simulators/eventually.ts';
import { NetworkProxy } from '../simulators/network/network-proxy.ts';
import type { Persona } from './personas/persona.ts';
import type { Guest, PhonePage } from './personas/roles.ts';
import { Scene } from './scene.ts';

const NO_CAMERA = { camera: 'missing' } as const;
/** Less than a person may send at once. */
const BEFORE_CUT = ['one', 'two', 'three'];
/** An answer takes seconds. */
const SLOW_BPS = 100;
const DURING_CUT = ['four', 'five', 'six'];
const OF_OTHERS = ['alpha', 'beta', 'gamma'];
/** What the input method shows with each key, and what the syllable ends as. */
const SYLLABLES = [
  { steps: ['ㅎ', '하', '한'], written: '한' },
  { steps: ['ㄱ', '그', '글'], written: '글' },
  { steps: ['ㄷ', '도', '돟', '됴', '도'], written: '도' },
] as const;
const WRITTEN = SYLLABLES.map(({ written }) => written).join('');

describe('the chat of a call', () => {
  let scene: Scene;
  let network: NetworkProxy;
  let phone: PhonePage;
  let mina: Guest;
  let jonas: Guest;

  beforeAll(async () => {
    scene = await Scene.start();
    network = new NetworkProxy({ seed: 1 });
    const tv = await scene.tv();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    [mina, jonas] = await Promise.all([scene.guest(1, { ...NO_CAMERA, network }), scene.guest(2, NO_CAMERA)]);
    for (const [guest, name] of [
      [mina, 'Mina'],
      [jonas, 'Jonas'],
    ] as const) {
      await guest.join(name);
      await guest.expectInCall();
      await guest.button('Chat').click();
    }
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(async () => {
    await scene?.close();
    network?.stop();
  });

  const expectOnAll = async (words: string[], viewers: Persona[] = [mina, jonas, phone]) => {
    for (const viewer of viewers)
      await eventually(`${words} at ${viewer.constructor.name} ${viewer.number}`, () => messagesOf(viewer), is(words), {
        timeoutMs: 45_000,
      });
  };

  test.each([
    ['is reset', true],
    ['stalls without a word', false],
  ])('a line that %s in the middle of sending doubles nothing and changes no order', async (_, resetStreams) => {
    const known = await messagesOf(jonas);
    const arrives = (words: string) =>
      message(jonas, words)
        .nth(known.filter((other) => other === words).length)
        .waitFor();
    for (const words of BEFORE_CUT.slice(0, -1)) await mina.write(words);
    await arrives(BEFORE_CUT.at(-2)!);
    // the node has the last one, and its answer is on the way when the line goes
    network.impair({ downBps: SLOW_BPS });
    await mina.write(BEFORE_CUT.at(-1)!);
    await arrives(BEFORE_CUT.at(-1)!);
    network.cut({ resetStreams });
    network.impair({ downBps: null });
    for (const [at, words] of DURING_CUT.entries()) {
      await mina.write(words);
      await jonas.write(OF_OTHERS[at]!);
      await message(jonas, OF_OTHERS[at]!).last().waitFor();
    }
    await mina.page.getByText('Reconnecting').first().waitFor();
    expect((await messagesOf(jonas)).filter((words) => DURING_CUT.includes(words))).toEqual(
      known.filter((words) => DURING_CUT.includes(words)),
    );
    network.restore();
    await arrives(DURING_CUT.at(-1)!);
    const all = await messagesOf(jonas);
    const fresh = all.slice(known.length);
    expect(fresh.filter((words) => !OF_OTHERS.includes(words))).toEqual([...BEFORE_CUT, ...DURING_CUT]);
    expect(fresh.filter((words) => OF_OTHERS.includes(words))).toEqual(OF_OTHERS);
    await expectOnAll(all);
    for (const persona of [mina, jonas, phone]) await persona.expectSamePage();
  });

  test('who comes after that sees the same, each once and in order', async () => {
    const late = await scene.guest(3, NO_CAMERA);
    await late.join('Ana');
    await late.expectInCall();
    await late.page.getByRole('button', { name: /^Chat/ }).click();
    await expectOnAll(await messagesOf(jonas), [late]);
    await late.button('Leave').click();
  });

  test('Korean that is composed while others write loses no letter, in the middle of a line too', async () => {
    const keys = await mina.page.context().newCDPSession(mina.page);
    const field = mina.page.getByRole('textbox', { name: 'Message', exact: true });
    let count = 0;
    const comesIn = async () => {
      count += 1;
      await jonas.write(`of Jonas ${count}`);
      await message(mina, `of Jonas ${count}`).waitFor();
    };
    await field.focus();
    for (const { steps, written } of SYLLABLES) {
      for (const step of steps) await compose(keys, step);
      // drawn amid the composition
      await comesIn();
      await compose(keys, written);
      await keys.send('Input.insertText', { text: written });
    }
    expect(await field.inputValue()).toBe(WRITTEN);
    await field.press('Home');
    await field.press('ArrowRight');
    for (const step of ['ㄹ', '라', '락']) await compose(keys, step);
    await comesIn();
    await keys.send('Input.insertText', { text: '락' });
    const line = `${WRITTEN[0]}락${WRITTEN.slice(1)}`;
    expect(await field.inputValue()).toBe(line);
    await mina.button('Send').click();
    await message(jonas, line).waitFor();
    expect(await field.inputValue()).toBe('');
    await expectOnAll(await messagesOf(jonas));
  });
});

const log = ({ page }: Persona) => page.getByRole('log', { name: 'Messages' });
const message = (viewer: Persona, words: string) => log(viewer).getByText(words, { exact: true });
const messagesOf = (viewer: Persona): Promise<string[]> =>
  log(viewer)
    .locator('li:has(time)')
    .evaluateAll((items) => items.map((item) => item.querySelector('p:last-of-type')?.textContent ?? ''));
const is =
  (wanted: string[]) =>
  (seen: string[]): boolean =>
    seen.join('|') === wanted.join('|');
const compose = (keys: CDPSession, text: string) =>
  keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
