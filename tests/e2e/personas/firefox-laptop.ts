/** A laptop whose browser is Debian's Firefox, at the page that shows its screen on a TV. Its screen is the synthetic one of every persona. */
import { eventually } from '../../simulators/eventually.ts';
import { Firefox, type FirefoxOptions, type FirefoxPage } from '../../simulators/firefox.ts';
import { devicesOf, pageScript } from './persona.ts';

const SIZE = { width: 1024, height: 640 };

export class FirefoxLaptop {
  readonly page: FirefoxPage;
  readonly #firefox: Firefox;

  private constructor(firefox: Firefox, page: FirefoxPage) {
    this.#firefox = firefox;
    this.page = page;
  }

  static async open(address: string, number: number, options?: FirefoxOptions): Promise<FirefoxLaptop> {
    const firefox = await Firefox.launch(options);
    try {
      const script = await pageScript(devicesOf(number, { camera: 'missing', microphone: 'missing' }));
      return new FirefoxLaptop(firefox, await firefox.open(address, script, SIZE));
    } catch (error) {
      await firefox.close();
      throw error;
    }
  }

  async connect(code: string): Promise<void> {
    await this.#waitFor('textbox', 'Code on the TV');
    await this.page.fill('textbox', 'Code on the TV', code);
    await this.press('Connect');
  }

  async shareScreen(name: string): Promise<void> {
    await this.#waitFor('textbox', 'Your name (optional)');
    await this.page.fill('textbox', 'Your name (optional)', name);
    await this.press('Share screen');
    await this.#waitFor('button', 'Stop sharing');
  }

  async press(name: string): Promise<void> {
    await this.#waitFor('button', name);
    await this.page.click('button', name);
  }

  words(): Promise<string> {
    return this.page.evaluate<string>('document.body.innerText');
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
