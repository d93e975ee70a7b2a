/** A camera and a microphone that are none, in a page: a drawn picture, a sounding tone. Real tracks, known content. Runs in a browser. */
import { drawGrain, drawPicture, type Picture } from './picture.ts';

export type PictureSize = { width: number; height: number; framesPerSecond: number };

/** Both draw until their track is stopped. */
export function syntheticCamera(picture: Picture, size: PictureSize): MediaStreamTrack {
  return drawn(size, (context, counter) => {
    drawPicture(context, picture, counter);
    drawGrain(context);
  });
}

export function syntheticScreen(picture: Picture, size: PictureSize): MediaStreamTrack {
  return drawn(size, (context, counter) => drawPicture(context, picture, counter));
}

function drawn(
  { width, height, framesPerSecond }: PictureSize,
  draw: (context: CanvasRenderingContext2D, counter: number) => void,
): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false })!;
  let counter = 0;
  draw(context, counter);
  const track = canvas.captureStream(framesPerSecond).getVideoTracks()[0]!;
  const timer = setInterval(() => {
    if (track.readyState === 'ended') return clearInterval(timer);
    counter += 1;
    draw(context, counter);
  }, 1000 / framesPerSecond);
  return track;
}

let shared: AudioContext | null = null;

/** One for the page. A browser lets it sound after the first touch, as it does with anything of a person's. */
export function sharedAudioContext(): AudioContext {
  if (shared === null) {
    // nothing here sounds by itself: without a sink no page holds a second output device open
    const options: AudioContextOptions & { sinkId: { type: 'none' } } = {
      sampleRate: 48_000,
      sinkId: { type: 'none' },
    };
    const context = new AudioContext(options);
    shared = context;
    const resume = () => void context.resume().catch(() => {});
    for (const event of ['pointerdown', 'keydown', 'click'] as const)
      addEventListener(event, resume, { capture: true });
  }
  return shared;
}

/** A microphone into which somebody speaks what it is given; else it is silent. */
export function syntheticVoice(): { track: MediaStreamTrack; speak: (recording: AudioBuffer) => Promise<void> } {
  const context = sharedAudioContext();
  const output = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  return {
    track: output.stream.getAudioTracks()[0]!,
    speak: (recording) =>
      new Promise((resolve) => {
        const source = new AudioBufferSourceNode(context, { buffer: recording });
        source.connect(output);
        source.addEventListener('ended', () => resolve());
        source.start();
      }),
  };
}

/** Swells three times a second: a steady tone is what noise suppression and DTX take for silence. */
export function syntheticMicrophone(toneHz: number, level = 0.25): MediaStreamTrack {
  const context = sharedAudioContext();
  const tone = new OscillatorNode(context, { frequency: toneHz });
  const swell = new OscillatorNode(context, { frequency: 3 });
  const depth = new GainNode(context, { gain: level * 0.4 });
  const volume = new GainNode(context, { gain: level * 0.6 });
  const output = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  swell.connect(depth).connect(volume.gain);
  tone.connect(volume).connect(output);
  tone.start();
  swell.start();
  return output.stream.getAudioTracks()[0]!;
}
