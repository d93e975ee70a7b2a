/**
 * A guest whose browser is Debian's Firefox: the same synthetic devices and eyes as every persona, other hands. Without a
 * sound device Firefox runs no AudioContext, so there is neither a tone of its own nor an ear: that sound arrives is read
 * from the receiver.
 */
import { eventually } from '../../simulators/eventually.ts';
import { Firefox, type FirefoxOptions, type FirefoxPage } from '../../simulators/firefox.ts';
import type { ReadPicture } from '../../simulators/media/picture.ts';
import type { SeenFigure } from './page/entry.ts';
import { expectToSee, type Sees } from './perceive.ts';
import { devicesOf, pageScript } from './persona.ts';

const SIZE = { width: 1024, height: 640 };

export class FirefoxGuest implements Sees {
  readonly page: FirefoxPage;
  readonly #firefox: Firefox;
  readonly #script: string;

  private constructor(firefox: Firefox, page: FirefoxPage, script: string) {
    this.#script = script;
    this.#firefox = firefox;
    this.page = page;
  }

  static async open(address: string, number: number, options?: FirefoxOptions): Promise<FirefoxGuest> {
    const firefox = await Firefox.launch(options);
    try {
      const script = await pageScript(devicesOf(number, { camera: 'present', microphone: 'present' }));
      return new FirefoxGuest(firefox, await firefox.open(address, script, SIZE), script);
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  /** The same link in another tab of the same browser. */
  async openAgain(address: string): Promise<FirefoxGuest> {
    return new FirefoxGuest(this.#firefox, await this.#firefox.open(address, this.#script, SIZE), this.#script);
  }

  async join(name: string): Promise<void> {
    await this.fill('Your name', name);
    await this.press('Join');
    await this.#waitFor('button', 'Leave');
  }

  async fill(name: string, text: string): Promise<void> {
    await this.#waitFor('textbox', name);
    await this.page.fill('textbox', name, text);
  }

  async press(name: string): Promise<void> {
    await this.#waitFor('button', name);
    await this.page.click('button', name);
  }

  /** @param part of what the page shows */
  async expectWords(part: string, timeoutMs?: number): Promise<void> {
    const read = () => this.page.evaluate<string>('document.body.innerText');
    await eventually(`“${part}” on the page`, read, (text) => text.includes(part), { timeoutMs });
  }

  async pictureOf(name: string): Promise<ReadPicture | null> {
    const figures = await this.page.evaluate<SeenFigure[]>('window.maruSenses.figures()');
    return figures.find((figure) => figure.name === name && figure.shown)?.picture ?? null;
  }

  expectToSee(name: string, number: number): Promise<void> {
    return expectToSee(this, name, number);
  }

  /** Packets of sound come in, each time it is asked again. */
  async expectSoundToArrive(): Promise<void> {
    const packets = () => this.page.evaluate<number>('window.maruSenses.soundPackets()');
    const before = await packets();
    await eventually('sound', packets, (now) => now > before + 10);
  }

  close(): Promise<void> {
    return this.#firefox.close();
  }

  async #waitFor(role: string, name: string): Promise<void> {
    await eventually(
      `the ${role} ${name}`,
      () => this.page.count(role, name),
      (count) => count === 1,
    );
  }
}
