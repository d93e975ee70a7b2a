import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaDeviceKind } from '#contract/room-equipment.ts';
import { type CancelsOwnEcho, type ChosenDevices, chooseDevices, isHdmiInput, mayBeUsed } from './device-policy.ts';
import { knownDevices } from './known-devices.ts';
import { MediaDeviceSettings } from '#contract/settings/media-device-settings.ts';
import type { UsbDevice } from './usb-devices.ts';

type Listed = Parameters<typeof knownDevices>[0][number];
const listed = (kind: MediaDeviceKind, label: string, groupId = label): Listed => ({
  kind,
  label,
  deviceId: `id of ${kind} ${label}`,
  groupId,
});
const camera = (label: string, groupId?: string) => listed('camera', label, groupId);
const microphone = (label: string, groupId?: string) => listed('microphone', label, groupId);
const speaker = (label: string, groupId?: string) => listed('speaker', label, groupId);

const BRIO = 'Logitech BRIO (046d:085e)';
const STICK = 'USB Video (534d:2109)';
const JABRA = 'Jabra SPEAK 510 USB (0b0e:0422)';
const MEETUP = 'Logitech MeetUp (046d:0866)';
const TV_SOUND = 'Audio Controller Digital Stereo (HDMI)';
const JACK = 'Built-in Audio Analog Stereo';

const choose = (
  list: Listed[],
  settings: object = {},
  chosen: ChosenDevices = {},
  cancelsOwnEcho: CancelsOwnEcho = () => false,
  usb: UsbDevice[] = [],
) => {
  const { deviceCancelsEcho, ...choice } = chooseDevices(
    knownDevices(list, usb),
    MediaDeviceSettings.parse(settings),
    chosen,
    cancelsOwnEcho,
  );
  const names = { camera: choice.camera?.name, microphone: choice.microphone?.name, speaker: choice.speaker?.name };
  return { ...names, deviceCancelsEcho };
};

describe('which devices a room uses', () => {
  it.each<[string, Listed[], ReturnType<typeof choose> | object]>([
    ['none where there is none', [], { camera: undefined, microphone: undefined, speaker: undefined }],
    [
      'an external camera before the built-in',
      [camera('Integrated Camera (0408:5425)'), camera(BRIO)],
      { camera: 'Logitech BRIO' },
    ],
    [
      'the built-in camera where it is the only one',
      [camera('Integrated Camera (0408:5425)')],
      { camera: 'Integrated Camera' },
    ],
    [
      'no infrared and no virtual camera',
      [camera('Dummy video device'), camera('Cam IR (1:2)'), camera('Zoom Q2n')],
      { camera: 'Zoom Q2n' },
    ],
    ['never an HDMI stick', [camera(STICK)], { camera: undefined }],
    [
      'a camera beside an HDMI stick',
      [camera(STICK), camera('Integrated Camera (0408:5425)')],
      { camera: 'Integrated Camera' },
    ],
    [
      'not the sound of the stick',
      [camera(STICK, 'g'), microphone('MS2109 Digital Stereo', 'g')],
      { microphone: undefined },
    ],
    [
      'a speakerphone before the camera’s own microphone',
      [microphone('BRIO Analog Stereo', 'brio'), camera(BRIO, 'brio'), microphone(JABRA)],
      { microphone: 'Jabra SPEAK 510 USB' },
    ],
    [
      'the built-in before the camera’s own microphone',
      [microphone('Logitech BRIO (046d:085e)'), camera(BRIO), microphone(JACK)],
      { microphone: JACK },
    ],
    [
      'the camera’s own microphone where it is the only one',
      [microphone(BRIO), camera(BRIO)],
      { microphone: 'Logitech BRIO' },
    ],
    [
      'a video bar’s microphone, which is no camera’s own',
      [camera(MEETUP), microphone(MEETUP), speaker(MEETUP), microphone(JACK)],
      { microphone: 'Logitech MeetUp', speaker: 'Logitech MeetUp' },
    ],
    [
      'the speaker of the microphone’s device',
      [microphone(JABRA), speaker('AirPods (004c:200e)'), speaker(JABRA), speaker(TV_SOUND)],
      { speaker: 'Jabra SPEAK 510 USB' },
    ],
    ['the jack before the monitor’s sound', [speaker(TV_SOUND), speaker(JACK)], { speaker: JACK }],
    ['the monitor’s sound where it is the only one', [speaker(TV_SOUND)], { speaker: TV_SOUND }],
    ['no monitor of an output', [microphone(`Monitor of ${JACK}`)], { microphone: undefined }],
    [
      'the default entry where the browser gives nothing else',
      [{ ...microphone('Default'), deviceId: 'default' }],
      { microphone: 'Default' },
    ],
    [
      'no default entry beside what it stands for',
      [{ ...microphone('Default'), deviceId: 'default' }, microphone('Zed')],
      { microphone: 'Zed' },
    ],
  ])('%s', (_, list, expected) => {
    expect(choose(list)).toMatchObject(expected);
    expect(choose([...list].reverse())).toMatchObject(expected);
  });

  it('takes what IT prefers, in IT’s order, whatever the rules say', () => {
    const list = [camera(BRIO), camera('Integrated Camera (0408:5425)'), camera('Aver CAM520 (1abc:0001)')];
    const preferred = [{ vendorId: '1ABC', productId: '0001' }, { label: 'integr*cam' }];
    expect(choose(list, { preferred })).toMatchObject({ camera: 'Aver CAM520' });
    expect(choose(list.slice(0, 2), { preferred })).toMatchObject({ camera: 'Integrated Camera' });
    // what is said of microphones alone leaves the cameras to the rules
    expect(choose(list, { preferred: [{ kind: 'microphone', label: 'aver' }] })).toMatchObject({
      camera: 'Logitech BRIO',
    });
  });

  it('is told by IT what is an input and what is not', () => {
    const list = [camera('Grabber X1 (aaaa:0001)'), camera('HDMI eye (bbbb:0002)')];
    const settings = { hdmiInputs: [{ vendorId: 'aaaa' }], cameras: [{ label: 'hdmi eye' }] };
    expect(choose(list, settings)).toMatchObject({ camera: 'HDMI eye' });
    expect(choose(list)).toMatchObject({ camera: 'Grabber X1' });
  });

  it('keeps what a person chose, also while it is away, and takes it moved to another port', () => {
    const list = [camera(BRIO), camera('Aver CAM520 (1abc:0001)')];
    const chosen = { camera: '046d:085e Logitech BRIO@1-2' };
    const preferred = [{ vendorId: '1abc' }];
    const usb = (port: string): UsbDevice => ({
      has: 'camera',
      product: 'BRIO',
      vendorId: '046d',
      productId: '085e',
      port,
    });
    const at = (port: string, of = list) => choose(of, { preferred }, chosen, undefined, [usb(port)]);
    expect(at('1-2')).toMatchObject({ camera: 'Logitech BRIO' });
    expect(at('1-2', list.slice(1))).toMatchObject({ camera: 'Aver CAM520' });
    expect(at('2-1')).toMatchObject({ camera: 'Logitech BRIO' });
    expect(choose(list, { preferred })).toMatchObject({ camera: 'Aver CAM520' });
  });

  it('leaves the echo to the device only where one device has both ends of it', () => {
    const asked: string[] = [];
    const quirk: CancelsOwnEcho = (vendorId, productId) => {
      asked.push(`${vendorId}:${productId}`);
      return vendorId === 0x0b0e;
    };
    const both = [microphone(JABRA), speaker(JABRA)];
    expect(choose(both, {}, {}, quirk).deviceCancelsEcho).toBe(true);
    expect(asked).toEqual([`${0x0b0e}:${0x0422}`]);
    // it plays on the TV: what the speakerphone does not play it cannot cancel
    expect(choose([microphone(JABRA), speaker(TV_SOUND)], {}, {}, quirk).deviceCancelsEcho).toBe(false);
    expect(choose([microphone(BRIO), speaker(BRIO)], {}, {}, quirk).deviceCancelsEcho).toBe(false);
    expect(choose([microphone('Some'), speaker('Some')], {}, {}, () => true).deviceCancelsEcho).toBe(false);
  });
});

describe('whatever is plugged in', () => {
  const labels = [
    BRIO,
    BRIO,
    STICK,
    JABRA,
    MEETUP,
    TV_SOUND,
    JACK,
    'Default',
    'Integrated Camera (0408:5425)',
    'Dummy video device',
  ];
  const anyDevice = fc.record({
    kind: fc.constantFrom<MediaDeviceKind>('camera', 'microphone', 'speaker'),
    label: fc.constantFrom(...labels),
    groupId: fc.constantFrom('', 'g1', 'g2', 'g3'),
    deviceId: fc.uuid(),
  });
  const list = fc.uniqueArray(anyDevice, { selector: ({ deviceId }) => deviceId, maxLength: 12 });
  const settings = MediaDeviceSettings.parse({});

  it('one of each kind is chosen where there is one, and never an HDMI input', () => {
    fc.assert(
      fc.property(list, (listing) => {
        const devices = knownDevices(listing, []);
        const choice = chooseDevices(devices, settings, {}, () => true);
        for (const kind of ['camera', 'microphone', 'speaker'] as const) {
          const usable = devices.filter((device) => device.kind === kind && mayBeUsed(device, devices, settings));
          expect(choice[kind] !== null).toBe(usable.length > 0);
          if (choice[kind] !== null) {
            expect(usable).toContain(choice[kind]);
            expect(isHdmiInput(choice[kind], devices, settings)).toBe(false);
          }
        }
      }),
    );
  });

  it('the same list in any order gives the same choice, and the same keys', () => {
    fc.assert(
      fc.property(
        list.chain((listing) =>
          fc.tuple(fc.constant(listing), fc.shuffledSubarray(listing, { minLength: listing.length })),
        ),
        ([listing, shuffled]) => {
          const [one, other] = [knownDevices(listing, []), knownDevices(shuffled, [])];
          const keys = (devices: typeof one) =>
            devices.map(({ deviceId, deviceKey }) => `${deviceId} ${deviceKey}`).sort();
          expect(keys(one)).toEqual(keys(other));
          expect(chooseDevices(one, settings, {}, () => true)).toEqual(chooseDevices(other, settings, {}, () => true));
        },
      ),
    );
  });

  it('what was chosen is taken as long as it is there', () => {
    fc.assert(
      fc.property(list, fc.nat(), (listing, pick) => {
        const devices = knownDevices(listing, []);
        const usable = devices.filter((device) => mayBeUsed(device, devices, settings));
        if (usable.length === 0) return;
        const wanted = usable[pick % usable.length]!;
        const choice = chooseDevices(devices, settings, { [wanted.kind]: wanted.deviceKey }, () => false);
        expect(choice[wanted.kind]).toBe(wanted);
      }),
    );
  });

  it('no two devices of a kind have one key, and who has another like it is a twin', () => {
    fc.assert(
      fc.property(list, (listing) => {
        const devices = knownDevices(listing, []);
        const keys = devices.map(({ kind, deviceKey }) => `${kind} ${deviceKey}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const device of devices) {
          const alike = devices.filter(
            ({ kind, name, vendorId }) => kind === device.kind && name === device.name && vendorId === device.vendorId,
          );
          expect(device.isTwin).toBe(alike.length > 1);
        }
      }),
    );
  });
});
