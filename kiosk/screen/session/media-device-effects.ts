/**
 * Performs the agent's effects on the room's devices beside a call's camera and microphone: the camera's motors, an
 * HDMI input on the stage, the self-test, the watch for sound in an idle room. Owns whose turn it is.
 */
import type { CallClient } from '#call/call-client.ts';
import type { OpenSocket } from '#call/open-socket.ts';
import { InvalidStateError } from '#contract/error-codes.ts';
import type { SelfTestCheck } from '#contract/room-equipment.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';
import { CameraMotors } from './camera-motors.ts';
import type { GetUserMedia } from './open-tracks.ts';
import type { RoomTracks } from './room-tracks.ts';
import { mediaReach, unreachableOf } from './reach-probe.ts';
import { ShownInput } from './shown-input.ts';
import { SoundWatch } from './sound-watch.ts';
import { callItself } from './self-test/call-itself.ts';
import { checkCamera } from './self-test/camera-check.ts';
import { mediaChecks } from './self-test/media-check.ts';
import { checkMicrophone } from './self-test/microphone-check.ts';
import { type Checks, runSelfTest } from './self-test/self-test-run.ts';
import { checkSpeaker } from './self-test/speaker-check.ts';

export const MEDIA_DEVICE_EFFECTS = [
  'use-devices',
  'steer-camera',
  'place-camera',
  'show-input',
  'run-self-test',
  'listen-for-sound',
  'probe-reach',
  'call-itself',
] as const satisfies readonly ScreenEffect['name'][];
export type MediaDeviceEffect = Extract<ScreenEffect, { name: (typeof MEDIA_DEVICE_EFFECTS)[number] }>;
type ProbeReach = Extract<ScreenEffect, { name: 'probe-reach' }>;
type CallItself = Extract<ScreenEffect, { name: 'call-itself' }>;
type RunSelfTest = Extract<ScreenEffect, { name: 'run-self-test' }>;

export type MediaDeviceEffectsParts = {
  call: Pick<CallClient, 'setScreen' | 'getSnapshot' | 'leave'>;
  devices: Pick<RoomTracks, 'use' | 'listed' | 'openIds' | 'wanted'>;
  getUserMedia: GetUserMedia;
  createStream: (tracks: MediaStreamTrack[]) => MediaStream;
  openSocket: OpenSocket;
  tell: (report: ScreenToAgent) => void;
  /** the shown input or the camera's position has changed */
  onChange: () => void;
};

export class MediaDeviceEffects {
  readonly motors: CameraMotors;
  readonly input: ShownInput;
  readonly #parts: MediaDeviceEffectsParts;
  readonly #sound: SoundWatch;
  #selfTest: AbortController | null = null;
  #reachProbe: AbortController | null = null;

  constructor(parts: MediaDeviceEffectsParts) {
    this.#parts = parts;
    const { call, devices, getUserMedia, createStream, onChange, tell } = parts;
    this.motors = new CameraMotors({ onAxes: onChange });
    this.input = new ShownInput({
      call,
      getUserMedia,
      createStream,
      listed: () => devices.listed ?? [],
      microphoneId: () => devices.openIds.microphoneId,
      onChange,
    });
    this.#sound = new SoundWatch({
      getUserMedia,
      microphone: () => devices.wanted.microphone,
      onHeard: () => tell({ type: 'sound-heard' }),
    });
  }

  /** @throws where it can't be done */
  async perform(effect: MediaDeviceEffect): Promise<void> {
    switch (effect.name) {
      case 'use-devices': {
        const { name: _, ...devices } = effect;
        this.#parts.devices.use(devices);
        return;
      }
      case 'steer-camera':
        this.motors.steer(effect);
        return;
      case 'place-camera':
        this.motors.place(effect);
        return;
      case 'show-input':
        if (effect.deviceId === null) this.input.hide();
        else await this.input.show(effect.deviceId);
        return;
      case 'run-self-test':
        await this.#runSelfTest(effect);
        return;
      case 'listen-for-sound':
        // only an idle room is watched for sound
        this.#sound.listen(this.#inCall ? 0 : effect.forMs);
        return;
      case 'probe-reach':
        await this.#probeReach(effect);
        return;
      case 'call-itself':
        await this.#callItself(effect);
        return;
    }
  }

  /** While it runs, nothing is prepared: both would be the same peer at the node. */
  get testing(): boolean {
    return this.#selfTest !== null;
  }

  /** A call needs the devices, or a newer screen does. A check that did not run is not reported. */
  makeWay(): void {
    this.#selfTest?.abort();
    this.#sound.stop();
    this.makeWayAtNode();
  }

  /** A call is prepared: its handshake would wait for a probe's that hangs, and it is the peer that tries the media ports. */
  makeWayAtNode(): void {
    this.#reachProbe?.abort();
  }

  get #inCall(): boolean {
    const { name } = this.#parts.call.getSnapshot().phase;
    return name === 'joined' || name === 'joining';
  }

  async #probeReach({ probeId, signalingUrls, grant }: ProbeReach): Promise<void> {
    const ends = new AbortController();
    this.#reachProbe?.abort();
    this.#reachProbe = ends;
    const unreachableUrls = await unreachableOf(signalingUrls, this.#parts.openSocket, ends.signal);
    // nothing is known: the agent asks again
    if (ends.signal.aborted) return;
    const { name } = this.#parts.call.getSnapshot().phase;
    // a place that a phone has prepared stays
    const isFree = !this.#inCall && name !== 'preparing' && name !== 'prepared' && !this.testing;
    const media =
      grant !== null && isFree && unreachableUrls.length === 0 ? await mediaReach(grant, ends.signal) : null;
    this.#parts.tell({ type: 'reach-probed', probeId, unreachableUrls, media });
  }

  async #runSelfTest({ testId, grant }: RunSelfTest): Promise<void> {
    const { call, tell } = this.#parts;
    if (this.#inCall || this.testing) throw new InvalidStateError('not-possible-now', 'no self-test in a call');
    this.#sound.stop();
    this.makeWayAtNode();
    // a place that a phone had prepared is the same peer: it is prepared again when needed
    call.leave();
    const ends = new AbortController();
    this.#selfTest = ends;
    try {
      const checks: Checks = { ...this.#deviceChecks(), ...(grant && mediaChecks(grant, ends.signal)) };
      const tellCheck = (check: SelfTestCheck): void => tell({ type: 'self-test-check', testId, check });
      await runSelfTest(checks, tellCheck, ends.signal);
    } finally {
      this.#selfTest = null;
      ends.abort();
      tell({ type: 'self-test-done', testId });
    }
  }

  /** Always answered: the agent waits for it before it keeps a release. */
  async #callItself({ proofId }: CallItself): Promise<void> {
    const { tell, getUserMedia, devices } = this.#parts;
    const ends = new AbortController();
    const isFree = !this.#inCall && !this.testing;
    let fault: string | null = 'the room is busy';
    try {
      if (isFree) {
        this.#sound.stop();
        this.#selfTest = ends;
        const { camera, microphone } = devices.wanted;
        fault = await callItself({ getUserMedia, camera, microphone, signal: ends.signal });
      }
    } catch (error) {
      console.warn('screen: the call with itself failed', error);
      fault = ends.signal.aborted ? 'a call began' : nameOf(error);
    } finally {
      if (this.#selfTest === ends) this.#selfTest = null;
      ends.abort();
      tell({ type: 'called-itself', proofId, fault });
    }
  }

  #deviceChecks(): Checks {
    const { getUserMedia, devices } = this.#parts;
    const { camera, microphone, speakerId, deviceCancelsEcho } = devices.wanted;
    const speaker = { getUserMedia, microphone, speakerId, deviceCancelsEcho, listed: devices.listed ?? [] };
    return {
      camera: (signal) => checkCamera(getUserMedia, camera, signal),
      microphone: (signal) => checkMicrophone(getUserMedia, microphone, signal),
      speaker: (signal) => checkSpeaker(speaker, signal),
    };
  }
}

const nameOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 120) : 'it failed';
