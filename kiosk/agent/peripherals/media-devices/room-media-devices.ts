/**
 * The room's devices as the agent knows them: decides which ones the page takes, answers the commands for them, keeps
 * what a person chose and the camera's presets. Opens no device; how the self-test runs is self-test-runner.ts's.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { MediaDeviceCommand } from '#contract/room-command.ts';
import type { CameraAxes, EquipmentDevice, RoomEquipment, SelfTest, SelfTestCheck } from '#contract/room-equipment.ts';
import type { RoomNotice, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import type { PartReport } from '../../../room/room.ts';
import { AwaitedInput } from './awaited-input.ts';
import { type CancelsOwnEcho, chooseDevices, type DeviceChoice, isHdmiInput, mayBeUsed } from './device-policy.ts';
import { type MediaDeviceMemory, KeptMediaDevices } from './media-device-memory.ts';
import { type KnownDevice, knownDevices, type MediaDeviceList } from './known-devices.ts';
import type { MediaDeviceSettings } from '#contract/settings/media-device-settings.ts';
import { hasFailed } from './self-test.ts';
import { SelfTestRunner } from './self-test-runner.ts';
import { readUsbDevices } from './usb-devices.ts';

/** Of each kind, so that all together are no more than the contract's 24. */
const DEVICES_SHOWN_OF_KIND = 8;

export type RoomMediaDevicesOptions = {
  logger: Logger;
  settings: MediaDeviceSettings;
  memory: MediaDeviceMemory;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** for the media ports of the self-test; null: none is to be had */
  requestGrant: () => Promise<CallGrant | null>;
  fleetOnline: () => boolean;
  /** `part` or `notices` is another */
  onChange: () => void;
  onSelfTestDone: (checks: readonly SelfTestCheck[]) => void;
  /** by USB vendor and product, from the speakerphones' quirks */
  cancelsOwnEcho: CancelsOwnEcho;
  /** where sysfs is mounted */
  sysDir?: string;
};
type Part = Pick<RoomEquipment, 'devices' | 'camera' | 'presets' | 'shownInput' | 'selfTest'>;
type InUse = MediaDeviceList['inUse'];
type DeviceReport = Exclude<PartReport, { type: 'reach-probed' | 'sound-heard' }>;

const NOTHING_OPEN: InUse = { cameraId: null, microphoneId: null, speakerId: null, inputId: null };
const NOTHING_CHOSEN: DeviceChoice = { camera: null, microphone: null, speaker: null, deviceCancelsEcho: false };

export class RoomMediaDevices {
  readonly #options: RoomMediaDevicesOptions;
  readonly #selfTest: SelfTestRunner;
  readonly #kept: KeptMediaDevices;
  readonly #awaitedInput = new AwaitedInput();
  #settings: MediaDeviceSettings;
  #devices: KnownDevice[] = [];
  #choice: DeviceChoice = NOTHING_CHOSEN;
  #inUse: InUse = NOTHING_OPEN;
  #axes: CameraAxes | null = null;
  #phase: RoomState['phase']['name'] = 'idle';
  /** the last `use-devices`, so that the page is told once */
  #toldUse = '';

  constructor(options: RoomMediaDevicesOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#kept = new KeptMediaDevices(options);
    const { logger, perform, requestGrant, fleetOnline, onChange, onSelfTestDone } = options;
    this.#selfTest = new SelfTestRunner({
      logger,
      perform,
      requestGrant,
      fleetOnline,
      onChange,
      onDone: onSelfTestDone,
    });
  }

  start(): void {
    this.#kept.start();
  }

  stop(): void {
    this.#selfTest.stop();
    this.#awaitedInput.giveUp('shutting-down');
  }

  /** In force at once, also in a call: the page changes over to what is preferred. */
  apply(settings: MediaDeviceSettings): void {
    this.#settings = settings;
    // no page has listed any yet: the list is chosen from when it comes
    if (this.#devices.length === 0) return;
    this.#choose();
    this.#options.onChange();
  }

  get part(): Part {
    const presets = this.#kept.presetsOf(this.#camera()?.deviceKey ?? null);
    return {
      devices: this.#shownDevices(),
      camera: this.#axes,
      presets: presets.map(({ presetId, name }) => ({ presetId, name })),
      shownInput:
        this.#devices.find(({ kind, deviceId }) => kind === 'camera' && deviceId === this.#inUse.inputId)?.deviceKey ??
        null,
      selfTest: this.#selfTest.test,
    };
  }

  /** Of the devices; the room's state lists them beside its own. */
  get notices(): RoomNotice[] {
    const test: SelfTest | null = this.#selfTest.test;
    return test?.state === 'done' && hasFailed(test) ? ['self-test-failed'] : [];
  }

  /** The room, after each of its changes: a call that begins ends a test. */
  follow({ phase }: RoomState): void {
    this.#phase = phase.name;
    this.#selfTest.follow(phase.name === 'idle');
  }

  /** A page that is new knows of no choice, and of no test. */
  onScreenConnected(): void {
    this.#toldUse = '';
    this.#inUse = NOTHING_OPEN;
    this.#axes = null;
    this.#selfTest.onScreenConnected();
    this.#options.onChange();
  }

  onReport(report: DeviceReport): void {
    switch (report.type) {
      case 'media-devices':
        this.#onDevices(report);
        return;
      case 'camera-axes':
        this.#axes = report.axes;
        this.#options.onChange();
        return;
      case 'self-test-check':
      case 'self-test-done':
        this.#selfTest.onReport(report);
        return;
    }
  }

  /** A code where it can't be done. */
  async handle(command: MediaDeviceCommand): Promise<ErrorCode | null> {
    switch (command.name) {
      case 'choose-device':
        return this.#chooseDevice(command);
      case 'steer-camera': {
        const { pan, tilt, zoom } = command;
        return this.#move({ name: 'steer-camera', pan, tilt, zoom });
      }
      case 'save-preset':
        return this.#savePreset(command.presetId, command.presetName);
      case 'recall-preset':
        return this.#recallPreset(command.presetId);
      case 'show-input':
        return this.#showInput(command.deviceKey);
      case 'run-self-test':
        return this.#selfTest.run('asked');
    }
  }

  runSelfTest(because: SelfTest['because']): void {
    void this.#selfTest.run(because).then((code) => {
      if (code !== null) this.#options.logger.info({ because, code }, 'devices: no self-test now');
    });
  }

  #onDevices({ devices, inUse }: MediaDeviceList): void {
    this.#devices = knownDevices(devices, readUsbDevices(this.#options.sysDir));
    this.#inUse = inUse;
    this.#awaitedInput.follow(inUse.inputId);
    this.#choose();
    this.#tellIfOther('camera', inUse.cameraId);
    this.#tellIfOther('microphone', inUse.microphoneId);
    this.#options.onChange();
  }

  #choose(): void {
    const { cancelsOwnEcho, logger, perform } = this.#options;
    const settings = this.#settings;
    const before = this.#choice;
    this.#choice = chooseDevices(this.#devices, settings, this.#kept.chosen, cancelsOwnEcho);
    const { camera, microphone, speaker, deviceCancelsEcho } = this.#choice;
    if (nameOfChoice(before) !== nameOfChoice(this.#choice))
      logger.info(
        {
          camera: camera?.deviceKey,
          microphone: microphone?.deviceKey,
          speaker: speaker?.deviceKey,
          deviceCancelsEcho,
        },
        'devices: chosen',
      );
    const use = {
      name: 'use-devices' as const,
      cameraId: camera?.deviceId ?? null,
      microphoneId: microphone?.deviceId ?? null,
      speakerId: speaker?.deviceId ?? null,
      deviceCancelsEcho,
      inputIds: this.#devices
        .filter((device) => isHdmiInput(device, this.#devices, settings))
        .map(({ deviceId }) => deviceId),
    };
    const text = JSON.stringify(use);
    if (text !== this.#toldUse && perform(use)) this.#toldUse = text;
  }

  /** The page takes another where the chosen one does not open: a person who looks for the reason finds it here. */
  #tellIfOther(kind: 'camera' | 'microphone', openId: string | null): void {
    const chosen = this.#choice[kind];
    if (openId === null || chosen === null || chosen.deviceId === openId) return;
    const open = this.#devices.find((device) => device.kind === kind && device.deviceId === openId);
    this.#options.logger.warn(
      { kind, chosen: chosen.deviceKey, open: open?.deviceKey ?? null },
      'devices: another is open',
    );
  }

  #chooseDevice({ kind, deviceKey }: Extract<MediaDeviceCommand, { name: 'choose-device' }>): ErrorCode | null {
    const device = this.#devices.find((each) => each.kind === kind && each.deviceKey === deviceKey);
    if (device === undefined) return 'device-unknown';
    if (!mayBeUsed(device, this.#devices, this.#settings)) return 'device-unsupported';
    this.#kept.choose(kind, deviceKey);
    this.#choose();
    this.#options.onChange();
    return null;
  }

  #savePreset(presetId: number, name: string): ErrorCode | null {
    const code = this.#whyNotMovable();
    const camera = this.#camera();
    if (code !== null || this.#axes === null || camera === null) return code ?? 'not-possible-now';
    const { pan, tilt, zoom } = this.#axes;
    const position = { pan: pan?.value ?? null, tilt: tilt?.value ?? null, zoom: zoom?.value ?? null };
    this.#kept.savePreset(camera.deviceKey, { presetId, name, ...position });
    this.#options.onChange();
    return null;
  }

  #recallPreset(presetId: number): ErrorCode | null {
    const preset = this.#kept.presetsOf(this.#camera()?.deviceKey ?? null).find((each) => each.presetId === presetId);
    if (preset === undefined) return 'not-found';
    const { pan, tilt, zoom } = preset;
    return this.#move({ name: 'place-camera', pan, tilt, zoom });
  }

  /** The one that is open, though another was chosen; else the one that would be opened. */
  #camera(): KnownDevice | null {
    const { cameraId } = this.#inUse;
    const open = this.#devices.find(({ kind, deviceId }) => kind === 'camera' && deviceId === cameraId);
    return open ?? this.#choice.camera;
  }

  #move(effect: Extract<ScreenEffect, { name: 'steer-camera' | 'place-camera' }>): ErrorCode | null {
    const code = this.#whyNotMovable();
    if (code !== null) return code;
    return this.#options.perform(effect) ? null : 'no-screen';
  }

  #whyNotMovable(): ErrorCode | null {
    if (this.#inUse.cameraId === null) return 'not-possible-now';
    return this.#axes === null ? 'device-unsupported' : null;
  }

  async #showInput(deviceKey: string | null): Promise<ErrorCode | null> {
    const { perform } = this.#options;
    const settings = this.#settings;
    const device = this.#devices.find((each) => each.kind === 'camera' && each.deviceKey === deviceKey);
    if (deviceKey !== null) {
      if (device === undefined) return 'device-unknown';
      if (!isHdmiInput(device, this.#devices, settings)) return 'device-unsupported';
      if (this.#phase !== 'in-call') return 'not-possible-now';
    }
    const deviceId = device?.deviceId ?? null;
    if (deviceId === this.#inUse.inputId) return null;
    const shown = this.#awaitedInput.wait(deviceId);
    if (!perform({ name: 'show-input', deviceId })) this.#awaitedInput.giveUp('no-screen');
    return shown;
  }

  #shownDevices(): EquipmentDevice[] {
    const settings = this.#settings;
    const shown = (['camera', 'microphone', 'speaker'] as const).flatMap((kind) =>
      this.#devices.filter((device) => device.kind === kind).slice(0, DEVICES_SHOWN_OF_KIND),
    );
    return shown.map((device) => ({
      deviceKey: device.deviceKey,
      kind: device.kind,
      name: cutText(shownText(device.name), { units: 120, bytes: 240 }),
      isInUse: this.#isInUse(device),
      isTwin: device.isTwin,
      isHdmiInput: isHdmiInput(device, this.#devices, settings),
    }));
  }

  /** What is open; in an idle room nothing is, and it is the one that a call would open. */
  #isInUse({ kind, deviceId }: KnownDevice): boolean {
    if (kind === 'camera' && deviceId === this.#inUse.inputId) return true;
    const openId = {
      camera: this.#inUse.cameraId,
      microphone: this.#inUse.microphoneId,
      speaker: this.#inUse.speakerId,
    }[kind];
    return deviceId === (openId ?? this.#choice[kind]?.deviceId);
  }
}

const nameOfChoice = ({ camera, microphone, speaker, deviceCancelsEcho }: DeviceChoice): string =>
  [camera?.deviceKey, microphone?.deviceKey, speaker?.deviceKey, deviceCancelsEcho].join(' ');
