/** Whether a process can open a window: a browser that finds no display ends without a cause that a person could read. */

export const hasDisplay = ({ DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): boolean =>
  Boolean(DISPLAY || WAYLAND_DISPLAY);

/** @throws Error in words */
export function needDisplay(env: NodeJS.ProcessEnv, without: string): void {
  if (hasDisplay(env)) return;
  throw new Error(
    `There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Start it from the session on the TV. ${without}`,
  );
}
