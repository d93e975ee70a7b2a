/** Eyes and ears of a page: reads a video element's pixels, listens to streams. Runs in a browser; knows no page of ours. */
import { readPicture, type ReadPicture } from './picture.ts';
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
