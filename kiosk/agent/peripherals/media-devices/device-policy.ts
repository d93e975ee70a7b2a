/**
 * Which camera, microphone and speaker a room uses, out of those that are there. Pure: the same list, settings and
 * former choice give the same devices, in whatever order the browser lists them.
 *
 * A person's choice first, then IT's list, then the rules: external before built-in, a camera's own microphone last,
 * the speaker of the microphone's own device first and monitors' HDMI sound last. An HDMI input is never the room's
 * camera nor its microphone.
 */
import type { MediaDeviceKind } from '#contract/room-equipment.ts';
import { isSameDevice, type KnownDevice, modelOfKey } from './known-devices.ts';
import type { MediaDeviceSettings } from '#contract/settings/media-device-settings.ts';
import { fits } from './device-pattern.ts';

/** What a person chose, by key; a kind that is left out is the rules'. */
export type ChosenDevices = Partial<Record<MediaDeviceKind, string>>;
export type CancelsOwnEcho = (vendorId: number, productId: number) => boolean;

export type DeviceChoice = Record<MediaDeviceKind, KnownDevice | null> & {
  /** the browser is not to do it a second time */
  deviceCancelsEcho: boolean;
};

/** Capture sticks and boxes by vendor and product; `*`: all of this vendor's are. */
const CAPTURE_DEVICES = new Set([
  '534d:2109', // MacroSilicon MS2109, the usual stick: "USB Video"
  '345f:2109', // the same under its newer vendor id
  '345f:2130', // MS2130: "USB3.0 Capture"
  '345f:2131', // MS2131: "USB3 Video"
  '0fd9:0066', // Elgato Cam Link 4K
  '0fd9:0067', // the same on a USB 2 port
  '0fd9:007b', // its second make
  '0fd9:00a1', // its third
  '2935:*', // Magewell
]);
const CAPTURE_NAMES =
  /hdmi|video capture|capture card|game capture|usb3?(\.\d)? capture|cam link|frame grabber|av\.io|magewell|inogeni/i;
/** Not pictures of a room: infrared for signing in, and cameras that other programs make up. */
const SIDE_CAMERAS = /\b(ir|infrared|virtual|dummy|loopback)\b/i;
const BUILT_IN = /built-?in|integrated|internal|onboard|내장|\bhda\b|\bhd audio\b|high definition audio/i;
const DISPLAY_SOUND = /hdmi|display ?port/i;
const CAMERA_SOUND = /webcam|camera/i;

export function chooseDevices(
  devices: readonly KnownDevice[],
  settings: MediaDeviceSettings,
  chosen: ChosenDevices,
  cancelsOwnEcho: CancelsOwnEcho,
): DeviceChoice {
  const pick = (kind: MediaDeviceKind, classOf: (device: KnownDevice) => number): KnownDevice | null => {
    const eligible = devices.filter((device) => device.kind === kind && mayBeUsed(device, devices, settings));
    const ranked = eligible.map((device) => ({
      device,
      rank: [choiceRank(device, chosen[kind]), preferredRank(device, settings), classOf(device)],
    }));
    return ranked.sort(byRankThenKey)[0]?.device ?? null;
  };
  const camera = pick('camera', cameraClass);
  const microphone = pick('microphone', (device) => microphoneClass(device, devices));
  const speaker = pick('speaker', (device) => speakerClass(device, microphone));
  const deviceCancelsEcho =
    microphone !== null && speaker !== null && cancelsEchoOf(microphone, speaker, cancelsOwnEcho);
  return { camera, microphone, speaker, deviceCancelsEcho };
}

/** A stick that shows a laptop, or its sound half. */
export function isHdmiInput(
  device: KnownDevice,
  devices: readonly KnownDevice[],
  settings: MediaDeviceSettings,
): boolean {
  if (device.kind === 'speaker') return false;
  if (device.kind === 'camera') return isCaptureDevice(device, settings);
  return (
    isCaptureDevice(device, settings) ||
    devices.some((other) => other.kind === 'camera' && isSameDevice(other, device) && isCaptureDevice(other, settings))
  );
}

/** An HDMI input is shown, never sent as the room's picture or voice. */
export function mayBeUsed(
  device: KnownDevice,
  devices: readonly KnownDevice[],
  settings: MediaDeviceSettings,
): boolean {
  if (device.kind === 'microphone' && /^monitor of /i.test(device.name)) return false;
  return !isHdmiInput(device, devices, settings);
}

function isCaptureDevice(device: KnownDevice, settings: MediaDeviceSettings): boolean {
  if (settings.cameras.some((pattern) => fits(pattern, device))) return false;
  if (settings.hdmiInputs.some((pattern) => fits(pattern, device))) return true;
  const { vendorId, productId, name } = device;
  return (
    CAPTURE_DEVICES.has(`${vendorId}:${productId}`) || CAPTURE_DEVICES.has(`${vendorId}:*`) || CAPTURE_NAMES.test(name)
  );
}

/** The very one, then one of the same model: somebody has moved it to another port. */
function choiceRank({ deviceKey }: KnownDevice, chosenKey: string | undefined): number {
  if (chosenKey === undefined) return 2;
  if (deviceKey === chosenKey) return 0;
  return modelOfKey(deviceKey) === modelOfKey(chosenKey) ? 1 : 2;
}

function preferredRank(device: KnownDevice, { preferred }: MediaDeviceSettings): number {
  const at = preferred.findIndex((pattern) => fits(pattern, device));
  return at === -1 ? preferred.length : at;
}

function cameraClass({ name }: KnownDevice): number {
  if (SIDE_CAMERAS.test(name)) return 2;
  return BUILT_IN.test(name) ? 1 : 0;
}

function microphoneClass(device: KnownDevice, devices: readonly KnownDevice[]): number {
  const beside = (kind: MediaDeviceKind): boolean =>
    devices.some((other) => other.kind === kind && isSameDevice(other, device));
  // a video bar has a camera too, but was made to be heard by
  const ofCamera = (beside('camera') || CAMERA_SOUND.test(device.name)) && !beside('speaker');
  if (ofCamera) return 2;
  return BUILT_IN.test(device.name) ? 1 : 0;
}

function speakerClass(device: KnownDevice, microphone: KnownDevice | null): number {
  if (DISPLAY_SOUND.test(device.name)) return 3;
  if (microphone !== null && isSameDevice(device, microphone)) return 0;
  return BUILT_IN.test(device.name) ? 2 : 1;
}

/** A device can only cancel what it plays itself: with another speaker the browser has to do it. */
function cancelsEchoOf(microphone: KnownDevice, speaker: KnownDevice, cancelsOwnEcho: CancelsOwnEcho): boolean {
  const { vendorId, productId } = microphone;
  if (vendorId === null || productId === null || !isSameDevice(microphone, speaker)) return false;
  return cancelsOwnEcho(Number.parseInt(vendorId, 16), Number.parseInt(productId, 16));
}

type Ranked = { device: KnownDevice; rank: number[] };

function byRankThenKey(a: Ranked, b: Ranked): number {
  for (const [index, rank] of a.rank.entries()) if (rank !== b.rank[index]) return rank - b.rank[index]!;
  if (a.device.deviceKey !== b.device.deviceKey) return a.device.deviceKey < b.device.deviceKey ? -1 : 1;
  return a.device.deviceId < b.device.deviceId ? -1 : 1;
}
