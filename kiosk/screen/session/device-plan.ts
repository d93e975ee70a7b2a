/** Which device is opened for a room's camera or microphone, and which one where that does not open. Pure. */
import type { Plan } from '#call/capture-device.ts';
import type { MediaDeviceKind } from '#contract/room-equipment.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';

export type UseDevices = Omit<Extract<ScreenEffect, { name: 'use-devices' }>, 'name'>;
export type ListedDevice = Extract<ScreenToAgent, { type: 'media-devices' }>['devices'][number];

/** As a page without an agent's word has it. */
export const USE_ANY: UseDevices = {
  cameraId: null,
  microphoneId: null,
  speakerId: null,
  deviceCancelsEcho: false,
  inputIds: [],
};

const KIND = { videoinput: 'camera', audioinput: 'microphone', audiooutput: 'speaker' } as const;
const ALIASES = ['default', 'communications'];
const LONGEST = 200;
const MOST_DEVICES = 64;

/** The browser's list in the contract's words; ids and labels are empty as long as the browser hides them. */
export function listedDevices(found: readonly Partial<MediaDeviceInfo>[]): ListedDevice[] {
  return found
    .flatMap(({ kind, deviceId = '', groupId = '', label = '' }) =>
      kind !== undefined && kind in KIND
        ? [{ kind: KIND[kind], deviceId, groupId: groupId.slice(0, LONGEST), label: label.slice(0, LONGEST) }]
        : [],
    )
    .filter(({ deviceId }) => deviceId.length <= LONGEST)
    .slice(0, MOST_DEVICES);
}

export function planOf(
  kind: 'camera' | 'microphone',
  wantedId: string | null,
  inputIds: readonly string[],
  listed: readonly ListedDevice[],
): Plan {
  if (wantedId !== null) return { exact: wantedId };
  return inputIds.length === 0 ? 'any' : fallbackFor(kind, null, inputIds, listed);
}

/** Instead of one that does not open. */
export function fallbackFor(
  kind: MediaDeviceKind,
  failedId: string | null,
  inputIds: readonly string[],
  listed: readonly ListedDevice[],
): Plan {
  const ofKind = listed.filter((device) => device.kind === kind);
  const named = ofKind.filter(({ deviceId }) => deviceId !== '');
  // nothing is known of them: the browser decides
  if (named.length === 0) return ofKind.length === 0 && listed.length > 0 ? 'none' : 'any';
  const usable = named.filter(({ deviceId }) => deviceId !== failedId && !inputIds.includes(deviceId));
  const real = usable.filter(({ deviceId }) => !ALIASES.includes(deviceId));
  // an alias beside inputs may well be one of them
  const [first] = real.length > 0 || inputIds.length > 0 ? real : usable;
  return first === undefined ? 'none' : { exact: first.deviceId };
}
