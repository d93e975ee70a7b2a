/**
 * The sign of life: each second, from an animation frame of this very page, so that a page that no longer paints is
 * one that no longer lives. One frame a second, no loop.
 */
const INTERVAL_MS = 1_000;

export function startAlive(tell: () => void): void {
  const next = (): void => {
    setTimeout(
      () =>
        requestAnimationFrame(() => {
          tell();
          next();
        }),
      INTERVAL_MS,
    );
  };
  next();
}
