/** The outer edge of a persona's page: its camera, microphone and screen are synthetic ones. Nothing further in is touched. */
import type { Picture } from '../../../simulators/media/picture.ts';
import {
  sharedAudioContext,
  syntheticCamera,
  syntheticMicrophone,
  syntheticScreen,
  syntheticVoice,
} from '../../../simulators/media/synthetic-devices.ts';

export type Device = 'present' | 'missing' | 'refused';
export type PersonaDevices = {
  picture: Picture;
  toneHz: number;
  /** what it shows when it shares its screen */
  screen: Picture;
  camera: Device;
  microphone: Device;
  /** in place of its tone it speaks what `maruDevices.speak` gives it, and is silent else */
  speaks: boolean;
  /** each connection's first gathering finds no network, as where it comes up in that moment */
  gathersNothingAtFirst: boolean;
};

/** Few frames: all the people of a test share a machine, and one that has no time left looks like a bad network. */
const CAMERA_SIZE = { width: 480, height: 270, framesPerSecond: 5 };
const SCREEN_SIZE = { width: 1280, height: 720, framesPerSecond: 10 };

type Kind = 'camera' | 'microphone';
/** What happens to a device while it is used. No `devicechange` follows: not every browser sends one. */
export type DeviceEvents = {
  pullOut: (kind: Kind) => void;
  plugIn: (kind: Kind) => void;
  /** the system silences or darkens it, as for a phone call, and gives it back */
  interrupt: (kind: Kind, interrupted: boolean) => void;
  /** @param recording 16 kHz, mono, 16 bits, as base64 @returns when it was over, by the page's clock */
  speak: (recording: string) => Promise<number>;
};

declare global {
  interface Window {
    maruDevices: DeviceEvents;
  }
}

export function replaceDevices({
  picture,
  toneHz,
  screen,
  speaks,
  ...states
}: Omit<PersonaDevices, 'gathersNothingAtFirst'>): void {
  const { mediaDevices } = navigator;
  // no secure context: a browser has none to replace
  if (mediaDevices === undefined) return;
  const given: Record<Kind, MediaStreamTrack[]> = { camera: [], microphone: [] };
  const give = (kind: Kind, track: MediaStreamTrack): MediaStreamTrack => {
    given[kind].push(track);
    return track;
  };
  const voices: ReturnType<typeof syntheticVoice>[] = [];
  const microphoneTrack = (): MediaStreamTrack => {
    if (!speaks) return syntheticMicrophone(toneHz);
    const voice = syntheticVoice();
    voices.push(voice);
    return voice.track;
  };
  window.maruDevices = {
    speak: async (recording) => {
      const buffer = recordingOf(recording);
      await Promise.all(voices.filter(({ track }) => track.readyState === 'live').map((voice) => voice.speak(buffer)));
      return Date.now();
    },
    pullOut: (kind) => {
      states[kind] = 'missing';
      for (const track of given[kind].splice(0)) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    },
    plugIn: (kind) => {
      states[kind] = 'present';
    },
    interrupt: (kind, interrupted) => {
      for (const track of given[kind]) {
        Object.defineProperty(track, 'muted', { value: interrupted, configurable: true });
        track.dispatchEvent(new Event(interrupted ? 'mute' : 'unmute'));
      }
    },
  };
  mediaDevices.getUserMedia = async (asked = {}) => {
    const { camera, microphone } = states;
    const wanted = [...(asked.audio ? [microphone] : []), ...(asked.video ? [camera] : [])];
    if (wanted.length === 0) throw new TypeError('neither audio nor video was asked for');
    if (wanted.includes('refused')) throw new DOMException('Permission denied', 'NotAllowedError');
    if (wanted.includes('missing')) throw new DOMException('Requested device not found', 'NotFoundError');
    return new MediaStream([
      ...(asked.audio ? [give('microphone', microphoneTrack())] : []),
      ...(asked.video ? [give('camera', syntheticCamera(picture, CAMERA_SIZE))] : []),
    ]);
  };
  mediaDevices.getDisplayMedia = async () => {
    // as every browser: only while it handles a click or a key
    if (!navigator.userActivation.isActive) throw new DOMException('No user gesture', 'InvalidStateError');
    return new MediaStream([syntheticScreen(screen, SCREEN_SIZE)]);
  };
  mediaDevices.enumerateDevices = async () => [
    ...(states.microphone === 'missing' ? [] : [describe('audioinput', 'Synthetic microphone')]),
    ...(states.camera === 'missing' ? [] : [describe('videoinput', 'Synthetic camera')]),
    describe('audiooutput', 'Synthetic speakers'),
  ];
}

const RECORDED_HZ = 16_000;

function recordingOf(base64: string): AudioBuffer {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const samples = new Int16Array(bytes.buffer);
  const buffer = sharedAudioContext().createBuffer(1, samples.length, RECORDED_HZ);
  buffer.copyToChannel(
    Float32Array.from(samples, (sample) => sample / 32_768),
    0,
  );
  return buffer;
}

function describe(kind: MediaDeviceKind, label: string): MediaDeviceInfo {
  const info = { kind, label, deviceId: label.toLowerCase().replace(' ', '-'), groupId: 'synthetic' };
  return { ...info, toJSON: () => info };
}
