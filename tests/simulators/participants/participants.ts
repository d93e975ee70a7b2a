/** Participants with known pictures and tones, each in a page of its own in headless Chromium. By the contract alone, no page of ours. */
import type { Browser, Page } from 'playwright-core';
import { pagePaths } from '#contract/http/page-paths.ts';
import { admissionApi } from '#contract/http/admission-api.ts';
import type { CallGrant } from '#contract/grants.ts';
import { bundlePage } from '../bundle-page.ts';
import { colours, type Picture } from '../media/picture.ts';
import { toneHzOf } from '../media/tone.ts';
import { requestJson } from '../request-json.ts';
import type { Participant as ParticipantInPage, ParticipantOptions } from './page/participant.ts';

export type Report = ReturnType<ParticipantInPage['report']>;

export const pictureOf = (number: number): Picture => ({ number, colour: colours[number % colours.length]! });

/** A grant for whoever holds the guest link. */
export async function enterAsGuest({ joinUrl, ca }: { joinUrl: string; ca?: string }): Promise<CallGrant> {
  const { method, path, response } = admissionApi.enterAsGuest;
  const { origin, hash } = new URL(joinUrl);
  const answer = await requestJson({
    url: new URL(path, origin).href,
    method,
    body: { invite: hash.slice(1) },
    ca,
    headers: { origin },
  });
  const entry = response.parse(answer);
  if (entry.kind !== 'admitted') throw new Error(`not let in: ${entry.kind}`);
  return entry.grant;
}

export class SimulatedParticipant {
  readonly #page: Page;
  readonly number: number;
  private constructor(page: Page, number: number) {
    this.#page = page;
    this.number = number;
  }

  /** Its picture and tone follow from its number. */
  static async join({
    browser,
    joinUrl,
    number,
    ca,
    displayName = `Participant ${number}`,
    camera = true,
    microphone = true,
    showTiles = 9,
  }: {
    browser: Browser;
    joinUrl: string;
    number: number;
    ca?: string;
    displayName?: string;
    camera?: boolean;
    microphone?: boolean;
    showTiles?: number;
  }): Promise<SimulatedParticipant> {
    // a small document that the fleet really serves: a made-up one may not reach loopback (Chromium's Local Network Access)
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(new URL(pagePaths.health, joinUrl).href);
    await page.addScriptTag({ content: await bundlePage('participants/page/entry.ts') });
    // a touch, as a person gives: sound may start
    await page.mouse.click(1, 1);
    const options: ParticipantOptions = {
      displayName,
      showTiles,
      picture: camera ? pictureOf(number) : null,
      toneHz: microphone ? toneHzOf(number) : null,
      size: { width: 640, height: 360, framesPerSecond: 15 },
    };
    const grant = await enterAsGuest({ joinUrl, ca });
    await page.evaluate(([made, granted]) => window.makeParticipant(made).enter(granted), [options, grant] as const);
    return new SimulatedParticipant(page, number);
  }

  setMuted(source: 'microphone' | 'camera', muted: boolean): Promise<void> {
    return this.#page.evaluate(([which, to]) => window.participant.setMuted(which, to), [source, muted] as const);
  }

  /** What it sees and hears now; tones of the numbers given are listened for. */
  report(numbers: number[]): Promise<Report> {
    return this.#page.evaluate((candidatesHz) => window.participant.report(candidatesHz), numbers.map(toneHzOf));
  }

  async leave(): Promise<void> {
    await this.#page.evaluate(() => window.participant.leave());
    await this.#page.close();
  }

  /** Without a word, as a laptop that is shut. */
  async vanish(): Promise<void> {
    await this.#page.close();
  }
}
