/** Somebody of the staff who watches: signs in at the watch page, sees and hears what its one video plays. */
import assert from 'node:assert/strict';
import { eventually } from '../../simulators/eventually.ts';
import { Persona } from './persona.ts';
import { expectPictures, expectSound, KNOWN_PICTURES, numbersOf, seenIn, TONES_HZ } from './perceive.ts';

/** `seen`: numbers of the people; equal prints are the same picture; `brightest`: 0 to 255. */
export type ViewersLook = { positionS: number; seen: number[]; print: number; brightest: number };

export class Viewer extends Persona {
  /** The same document as at first: the page names what it plays in its own address, and is never loaded again. */
  override async expectSamePage(): Promise<void> {
    assert.equal(await this.page.evaluate(() => window.maruSenses.mark), this.loadedMark, 'the document is another');
  }

  async signIn(userName: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'User name' }).fill(userName);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.button('Sign in').click();
  }

  get broadcast() {
    return this.page.getByRole('region', { name: 'Broadcast', exact: true });
  }
  get video() {
    return this.broadcast.locator('video');
  }

  /** Numbers of the people in what is shown now. */
  seenNumbers(): Promise<number[]> {
    return seenIn(this.video);
  }

  /** All at one instant; null: there is no video, or no frame in it. */
  async look(): Promise<ViewersLook | null> {
    if ((await this.video.count()) !== 1) return null;
    return this.video.evaluate((element, known) => {
      const video = element as HTMLVideoElement;
      const picture = window.maruSenses.seeWhole(video);
      if (!picture) return null;
      const seen = window.maruSenses.seeAllIn(video, known).map(({ number }) => number);
      return { ...picture, seen, positionS: video.currentTime };
    }, KNOWN_PICTURES);
  }

  expectToSeeAll(numbers: number[], timeoutMs?: number): Promise<void> {
    return expectPictures('the broadcast', () => this.seenNumbers(), numbers, timeoutMs);
  }

  /** What is played sounds, and these tones are in what the browser decodes of it. @param playlistUrl of what is watched */
  async expectToHearAll(playlistUrl: string, numbers: number[]): Promise<void> {
    await expectSound(this.video);
    const read = () =>
      this.page.evaluate(([url, tonesHz]) => window.maruSenses.tonesOfSegment(url, [...tonesHz]), [
        playlistUrl,
        TONES_HZ,
      ] as const);
    await eventually(
      `tones ${numbers} in what the browser decodes`,
      async () => numbersOf(await read()),
      (heard) => numbers.every((number) => heard.includes(number)),
      // that it is heard is judged here; how soon, where one broadcast has the machine to itself
      { timeoutMs: 120_000, everyMs: 500 },
    );
  }

  position(): Promise<number> {
    return this.video.evaluate((video) => (video as HTMLVideoElement).currentTime);
  }

  /** It plays on, without a stop of more than this. */
  async expectToPlayFor(ms: number, longestStopMs: number): Promise<void> {
    const until = performance.now() + ms;
    let [last, movedAt] = [await this.position(), performance.now()];
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const now = await this.position();
      if (now !== last) [last, movedAt] = [now, performance.now()];
      assert.ok(performance.now() - movedAt < longestStopMs, `the video stands still at ${last} s`);
    }
  }

  /** As a `Cookie` header has them: what another program needs to fetch what this person may see. */
  async cookies(url: string): Promise<string> {
    return (await this.page.context().cookies(url)).map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}
