/**
 * axe on the states of TV, remote, door sign, guest's, laptop's, staff and watch page and console that need bookings, devices, documents and broadcasts, as the contact sheet sets them up; and
 * that everything to be touched is 48 px. The others are judged in the whole product (tests/e2e). The suite judges a ninth of
 * them, chosen by a seed; `npm run test:scenes` judges all.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrationScenes } from '../screens/scenes/console-administration.ts';
import { settingsScenes } from '../screens/scenes/console-settings.ts';
import { broadcastScenes } from '../screens/scenes/console-broadcasts.ts';
import { alertScenes } from '../screens/scenes/console-alerts.ts';
import { fleetScenes } from '../screens/scenes/console-fleet.ts';
import { updateScenes } from '../screens/scenes/console-updates.ts';
import { helpScenes } from '../screens/scenes/console-help.ts';
import { joinScenes } from '../screens/scenes/join.ts';
import { remoteScenes } from '../screens/scenes/remote.ts';
import { remoteAirScenes } from '../screens/scenes/remote-air.ts';
import { remoteDocumentScenes } from '../screens/scenes/remote-documents.ts';
import type { Scene, SizeName } from '../screens/scenes/scene.ts';
import { staffScenes } from '../screens/scenes/staff.ts';
import { watchScenes } from '../screens/scenes/watch.ts';
import { shareScenes } from '../screens/scenes/share.ts';
import { screenScenes } from '../screens/scenes/screen.ts';
import { type ColorScheme, SceneWindow } from '../screens/scene-window.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { builtPage } from './built-pages.ts';

const MIN_TARGET_PX = 48;

/** As its Playwright package brings it, but in its small form and read once: each scene's page compiles it anew. */
const packageOfAxe = createRequire(import.meta.url).resolve('@axe-core/playwright');
const axeScript = readFileSync(createRequire(packageOfAxe).resolve('axe-core/axe.min.js'), 'utf8');

type AxeOnPage = { run: (within: Document, options: object) => ReturnType<AxeBuilder['analyze']> };
type Windows = Record<ColorScheme, SceneWindow>;

let browser: Browser;
/** Windows that show nothing: scenes run side by side, each in windows of its own. */
const free: Windows[] = [];
beforeAll(async () => {
  builtPage('control');
  builtPage('join');
  builtPage('share');
  builtPage('staff');
  builtPage('watch');
  builtPage('screen');
  builtPage('console');
  browser = await launchChromium({ role: 'kiosk' });
});
afterAll(() => browser?.close());

async function openWindows(): Promise<Windows> {
  const open = (colorScheme: ColorScheme) => SceneWindow.open(browser, { language: 'en', colorScheme });
  return { light: await open('light'), dark: await open('dark') };
}

/** Shows the scene in a free window, hands its page over, and clears the window. */
async function show(
  scene: Scene,
  size: SizeName,
  colorScheme: ColorScheme,
  judge: (page: Page) => Promise<void>,
): Promise<void> {
  const windows = free.pop() ?? (await openWindows());
  const window = windows[colorScheme];
  try {
    const page = await window.show(scene, size);
    await page.getByRole('heading').first().waitFor();
    // what fades in is not judged half transparent
    await page.waitForTimeout(200);
    await judge(page);
  } finally {
    await window.clear();
    free.push(windows);
  }
}

async function gravesOf(page: Page): Promise<string[]> {
  await page.evaluate(axeScript);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: AxeOnPage };
    return (await axe.run(document, { resultTypes: ['violations'] })).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`);
}

/** What can be touched and is smaller, by its name; a radio is its whole line. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate((least) => {
    const targets = document.querySelectorAll<HTMLElement>('button, [role=tab], label:has(input)');
    return [...targets]
      .map((target) => ({ target, box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < least || box.height < least))
      .map(({ target, box }) => `${target.ariaLabel ?? target.textContent} ${box.width}x${box.height}`);
  }, MIN_TARGET_PX);

const SEED = Number(process.env.MARU_SCENES_SEED ?? 20_261_129);
const isEvery = process.env.MARU_EVERY_SCENE === '1';
if (!isEvery) console.info(`a ninth of the scenes, MARU_SCENES_SEED=${SEED}`);
/** The same ninth for the same seed, whatever other scenes there are. */
function isChosen({ name }: Scene): boolean {
  const digest = createHash('sha256').update(`${SEED} ${name}`).digest();
  return isEvery || digest.readUInt32BE() % 9 === 0;
}

const ofRemote = [
  ...remoteScenes.filter(({ name }) =>
    /^(day|devices|door|tablet)-|^call-(booked|today|camera|ends|devices|waiting|locked|chat|invite|presence)|^idle-waiting|^scan-|^help-/.test(
      name,
    ),
  ),
  ...remoteDocumentScenes,
  ...remoteAirScenes,
];
const ofTv = screenScenes.filter(({ name }) =>
  /^idle-(free|due|booked|released|all-day|private|12|20|calendar|self|device)|^call-(ends|over|next|extended|hdmi|waiting|locked|code)|enrol|^claim-|^document$|^document-(failed|loading|withdrawn|long)|^idle-document|^help-/.test(
    name,
  ),
);

const ofGuest = joinScenes.filter(({ name }) =>
  /^(document|share|knock|waiting|host)-|^(knock|waiting|chat)$/.test(name),
);

const pages: (readonly [string, readonly Scene[]])[] = [
  ['the guest’s page', ofGuest],
  ['the laptop’s page', shareScenes],
  ['the staff page', staffScenes],
  ['the watch page', watchScenes],
  ['the console’s pages of people, places and the audit log', administrationScenes],
  ['settings in the console', settingsScenes],
  ['the console’s page of broadcasts', broadcastScenes],
  ['the console’s alerts', alertScenes],
  ['the console’s help', helpScenes],
  ['the console’s updates', updateScenes],
  ['the console’s rooms, one and many', fleetScenes],
];
// of a page without a chosen scene there is nothing to judge
describe.concurrent.each(pages.filter(([, scenes]) => scenes.some(isChosen)))('%s', (_page, scenes) => {
  const turns = scenes.filter(isChosen).map((scene, index) => ({
    name: scene.name,
    scene,
    shown: index % 2 === 0 ? (['phone', 'light'] as const) : (['laptop', 'dark'] as const),
  }));
  it.each(turns)('$name, as $shown', ({ scene, shown: [size, scheme] }) =>
    show(scene, size, scheme, async (page) => {
      expect((await gravesOf(page)).join('\n')).toBe('');
      expect((await smallTargets(page)).join('\n')).toBe('');
    }),
  );
});

describe.concurrent('the remote', () => {
  // each state once, phone in light and tablet in dark by turns: both kits of colours and both sizes meet every part
  const turns = ofRemote.filter(isChosen).map((scene, index) => ({
    name: scene.name,
    scene,
    shown: index % 2 === 0 ? (['phone', 'light'] as const) : (['room-tablet', 'dark'] as const),
  }));
  it.each(turns)('$name, as $shown', ({ scene, shown: [size, scheme] }) =>
    show(scene, size, scheme, async (page) => {
      expect((await gravesOf(page)).join('\n')).toBe('');
      expect((await smallTargets(page)).join('\n')).toBe('');
    }),
  );
});

describe.concurrent('the TV', () => {
  it.each(ofTv.filter(isChosen))('$name', (scene) =>
    show(scene, '1080p', 'dark', async (page) => {
      expect((await gravesOf(page)).join('\n')).toBe('');
      // nothing is smaller than 28 px, and nothing hangs out of the screen
      const small = await page.evaluate(() => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found: string[] = [];
        for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
          const element = node.parentElement!;
          const box = element.getBoundingClientRect();
          // initials in a picture's place are decoration
          if (element.closest('[aria-hidden=true]')) continue;
          if (node.textContent?.trim() === '' || box.width <= 1 || getComputedStyle(element).opacity === '0') continue;
          const size = Number.parseFloat(getComputedStyle(element).fontSize);
          const isOut = box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight;
          if (size < 28 || isOut) found.push(`${node.textContent} ${size}px ${box.right},${box.bottom}`);
        }
        return found;
      });
      expect(small.join('\n')).toBe('');
    }),
  );
});

describe.concurrent('words without a place to break', () => {
  it.each(['phone', 'laptop'] as const)('leave the columns of a meeting’s page as they are, on a %s', (size) =>
    show(staffScenes.find(({ name }) => name === 'meeting-chat-long-words')!, size, 'light', async (page) => {
      await page.getByText('prices-of-spring').last().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }),
  );

  it.each(['meeting-long-names', 'home-long-names'])('stand whole in the button that joins, in %s', (scene) =>
    show(staffScenes.find(({ name }) => name === scene)!, 'phone', 'light', async (page) => {
      const words = page
        .getByRole('button', { name: /^Join / })
        .locator('span')
        .last();
      expect(await words.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
    }),
  );
});

describe.concurrent('a poll', () => {
  it('leaves its choices where they are once it is answered: a second press would meet another one', async () => {
    const heights: number[][] = [];
    for (const name of ['poll-long', 'poll-answered'])
      await show(joinScenes.find((scene) => scene.name === name)!, 'phone', 'light', async (page) => {
        const choices = page.getByRole('region', { name: 'Poll' }).locator('button[aria-pressed]');
        await choices.first().waitFor();
        heights.push(await choices.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height)));
      });
    expect(heights[1]).toEqual(heights[0]);
  });
});

describe.concurrent('the way of the keys', () => {
  it('goes through an idle room from what is done most to what is done seldom', () =>
    show(remoteScenes.find(({ name }) => name === 'day-due')!, 'phone', 'light', async (page) => {
      const names: (string | null)[] = [];
      for (let step = 0; step < 8; step += 1) {
        await page.keyboard.press('Tab');
        names.push(
          await page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? null),
        );
      }
      expect(names.map((name) => name?.trim().replace(/\s+/g, ' '))).toEqual([
        'More',
        'Room',
        'Join 10:00 Weekly plan',
        'Start meeting',
        'Show a document on the TV',
        'Check in for Weekly plan',
        'Give back: Weekly plan',
        '',
      ]);
    }));
});
