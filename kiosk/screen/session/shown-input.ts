/**
 * An HDMI input as the room's shared screen: opened for it, sent by the call, seen and heard in the room too, and
 * withdrawn when it is pulled out, stopped, or the call is over.
 */
import type { CallClient } from '#call/call-client.ts';
import { InvalidStateError, OperationalError } from '#contract/error-codes.ts';
import type { ListedDevice } from './device-plan.ts';
import { type GetUserMedia, inputConstraints, openWhile, rawSoundConstraints } from './open-tracks.ts';

export type ShownInputParts = {
  call: Pick<CallClient, 'setScreen' | 'getSnapshot'>;
  getUserMedia: GetUserMedia;
  createStream: (tracks: MediaStreamTrack[]) => MediaStream;
  listed: () => readonly ListedDevice[];
  /** its sound must not come from the room's own microphone */
  microphoneId: () => string | null;
  /** `shown` is another */
  onChange: () => void;
};

export class ShownInput {
  readonly #parts: ShownInputParts;
  #shown: { deviceId: string; stream: MediaStream; stop: AbortController } | null = null;
  #opening: AbortController | null = null;

  constructor(parts: ShownInputParts) {
    this.#parts = parts;
  }

  get deviceId(): string | null {
    return this.#shown?.deviceId ?? null;
  }
  /** With its sound, where it has one: for the room itself. */
  get stream(): MediaStream | null {
    return this.#shown?.stream ?? null;
  }

  /** @throws not-possible-now without a call; device-gone where it does not open */
  async show(deviceId: string): Promise<void> {
    if (this.#shown?.deviceId === deviceId) return;
    if (!this.#inCall) throw new InvalidStateError('not-possible-now', 'an input is shown in a call alone');
    this.#opening?.abort();
    const stop = new AbortController();
    this.#opening = stop;
    try {
      const tracks = await this.#open(deviceId, stop.signal);
      if (!this.#inCall) throw new InvalidStateError('not-possible-now', 'the call is over');
      this.#hide();
      const [video, audio] = tracks as [MediaStreamTrack, MediaStreamTrack?];
      this.#shown = { deviceId, stream: this.#parts.createStream(tracks), stop };
      video.addEventListener('ended', () => {
        if (this.#shown?.stop === stop) this.hide();
      });
      this.#parts.call.setScreen(video, audio ?? null);
    } catch (error) {
      stop.abort();
      if (error instanceof InvalidStateError) throw error;
      throw new OperationalError('device-gone', 'the input does not open', { cause: error });
    } finally {
      if (this.#opening === stop) this.#opening = null;
      this.#parts.onChange();
    }
  }

  hide(): void {
    this.#opening?.abort();
    this.#opening = null;
    if (this.#shown === null) return;
    this.#hide();
    this.#parts.call.setScreen(null);
    this.#parts.onChange();
  }

  /** The call is over, or the node refused it. */
  followCall(): void {
    if (this.#shown === null && this.#opening === null) return;
    if (!this.#inCall || (this.#shown !== null && !this.#parts.call.getSnapshot().local.sharesScreen)) this.hide();
  }

  get #inCall(): boolean {
    return this.#parts.call.getSnapshot().phase.name === 'joined';
  }

  #hide(): void {
    this.#shown?.stop.abort();
    this.#shown = null;
  }

  async #open(deviceId: string, signal: AbortSignal): Promise<MediaStreamTrack[]> {
    const { getUserMedia } = this.#parts;
    const video = (await openWhile(signal, getUserMedia, inputConstraints(deviceId))).getTracks();
    const audioId = this.#soundOf(deviceId);
    if (audioId === null) return video;
    const sound = openWhile(signal, getUserMedia, rawSoundConstraints({ exact: audioId }));
    // a picture without its sound is better than none
    const audio = await sound.then(
      (stream) => stream.getTracks(),
      (error: unknown) => {
        signal.throwIfAborted();
        console.warn('screen: the input is shown without its sound', error);
        return [];
      },
    );
    return [...video, ...audio];
  }

  /** By the browser's own word that both are one device. */
  #soundOf(deviceId: string): string | null {
    const listed = this.#parts.listed();
    const groupId = listed.find((device) => device.kind === 'camera' && device.deviceId === deviceId)?.groupId ?? '';
    const half = listed.find(
      (device) =>
        device.kind === 'microphone' &&
        groupId !== '' &&
        device.groupId === groupId &&
        device.deviceId !== this.#parts.microphoneId(),
    );
    return half?.deviceId ?? null;
  }
}
