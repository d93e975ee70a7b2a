/**
 * The longest time that each person's picture stood still, by the frames that the browser really presented. Follows the
 * picture to another video element where the page mounts one anew. Runs in a browser.
 */
export type Watched = { frames: number; longestGapMs: number; lastFrameAgoMs: number };

type Watch = { video: HTMLVideoElement | null; frames: number; longestGapMs: number; lastAtMs: number };

const watches = new Map<string, Watch>();
let looking: number | undefined;

/** By the figures' names. Starts anew. */
export function watchFrames(names: string[]): void {
  watches.clear();
  const nowMs = performance.now();
  for (const name of names) watches.set(name, { video: null, frames: 0, longestGapMs: 0, lastAtMs: nowMs });
  clearInterval(looking);
  looking = window.setInterval(look, 50);
  look();
}

export function watchedFrames(): Record<string, Watched> {
  const nowMs = performance.now();
  return Object.fromEntries(
    [...watches].map(([name, { frames, longestGapMs, lastAtMs }]) => [
      name,
      // the gap that runs now counts
      {
        frames,
        longestGapMs: Math.round(Math.max(longestGapMs, nowMs - lastAtMs)),
        lastFrameAgoMs: Math.round(nowMs - lastAtMs),
      },
    ]),
  );
}

function look(): void {
  for (const figure of document.querySelectorAll('figure')) {
    const watch = watches.get(figure.getAttribute('aria-label') ?? '');
    const video = figure.querySelector('video');
    if (watch === undefined || video === null || watch.video === video) continue;
    watch.video = video;
    follow(watch, video);
  }
}

function follow(watch: Watch, video: HTMLVideoElement): void {
  video.requestVideoFrameCallback((nowMs) => {
    if (watch.video !== video) return;
    watch.longestGapMs = Math.max(watch.longestGapMs, nowMs - watch.lastAtMs);
    watch.lastAtMs = nowMs;
    watch.frames += 1;
    follow(watch, video);
  });
}
