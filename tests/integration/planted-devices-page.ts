/**
 * A room's devices planted at the outer edge of a page (getUserMedia, the browser's list, setSinkId, play): each is what
 * the test says, healthy or not, and is plugged in and out by hand. A microphone hears what the speaker plays.
 */
import { sharedAudioContext, syntheticCamera, syntheticMicrophone } from '../simulators/media/synthetic-devices.ts';
import type { Picture } from '../simulators/media/picture.ts';

type Common = { deviceId: string; label: string; groupId?: string };
export type PlantedDevice = Common &
  (
    | { kind: 'videoinput'; is: Picture | 'black' | 'frozen' | 'stopped' | 'refused' | 'busy' | 'hanging' }
    | { kind: 'audioinput'; is: 'hearing' | 'silent' | 'refused' | 'busy' | { toneHz: number } }
    | { kind: 'audiooutput'; is: 'sounding' | 'mute' | 'refusing' }
  );

const SIZE = { width: 640, height: 360, framesPerSecond: 15 };
const { mediaDevices } = navigator;
let devices: PlantedDevice[] = [];
const open = new Map<MediaStreamTrack, string>();
const blocked = new Set<string>();
const sinks = new WeakMap<HTMLMediaElement, string>();

/** The air between speaker and microphone. */
let air: GainNode | null = null;
function airOfRoom(): GainNode {
  if (air !== null) return air;
  const context = sharedAudioContext();
  air = new GainNode(context, { gain: 0.2 });
  return air;
}

function microphoneOf(is: Extract<PlantedDevice, { kind: 'audioinput' }>['is']): MediaStreamTrack {
  if (typeof is === 'object') return syntheticMicrophone(is.toneHz);
  const context = sharedAudioContext();
  const output = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  if (is === 'hearing') {
    const noise = new AudioBuffer({ length: context.sampleRate, sampleRate: context.sampleRate });
    const samples = noise.getChannelData(0);
    for (let at = 0; at < samples.length; at += 1) samples[at] = (Math.random() - 0.5) * 0.002;
    const source = new AudioBufferSourceNode(context, { buffer: noise, loop: true });
    source.connect(output);
    source.start();
    airOfRoom().connect(output);
  }
  return output.stream.getAudioTracks()[0]!;
}

function cameraOf(is: Extract<PlantedDevice, { kind: 'videoinput' }>['is']): MediaStreamTrack {
  if (typeof is === 'object') return syntheticCamera(is, SIZE);
  const canvas = Object.assign(document.createElement('canvas'), { width: SIZE.width, height: SIZE.height });
  const pen = canvas.getContext('2d', { alpha: false })!;
  const track = canvas.captureStream(SIZE.framesPerSecond).getVideoTracks()[0]!;
  const paint = (): void => {
    pen.fillStyle = is === 'black' ? '#000' : '#4a7';
    pen.fillRect(0, 0, SIZE.width, SIZE.height);
  };
  paint();
  const timer = setInterval(() => {
    if (track.readyState === 'ended') clearInterval(timer);
    else if (is !== 'stopped') paint();
  }, 1_000 / SIZE.framesPerSecond);
  return track;
}

async function openOne(
  kind: 'audioinput' | 'videoinput',
  asked: boolean | MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const wantedId = ((asked as MediaTrackConstraints).deviceId as { exact?: string } | undefined)?.exact;
  const device = devices.find((each) => each.kind === kind && (wantedId === undefined || each.deviceId === wantedId));
  if (device === undefined)
    throw new DOMException('', wantedId === undefined ? 'NotFoundError' : 'OverconstrainedError');
  if (device.is === 'refused') throw new DOMException('', 'NotAllowedError');
  if (device.is === 'busy') throw new DOMException('', 'NotReadableError');
  if (device.is === 'hanging') return new Promise(() => {});
  const track = device.kind === 'audioinput' ? microphoneOf(device.is) : cameraOf((device as { is: 'black' }).is);
  open.set(track, device.deviceId);
  return track;
}

mediaDevices.getUserMedia = async ({ audio, video } = {}) =>
  new MediaStream(
    await Promise.all([
      ...(audio ? [openOne('audioinput', audio)] : []),
      ...(video ? [openOne('videoinput', video)] : []),
    ]),
  );
mediaDevices.enumerateDevices = async () =>
  devices.map(({ kind, deviceId, label, groupId = '' }) => ({ kind, deviceId, label, groupId }) as MediaDeviceInfo);
navigator.permissions.query = async () =>
  Object.assign(new EventTarget(), { state: 'granted' }) as unknown as PermissionStatus;

Object.defineProperty(HTMLMediaElement.prototype, 'sinkId', {
  get(this: HTMLMediaElement) {
    return sinks.get(this) ?? '';
  },
});
HTMLMediaElement.prototype.setSinkId = async function (this: HTMLMediaElement, sinkId: string) {
  const speaker = devices.find(({ kind, deviceId }) => kind === 'audiooutput' && deviceId === sinkId);
  if (sinkId !== '' && (speaker === undefined || speaker.is === 'refusing'))
    throw new DOMException('', 'NotFoundError');
  sinks.set(this, sinkId);
};
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
  const speaker = devices.find(
    ({ kind, deviceId }) => kind === 'audiooutput' && (sinks.get(this) || deviceId) === deviceId,
  );
  if (
    this.srcObject instanceof MediaStream &&
    this.srcObject.getAudioTracks().length > 0 &&
    speaker?.is === 'sounding'
  ) {
    const context = sharedAudioContext();
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: this.srcObject });
    source.connect(new DelayNode(context, { delayTime: 0.12 })).connect(airOfRoom());
  }
  return play.call(this);
};

/** RFC 8839, 5.1: a port behind which nobody answers, in place of the node's. */
const setRemote = RTCPeerConnection.prototype.setRemoteDescription as (it: RTCSessionDescriptionInit) => Promise<void>;
RTCPeerConnection.prototype.setRemoteDescription = function (this: RTCPeerConnection, it: RTCSessionDescriptionInit) {
  const sdp = (it.sdp ?? '').replace(
    /^(a=candidate:\S+ \d+ )(udp|tcp)( \d+ \S+ )(\d+)/gim,
    (_, before: string, protocol: string, address: string, port: string) =>
      `${before}${protocol}${address}${blocked.has(protocol.toLowerCase()) ? 9 : port}`,
  );
  return setRemote.call(this, { type: it.type, sdp });
} as typeof RTCPeerConnection.prototype.setRemoteDescription;

const changed = (): boolean => mediaDevices.dispatchEvent(new Event('devicechange'));
const plantedRoom = {
  /** all at once, in place of what was there */
  plant(now: PlantedDevice[]): void {
    devices = now;
    changed();
  },
  pullOut(deviceId: string): void {
    devices = devices.filter((device) => device.deviceId !== deviceId);
    for (const [track, id] of open) {
      if (id !== deviceId || track.readyState === 'ended') continue;
      track.stop();
      // a page's own stop() tells nobody, a pulled plug does
      track.dispatchEvent(new Event('ended'));
    }
    changed();
  },
  plugIn(device: PlantedDevice): void {
    devices = [...devices, device];
    changed();
  },
  block(protocols: string[]): void {
    blocked.clear();
    for (const protocol of protocols) blocked.add(protocol);
  },
  /** whose light burns */
  openIds: (): string[] =>
    [...open]
      .filter(([track]) => track.readyState === 'live')
      .map(([, deviceId]) => deviceId)
      .sort(),
};
export type PlantedRoom = typeof plantedRoom;

declare global {
  interface Window {
    plantedRoom: PlantedRoom;
    plantedAtFirst: PlantedDevice[] | undefined;
  }
}
window.plantedRoom = plantedRoom;
devices = window.plantedAtFirst ?? [];
