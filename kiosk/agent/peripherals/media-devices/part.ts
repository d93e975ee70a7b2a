/** Camera, microphones and self-test as a part of the agent: publishes their fields of the equipment, owns their commands. */
import type { PartDeclaration } from '../../parts/part.ts';
import { keptValue } from '../../store/kept-value.ts';
import type { CancelsOwnEcho } from './device-policy.ts';
import { RememberedMediaDevices } from './media-device-memory.ts';
import { RoomMediaDevices } from './room-media-devices.ts';

/** @param cancelsOwnEcho by USB vendor and product, from the speakerphones' quirks */
export const mediaDevicesPart = (cancelsOwnEcho: CancelsOwnEcho): PartDeclaration => ({
  name: 'media-devices',
  make: (host) => {
    const publish = (): void => {
      host.reportNotices(devices.notices);
      host.publishFields('equipment', devices.part);
    };
    const devices: RoomMediaDevices = new RoomMediaDevices({
      logger: host.logger,
      settings: host.settings.value('mediaDevices'),
      memory: keptValue(host.store, 'equipment', RememberedMediaDevices),
      perform: host.perform,
      requestGrant: host.requestTestGrant,
      fleetOnline: host.isFleetOnline,
      onChange: publish,
      onSelfTestDone: (checks) => host.record({ name: 'self-test-done', checks: [...checks] }),
      cancelsOwnEcho,
    });
    const handle = devices.handle.bind(devices);
    const onReport = devices.onReport.bind(devices);
    return {
      start: () => {
        devices.start();
        publish();
      },
      stop: () => devices.stop(),
      follow: (room) => devices.follow(room),
      settings: { mediaDevices: (values) => devices.apply(values) },
      commands: {
        'choose-device': handle,
        'steer-camera': handle,
        'recall-preset': handle,
        'save-preset': handle,
        'show-input': handle,
        'run-self-test': handle,
      },
      reports: {
        'media-devices': onReport,
        'camera-axes': onReport,
        'self-test-check': onReport,
        'self-test-done': onReport,
      },
      occasions: {
        'screen-connected': () => devices.onScreenConnected(),
        'booking-soon': () => devices.runSelfTest('booking'),
        'check-up-due': () => devices.runSelfTest('check-up'),
      },
    };
  },
});
