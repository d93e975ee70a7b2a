/** When a page counts as sound, the same for both shells: it answers in time, and what answers is the screen's page. */
import type { PageLook } from '#edge/chromium/devtools-pipe.ts';
import { FROZEN_AFTER_MS, LOOK_MS } from './shell-window.ts';

/**
 * What a look evaluates in the page. On the way it leaves the key by which the agent knows the page, in the screen's own
 * page and in no other; a value of this very process, so that the key is in no address and on no command line.
 * @param key null: the agent has left none yet
 */
export function lookExpression(origin: string, key: string | null): string {
  const leave = `if (location.origin === ${JSON.stringify(origin)}) globalThis.maruScreenKey = ${JSON.stringify(key)};`;
  return `${key === null ? '' : leave} location.origin`;
}

export type WatchedPage = {
  look: (withinMs: number) => Promise<PageLook>;
  /** settles with the reason when the page's process is gone */
  gone: Promise<string>;
};

/** @returns why the page is no longer sound */
export async function watchPage({ look, gone }: WatchedPage): Promise<string> {
  let wasElsewhere = false;
  for (;;) {
    const seen = await Promise.race([gone.then((why) => ({ why })), look(FROZEN_AFTER_MS)]);
    if (typeof seen === 'object') return seen.why;
    if (seen === 'silent') return 'the page is frozen';
    // once alone may be a page that loads itself anew
    if (seen === 'elsewhere' && wasElsewhere) return 'the page is another one';
    wasElsewhere = seen === 'elsewhere';
    const pause = new Promise<null>((resolve) => setTimeout(resolve, LOOK_MS, null));
    const why = await Promise.race([pause, gone]);
    if (why !== null) return why;
  }
}
