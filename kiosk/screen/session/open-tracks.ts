/** Opening a device: with which constraints, and closed again when nobody wants it any longer. */
import type { Plan } from '#call/capture-device.ts';

export type GetUserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/** A stick gives what is plugged into it; less only where it can't. */
const INPUT_VIDEO = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 } };
const CAMERA_VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** Asked for with the camera, or its motors stay hidden (W3C Image Capture, pan/tilt/zoom permission). */
const MOTORS = { pan: true, tilt: true, zoom: true };
/** As it sounds: for listening to a room, and for films. */
export const RAW_SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

const deviceOf = (plan: Plan) => (typeof plan === 'object' ? { deviceId: { exact: plan.exact } } : {});

export function cameraConstraints(plan: Plan, withMotors: boolean): MediaStreamConstraints {
  return { video: { ...CAMERA_VIDEO, ...deviceOf(plan), ...(withMotors && MOTORS) } };
}

export function microphoneConstraints(plan: Plan, browserCancelsEcho: boolean): MediaStreamConstraints {
  const echoCancellation = browserCancelsEcho;
  return { audio: { echoCancellation, noiseSuppression: true, autoGainControl: true, ...deviceOf(plan) } };
}

export const rawSoundConstraints = (plan: Plan): MediaStreamConstraints => ({
  audio: { ...RAW_SOUND, ...deviceOf(plan) },
});

export function inputConstraints(deviceId: string): MediaStreamConstraints {
  return { video: { ...INPUT_VIDEO, deviceId: { exact: deviceId } } };
}

/** @throws the browser's refusal, or the signal's reason; either way nothing stays open */
export async function openWhile(
  signal: AbortSignal,
  getUserMedia: GetUserMedia,
  constraints: MediaStreamConstraints,
): Promise<MediaStream> {
  signal.throwIfAborted();
  const stream = await getUserMedia(constraints);
  const close = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  if (signal.aborted) {
    close();
    throw signal.reason;
  }
  signal.addEventListener('abort', close, { once: true });
  return stream;
}
