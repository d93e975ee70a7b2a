// @vitest-environment happy-dom
/** Sound that something else has stopped goes on by itself, or says that it needs a touch. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RemoteAudio } from './remote-audio.tsx';

let root: Root;
let refuses: boolean;
let played: number;
const onSilenced = vi.fn<(silenced: boolean) => void>();
const track = { readyState: 'live' };
const stream = { getAudioTracks: () => [track] } as unknown as MediaStream;
const audio = (): HTMLAudioElement => document.querySelector('audio')!;
/** as a system does it, which no page asked for */
async function pause(): Promise<void> {
  Object.defineProperty(audio(), 'paused', { value: true, configurable: true });
  await act(async () => audio().dispatchEvent(new Event('pause')));
}

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('MediaStream', class {});
  [refuses, played] = [false, 0];
  onSilenced.mockReset();
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (this: HTMLMediaElement) {
    if (refuses) throw new DOMException('', 'NotAllowedError');
    played += 1;
    Object.defineProperty(this, 'paused', { value: false, configurable: true });
  });
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', { value: null, writable: true, configurable: true });
  document.body.innerHTML = '<div></div>';
  root = createRoot(document.querySelector('div')!);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
const show = () =>
  act(async () =>
    root.render(<RemoteAudio sounds={[{ key: 'a', stream }]} volumePercent={100} onSilenced={onSilenced} />),
  );

it('plays on when it was paused behind the page', async () => {
  await show();
  await pause();
  expect(played).toBe(2);
  expect(onSilenced).not.toHaveBeenCalledWith(true);
});

it('says that the browser is silent, and plays at the next touch', async () => {
  refuses = true;
  await show();
  expect(onSilenced).toHaveBeenLastCalledWith(true);
  await pause();
  refuses = false;
  await act(async () => document.body.dispatchEvent(new Event('pointerdown', { bubbles: true })));
  expect(played).toBe(1);
  expect(onSilenced).toHaveBeenLastCalledWith(false);
});

it('does not play what is over, and follows nothing once it is gone', async () => {
  await show();
  track.readyState = 'ended';
  await pause();
  expect(played).toBe(1);
  track.readyState = 'live';
  await act(async () => root.render(<RemoteAudio sounds={[]} volumePercent={100} />));
  await act(async () => document.body.dispatchEvent(new Event('pointerdown', { bubbles: true })));
  expect(played).toBe(1);
});
