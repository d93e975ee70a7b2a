/** The picture of this very tab, of exactly the wanted size. The browser is started so that it accepts that, and nothing else. */

/** @throws where the browser gives no such picture */
export async function captureTab(height: number, picturesPerSecond: number): Promise<MediaStreamTrack> {
  const width = Math.round((height * 16) / 9);
  const wanted = {
    video: { width, height, frameRate: picturesPerSecond },
    audio: false,
    preferCurrentTab: true,
    selfBrowserSurface: 'include',
  } as DisplayMediaStreamOptions;
  const stream = await navigator.mediaDevices.getDisplayMedia(wanted);
  const track = stream.getVideoTracks()[0]!;
  const given = track.getSettings();
  if (given.width === width && given.height === height) return track;
  track.stop();
  throw new Error(`the tab is captured at ${given.width}x${given.height}, not ${width}x${height}`);
}
