/** Does the camera open, do frames come, and is there a picture on them. */
import type { Plan } from '#call/capture-device.ts';
import { cameraConstraints, type GetUserMedia, openWhile } from '../open-tracks.ts';
import { PictureJudgement } from './picture-judgement.ts';
import { until } from './until.ts';
import type { Verdict } from './verdict.ts';

/** Cameras adjust themselves meanwhile. */
const LOOK_MS = 2_500;
/** Without a frame for so long after the first, it stands still. */
const NO_FRAME_MS = 3_000;
const FRAMES_ENOUGH = 12;
const PATCHES = 3;
const PATCH_PX = 32;

export async function checkCamera(getUserMedia: GetUserMedia, plan: Plan, signal: AbortSignal): Promise<Verdict> {
  if (plan === 'none') return 'missing';
  const stream = await openWhile(signal, getUserMedia, cameraConstraints(plan, false));
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  video.srcObject = stream;
  const judgement = new PictureJudgement();
  const eye = patchesOf(video);
  let lastFrameMs = Number.POSITIVE_INFINITY;
  const follow = (): void => {
    lastFrameMs = performance.now();
    judgement.add(eye());
    if (!signal.aborted) video.requestVideoFrameCallback(follow);
  };
  video.requestVideoFrameCallback(follow);
  try {
    await video.play();
    const fromMs = performance.now();
    // no first frame at all is found by the check's own deadline
    await until(signal, () => {
      const nowMs = performance.now();
      if (nowMs - lastFrameMs > NO_FRAME_MS) return true;
      return nowMs - fromMs > LOOK_MS && judgement.frames >= FRAMES_ENOUGH;
    });
    if (judgement.fault !== null) return judgement.fault;
    return judgement.frames >= FRAMES_ENOUGH ? 'passed' : 'frozen';
  } finally {
    video.srcObject = null;
  }
}

/** Patches over the whole picture, unscaled: averaging would remove a sensor's noise. */
export function patchesOf(video: HTMLVideoElement): () => Uint8ClampedArray {
  const size = PATCHES * PATCH_PX;
  const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true })!;
  return () => {
    for (let row = 0; row < PATCHES; row += 1) {
      for (let column = 0; column < PATCHES; column += 1) {
        const x = ((column + 0.5) / PATCHES) * video.videoWidth - PATCH_PX / 2;
        const y = ((row + 0.5) / PATCHES) * video.videoHeight - PATCH_PX / 2;
        const to = [column * PATCH_PX, row * PATCH_PX, PATCH_PX, PATCH_PX] as const;
        context.drawImage(video, x, y, PATCH_PX, PATCH_PX, ...to);
      }
    }
    return context.getImageData(0, 0, size, size).data;
  };
}
