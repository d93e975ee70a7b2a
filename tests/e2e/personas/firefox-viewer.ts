/**
 * Somebody of the staff who watches with Debian's Firefox. Without a sound device nothing sounds there: what it decodes of the
 * sound is read instead.
 */
import assert from 'node:assert/strict';
import { eventually } from '../../simulators/eventually.ts';
import { Firefox, type FirefoxOptions, type FirefoxPage } from '../../simulators/firefox.ts';
import { expectPictures, KNOWN_PICTURES, numbersOf, TONES_HZ } from './perceive.ts';
import { devicesOf, pageScript } from './persona.ts';

const SIZE = { width: 1024, height: 640 };
const VIDEO = `document.querySelector('[aria-label="Broadcast"] video')`;

export class FirefoxViewer {
  readonly page: FirefoxPage;
  readonly #firefox: Firefox;

  private constructor(firefox: Firefox, page: FirefoxPage) {
    this.#firefox = firefox;
    this.page = page;
  }

  static async open(address: string, number: number, options?: FirefoxOptions): Promise<FirefoxViewer> {
    const firefox = await Firefox.launch(options);
    try {
      const script = await pageScript(devicesOf(number, { camera: 'missing', microphone: 'missing' }));
      return new FirefoxViewer(firefox, await firefox.open(address, script, SIZE));
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  async signIn(userName: string, password: string): Promise<void> {
    const isThere = () => this.page.count('textbox', 'User name');
    await eventually('the sign-in', isThere, (count) => count === 1);
    await this.page.fill('textbox', 'User name', userName);
    await this.page.fillNext(password);
    await this.page.click('button', 'Sign in');
  }

  expectToSeeAll(numbers: number[], timeoutMs?: number): Promise<void> {
    const known = JSON.stringify(KNOWN_PICTURES);
    const read = async () => {
      const found = await this.page.evaluate<{ number: number }[]>(
        `${VIDEO} === null ? [] : window.maruSenses.seeAllIn(${VIDEO}, ${known})`,
      );
      return found.map(({ number }) => number);
    };
    return expectPictures('the broadcast in Firefox', read, numbers, timeoutMs);
  }

  /** @param playlistUrl of what it watches */
  async expectToDecodeTones(playlistUrl: string, numbers: number[]): Promise<void> {
    const arguments_ = `${JSON.stringify(playlistUrl)}, ${JSON.stringify(TONES_HZ)}`;
    await eventually(
      `tones ${numbers} in what Firefox decodes`,
      async () => numbersOf(await this.page.evaluate<number[]>(`window.maruSenses.tonesOfSegment(${arguments_})`)),
      (heard) => numbers.every((number) => heard.includes(number)),
      { timeoutMs: 90_000, everyMs: 500 },
    );
  }

  /** It plays on by so much, or longer. */
  async expectToPlayOn(seconds: number): Promise<void> {
    const position = () => this.page.evaluate<number>(`${VIDEO}.currentTime`);
    const from = await position();
    await eventually('the video plays on', position, (now) => now >= from + seconds, { timeoutMs: 90_000 });
    assert.equal(await this.page.evaluate<boolean>(`${VIDEO}.paused`), false, 'the video is paused');
  }

  /** Origins from which its media came. */
  mediaOrigins(): Promise<string[]> {
    return this.page.evaluate(MEDIA_ORIGINS);
  }

  close(): Promise<void> {
    return this.#firefox.close();
  }
}

const MEDIA_ORIGINS = `[...new Set(performance.getEntriesByType('resource').filter(({ name }) => name.includes('.m4s')).map(({ name }) => new URL(name).origin))]`;
