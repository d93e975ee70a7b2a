/** The outer edge of a persona's page: its camera, microphone and screen are synthetic ones. Nothing further in is touched. */
import type { Picture } from '../../../simulators/media/picture.ts';
import { syntheticCamera, syntheticMicrophone, syntheticScreen } from '../../../simulators/media/synthetic-devices.ts';

export type Device = 'present' | 'missing' | 'refused';
export type PersonaDevices = {
  picture: Picture;
  toneHz: number;
  /** what it shows when it shares its screen */
  screen: Picture;
  camera: Device;
  microphone: Device;
};

/** Few frames: all the people of a test share a machine, and one that has no time left looks like a bad network. */
const CAMERA_SIZE = { width: 480, height: 270, framesPerSecond: 5 };
const SCREEN_SIZE = { width: 1280, height: 720, framesPerSecond: 10 };

export function replaceDevices({ picture, toneHz, screen, camera, microphone }: PersonaDevices): void {
  const { mediaDevices } = navigator;
  // no secure context: a browser has none to replace
  if (mediaDevices === undefined) return;
  mediaDevices.getUserMedia = async (asked = {}) => {
    const wanted = [...(asked.audio ? [microphone] : []), ...(asked.video ? [camera] : [])];
    if (wanted.length === 0) throw new TypeError('neither audio nor video was asked for');
    if (wanted.includes('refused')) throw new DOMException('Permission denied', 'NotAllowedError');
    if (wanted.includes('missing')) throw new DOMException('Requested device not found', 'NotFoundError');
    return new MediaStream([
      ...(asked.audio ? [syntheticMicrophone(toneHz)] : []),
      ...(asked.video ? [syntheticCamera(picture, CAMERA_SIZE)] : []),
    ]);
  };
  mediaDevices.getDisplayMedia = async () => new MediaStream([syntheticScreen(screen, SCREEN_SIZE)]);
  mediaDevices.enumerateDevices = async () => [
    ...(microphone === 'missing' ? [] : [describe('audioinput', 'Synthetic microphone')]),
    ...(camera === 'missing' ? [] : [describe('videoinput', 'Synthetic camera')]),
    describe('audiooutput', 'Synthetic speakers'),
  ];
}

function describe(kind: MediaDeviceKind, label: string): MediaDeviceInfo {
  const info = { kind, label, deviceId: label.toLowerCase().replace(' ', '-'), groupId: 'synthetic' };
  return { ...info, toJSON: () => info };
}
