/** A camera whose picture is a clock: its number counts steps of wall time. In a page, before the product's own script. */
import { drawPicture } from '../../simulators/media/picture.ts';
import { syntheticMicrophone } from '../../simulators/media/synthetic-devices.ts';
import { CLOCK_COLOUR, CLOCK_STEP_MS } from './clock.ts';

const SIZE = { width: 640, height: 360, framesPerSecond: 25 };

function clockCamera(): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: SIZE.width, height: SIZE.height });
  const context = canvas.getContext('2d', { alpha: false })!;
  const draw = (): void =>
    drawPicture(context, { colour: CLOCK_COLOUR, number: Math.floor(Date.now() / CLOCK_STEP_MS) & 255 }, 0);
  draw();
  setInterval(draw, CLOCK_STEP_MS);
  return canvas.captureStream(SIZE.framesPerSecond).getVideoTracks()[0]!;
}

const device = (kind: MediaDeviceKind, label: string): MediaDeviceInfo =>
  ({ kind, label, deviceId: label, groupId: label, toJSON: () => ({}) }) as MediaDeviceInfo;

navigator.mediaDevices.getUserMedia = async (asked = {}) =>
  new MediaStream([...(asked.audio ? [syntheticMicrophone(600)] : []), ...(asked.video ? [clockCamera()] : [])]);
navigator.mediaDevices.enumerateDevices = async () => [
  device('audioinput', 'Clock microphone'),
  device('videoinput', 'Clock camera'),
];
