/** Chooses what plays HLS here: hls.js, loaded when it is needed, or the browser itself. */
import { openNatively, playsNatively } from './native-source.ts';
import type { OpenPlaylist } from './source.ts';

/** @returns null: nothing plays HLS in this browser. @throws where hls.js cannot be loaded now */
export async function sourceOpener(video: HTMLVideoElement): Promise<OpenPlaylist | null> {
  if (playsNatively(video)) return openNatively;
  const { canPlayByHls, openByHls } = await import('./hls-source.ts');
  return canPlayByHls() ? openByHls : null;
}
