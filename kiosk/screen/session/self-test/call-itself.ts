/**
 * A call of this page with itself: two ends in this browser, the room's own camera and microphone between them. It shows that
 * capturing, encoding, the network stack and decoding work together, without any server. A room without one of the two calls with
 * the other; nothing is heard or seen of it.
 */
import type { Plan } from '#call/capture-device.ts';
import { cameraConstraints, type GetUserMedia, openWhile, rawSoundConstraints } from '../open-tracks.ts';
import { patchesOf } from './camera-check.ts';
import { LEAST_SAMPLE } from './microphone-check.ts';
import { until } from './until.ts';

type CallItself = { getUserMedia: GetUserMedia; camera: Plan; microphone: Plan; signal: AbortSignal };

const ARRIVES_WITHIN_MS = 10_000;
const FRAMES_ENOUGH = 10;

/** @returns why not; null: sound and picture came back. @throws the signal's reason, or the browser's refusal */
export async function callItself({ getUserMedia, camera, microphone, signal }: CallItself): Promise<string | null> {
  const streams = await Promise.all([
    camera === 'none' ? null : openWhile(signal, getUserMedia, cameraConstraints(camera, false)).catch(without(signal)),
    microphone === 'none'
      ? null
      : openWhile(signal, getUserMedia, rawSoundConstraints(microphone)).catch(without(signal)),
  ]);
  const tracks = streams.flatMap((stream) => stream?.getTracks() ?? []);
  if (tracks.length === 0) return 'neither a camera nor a microphone opens';
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const close = (): void => {
    near.close();
    far.close();
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    const arrived: MediaStreamTrack[] = [];
    far.ontrack = ({ track }) => arrived.push(track);
    for (const track of tracks) near.addTrack(track);
    await connect(near, far);
    await within(signal, () => arrived.length === tracks.length);
    for (const track of arrived) {
      const fault = track.kind === 'video' ? await pictureArrives(track, signal) : await soundArrives(track, signal);
      if (fault !== null) return fault;
    }
    return null;
  } finally {
    signal.removeEventListener('abort', close);
    close();
    for (const track of tracks) track.stop();
  }
}

/** A device that does not open is another check's finding. */
const without =
  (signal: AbortSignal) =>
  (error: unknown): null => {
    signal.throwIfAborted();
    console.warn('screen: a device did not open for the call with itself', error);
    return null;
  };

async function connect(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined).catch(() => {});
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined).catch(() => {});
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription!);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription!);
}

async function pictureArrives(track: MediaStreamTrack, signal: AbortSignal): Promise<string | null> {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  video.srcObject = new MediaStream([track]);
  const eye = patchesOf(video);
  let frames = 0;
  let isSeen = false;
  const follow = (): void => {
    frames += 1;
    isSeen ||= eye().some((value, at) => at % 4 !== 3 && value > 0);
    if (!signal.aborted && frames < FRAMES_ENOUGH) video.requestVideoFrameCallback(follow);
  };
  video.requestVideoFrameCallback(follow);
  try {
    await video.play();
    const hasCome = await within(signal, () => frames >= FRAMES_ENOUGH);
    if (!hasCome) return frames === 0 ? 'no picture comes back' : 'the picture stands still';
    return isSeen ? null : 'the picture that comes back is black';
  } finally {
    video.srcObject = null;
  }
}

async function soundArrives(track: MediaStreamTrack, signal: AbortSignal): Promise<string | null> {
  const stream = new MediaStream([track]);
  // Chromium decodes a remote track only for an element that plays it
  const sink = new Audio();
  sink.muted = true;
  sink.srcObject = stream;
  const audio = new AudioContext();
  try {
    await sink.play();
    await audio.resume();
    const analyser = new AnalyserNode(audio, { fftSize: 2_048 });
    new MediaStreamAudioSourceNode(audio, { mediaStream: stream }).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const isHeard = await within(signal, () => {
      analyser.getFloatTimeDomainData(samples);
      return samples.some((sample) => Math.abs(sample) > LEAST_SAMPLE);
    });
    return isHeard ? null : 'no sound comes back';
  } finally {
    sink.srcObject = null;
    await audio.close().catch(() => {});
  }
}

/** @throws the signal's reason */
async function within(signal: AbortSignal, isThere: () => boolean): Promise<boolean> {
  const endsAtMs = performance.now() + ARRIVES_WITHIN_MS;
  let came = false;
  await until(signal, () => {
    came = isThere();
    return came || performance.now() > endsAtMs;
  });
  return came;
}
