/** Takes pictures in several windows at once: a scene waits for its page more than it works. */
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { type ColorScheme, type Language, SceneWindow } from './scene-window.ts';
import type { Shot } from './shots.ts';

/** A picture costs about a second of CPU and as much of waiting. */
const WINDOWS_PER_CORE = 2;
/** Without a change for so long, the page has done what the scene wants. */
const QUIET_MS = 150;
const QUIET_WITHIN_MS = 3_000;

/**
 * @param whole pages to their ends, rather than what the window shows
 * @param out folder for the pictures
 * @param onTaken called after each picture, with the error where there is none
 */
export async function takePictures(
  browser: Browser,
  shots: readonly Shot[],
  { scheme, whole, out }: { scheme: ColorScheme; whole: boolean; out: string },
  onTaken: (shot: Shot, error: Error | null) => void,
): Promise<void> {
  const waiting = [...shots];
  const next = (language: Language): Shot | undefined => {
    const index = waiting.findIndex((shot) => shot.language === language);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const inWindow = async (language: Language): Promise<void> => {
    let window: SceneWindow | null = null;
    for (let shot = next(language); shot !== undefined; shot = next(language)) {
      try {
        window ??= await SceneWindow.open(browser, { language, colorScheme: scheme });
        const page = await window.show(shot.scene, shot.size);
        await settled(page);
        await page.screenshot({ path: join(out, shot.file), fullPage: whole });
        await window.clear();
        onTaken(shot, null);
      } catch (error) {
        onTaken(shot, error as Error);
        // nobody knows what the scene left behind
        await window?.close();
        window = null;
      }
    }
    await window?.close();
  };
  const windows = Math.max(2, availableParallelism() * WINDOWS_PER_CORE);
  await Promise.all(Array.from({ length: windows }, (_, index) => inWindow(index % 2 === 0 ? 'en' : 'ko')));
}

/** Fonts and pictures have come, nothing changes any more (but for what always does, as a clock), and a frame is painted. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    async ([quietMs, withinMs]) => {
      await document.fonts.ready;
      const until = performance.now() + withinMs;
      let changedAt = performance.now();
      const changes = new MutationObserver(() => {
        changedAt = performance.now();
      });
      changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      const hasPictures = (): boolean =>
        [...document.querySelectorAll('video')].every(
          (video) => video.srcObject === null || video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA,
        );
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      while (performance.now() < until && !(performance.now() - changedAt >= quietMs && hasPictures())) await frame();
      changes.disconnect();
      // what was shortened to nothing by reduced motion still needs a frame to arrive, and one to be painted
      await frame();
      await frame();
      await new Promise((painted) => setTimeout(painted, 50));
    },
    [QUIET_MS, QUIET_WITHIN_MS] as const,
  );
}
