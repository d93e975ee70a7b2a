/** The browser's own devices; a page without them (no secure context) is one that was refused. */
import type { TracksPort } from './room-tracks.ts';

/** Chromium's name for the right to move a camera; the DOM's types don't know it yet. */
const MOVE_CAMERA = { name: 'camera', panTiltZoom: true } as unknown as PermissionDescriptor;

export function browserDevices(): TracksPort {
  const media: MediaDevices | undefined = navigator.mediaDevices;
  const refused = () => Promise.reject(new DOMException('no media devices in this context', 'NotAllowedError'));
  const stateOf = async (permission: PermissionDescriptor) => (await navigator.permissions.query(permission)).state;
  return {
    getUserMedia: (constraints) => media?.getUserMedia(constraints) ?? refused(),
    enumerateDevices: () => media?.enumerateDevices() ?? refused(),
    isRefused: async (name) => (await stateOf({ name })) === 'denied',
    mayMoveCamera: async () => (await stateOf(MOVE_CAMERA)) === 'granted',
    onDeviceChange: (listener) => {
      media?.addEventListener('devicechange', listener);
      // a right that is given later shows labels and ids that were hidden before
      for (const name of ['camera', 'microphone'] as const)
        navigator.permissions?.query({ name }).then(
          (permission) => permission.addEventListener?.('change', listener),
          () => {},
        );
    },
    createStream: (track) => new MediaStream([track]),
  };
}
