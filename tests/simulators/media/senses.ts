/** Eyes and ears of a page: reads a video element's pixels, listens to streams. Runs in a browser; knows no page of ours. */
import { findPictures, type FoundPicture } from './composed-picture.ts';
import { type Colour, readPicture, type ReadPicture } from './picture.ts';
import { sharedAudioContext } from './synthetic-devices.ts';
import { loudnessDb, tonesIn } from './tone.ts';

let canvas: OffscreenCanvas | null = null;

/** What the decoder gives, at its own size; null where there is no frame or no such picture. */
export function seePicture(video: HTMLVideoElement): ReadPicture | null {
  if (video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  canvas ??= new OffscreenCanvas(320, 180);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return readPicture(context.getImageData(0, 0, canvas.width, canvas.height));
}

const COMPOSED = { width: 640, height: 360 };
let composed: OffscreenCanvas | null = null;

/** The known pictures in what a video shows: of a stage that was sent as one picture. */
export function seePicturesIn(
  video: HTMLVideoElement,
  expected: readonly (readonly [number, Colour])[],
): FoundPicture[] {
  if (video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return [];
  composed ??= new OffscreenCanvas(COMPOSED.width, COMPOSED.height);
  const context = composed.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, composed.width, composed.height);
  return findPictures(context.getImageData(0, 0, composed.width, composed.height), new Map(expected));
}

const WHOLE = { width: 160, height: 90 };
let whole: OffscreenCanvas | null = null;

/**
 * What a video shows as a whole: equal prints are the same picture, and `brightest` (0 to 255) tells a black one from others. Null:
 * there is no frame.
 */
export function seeWhole(video: HTMLVideoElement): { print: number; brightest: number } | null {
  if (video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  whole ??= new OffscreenCanvas(WHOLE.width, WHOLE.height);
  const context = whole.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, whole.width, whole.height);
  let [print, brightest] = [0, 0];
  for (const value of new Uint32Array(context.getImageData(0, 0, whole.width, whole.height).data.buffer)) {
    print = (Math.imul(print, 31) + value) | 0;
    brightest = Math.max(brightest, value & 255, (value >> 8) & 255, (value >> 16) & 255);
  }
  return { print, brightest };
}

const ears = new WeakMap<MediaStreamTrack, AnalyserNode>();

function earFor(track: MediaStreamTrack): AnalyserNode {
  const known = ears.get(track);
  if (known !== undefined) return known;
  const context = sharedAudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 16_384 });
  new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(analyser);
  ears.set(track, analyser);
  return analyser;
}

/** About a third of a second of what this track sounds like now. The first ask only opens the ear. */
export function hearTones(
  track: MediaStreamTrack,
  candidatesHz: readonly number[],
): { tonesHz: number[]; loudnessDb: number } {
  const analyser = earFor(track);
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return { tonesHz: tonesIn(samples, analyser.context.sampleRate, candidatesHz), loudnessDb: loudnessDb(samples) };
}
