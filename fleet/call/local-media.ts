/**
 * Our own tracks and their producers at the node. Tracks are never opened, stopped or muted here: the owner of a
 * microphone sets `track.enabled` and passes the track again, and the producer follows.
 */
import { v7 as uuidv7 } from 'uuid';
import { toMaruError } from '#contract/error-codes.ts';
import type { CameraState, MicrophoneState } from '#contract/room-state.ts';
import type { MediaSource } from '#contract/media-source.ts';
import type { SendRequest, LocalProducer, Media } from './media-session.ts';

export type LocalState = {
  readonly microphone: MicrophoneState;
  readonly camera: CameraState;
  readonly sharesScreen: boolean;
};

/** A worker that died is replaced after a moment, and requests in between are refused. */
const AGAIN_AFTER_MS = 500;
const MOST_ATTEMPTS = 8;

type Slot = {
  readonly source: MediaSource;
  track: MediaStreamTrack | null;
  producer: LocalProducer | null;
  /** the state that was sent to the node last; null: in doubt */
  toldPaused: boolean | null;
  busy: boolean;
  again: boolean;
  /** of this track on this media */
  refusals: number;
  later: ReturnType<typeof setTimeout> | undefined;
  unwatch: () => void;
};

export type LocalMediaDependencies = {
  ask: SendRequest;
  /** by the grant; true as long as there is none */
  mayPublish: (source: MediaSource) => boolean;
  onChange: () => void;
  /** the node lets our microphone through no more: its owner disables the track */
  onKeptMuted: () => void;
};

const newSlot = (source: MediaSource): Slot => ({
  source,
  track: null,
  producer: null,
  toldPaused: null,
  busy: false,
  again: false,
  refusals: 0,
  later: undefined,
  unwatch: () => {},
});

export class LocalMedia {
  readonly #ask: SendRequest;
  readonly #mayPublish: (source: MediaSource) => boolean;
  readonly #onChange: () => void;
  readonly #onKeptMuted: () => void;
  readonly #slots = {
    microphone: newSlot('microphone'),
    camera: newSlot('camera'),
    screen: newSlot('screen'),
    'screen-audio': newSlot('screen-audio'),
    program: newSlot('program'),
    'program-sound': newSlot('program-sound'),
  };
  #cameraWithoutTrack: 'off' | 'absent' = 'absent';
  #media: Media | null = null;
  #told: string | null = null;

  constructor({ ask, mayPublish, onChange, onKeptMuted }: LocalMediaDependencies) {
    this.#ask = ask;
    this.#mayPublish = mayPublish;
    this.#onChange = onChange;
    this.#onKeptMuted = onKeptMuted;
  }

  get state(): LocalState {
    const microphone = this.#trackOf('microphone');
    const cameraWithoutTrack = this.#mayPublish('camera') ? this.#cameraWithoutTrack : 'absent';
    return {
      microphone: !microphone ? 'absent' : sounds(microphone) ? 'on' : 'muted',
      camera: this.#trackOf('camera') ? 'on' : cameraWithoutTrack,
      sharesScreen: this.#trackOf('screen') !== null,
    };
  }

  /** The same track again: its mute has changed. null: there is none. */
  setMicrophone(track: MediaStreamTrack | null): void {
    this.#put(this.#slots.microphone, track);
  }

  /** Off: the owner stops the track, so that the camera's light goes out, and passes null. */
  setCamera(track: MediaStreamTrack | null, withoutTrack: 'off' | 'absent' = 'off'): void {
    this.#cameraWithoutTrack = withoutTrack;
    this.#put(this.#slots.camera, track);
  }

  setScreen(video: MediaStreamTrack | null, audio: MediaStreamTrack | null): void {
    if (video) video.contentHint = 'detail';
    this.#put(this.#slots.screen, video);
    this.#put(this.#slots['screen-audio'], video ? audio : null);
  }

  /** What a program makes of the call. */
  setProgram(picture: MediaStreamTrack | null, sound: MediaStreamTrack | null): void {
    // people move in it: frames go before sharp letters
    if (picture) picture.contentHint = 'motion';
    this.#put(this.#slots.program, picture);
    this.#put(this.#slots['program-sound'], sound);
  }

  /** Sends the program's picture; null: not at this moment. */
  get programSender(): RTCRtpSender | null {
    return this.#slots.program.producer?.sender ?? null;
  }

  /** From here on the node is notified of every change. `told`: what `join` has sent already. */
  attach(media: Media, told: LocalState | null): void {
    this.#media = media;
    this.#told = told && stateKey(told);
    for (const slot of Object.values(this.#slots)) {
      slot.producer = null;
      slot.refusals = 0;
      void this.#sync(slot);
    }
  }

  /** The media is gone, and its producers with it. */
  detach(): void {
    this.#media = null;
    for (const slot of Object.values(this.#slots)) {
      slot.producer = null;
      clearTimeout(slot.later);
    }
  }

  /** After a kept resume: requests that were in flight at the drop are sent again. */
  reaffirm(): void {
    this.#told = null;
    for (const slot of Object.values(this.#slots)) {
      slot.toldPaused = null;
      if (slot.producer && !slot.producer.confirmed) this.#closeProducer(slot);
      void this.#sync(slot);
    }
  }

  /** The node refused it. For now: the same again. For good: it is dropped, until its owner sets it anew. */
  refused(source: MediaSource, error: Error): void {
    const slot = this.#slots[source];
    slot.producer?.close();
    slot.producer = null;
    const { kind } = toMaruError(error);
    if ((kind === 'operational' || kind === 'invalid-state') && slot.refusals < MOST_ATTEMPTS) {
      slot.refusals += 1;
      clearTimeout(slot.later);
      slot.later = setTimeout(() => void this.#sync(slot), AGAIN_AFTER_MS);
      return;
    }
    if (source === 'screen') this.setScreen(null, null);
  }

  /** What may be published no more is not sent; a share is over, the other tracks wait for the permission to come back. */
  permissionsChanged(): void {
    if (!this.#mayPublish('screen')) this.setScreen(null, null);
    for (const slot of Object.values(this.#slots)) this.#changed(slot);
  }

  close(): void {
    this.detach();
    for (const slot of Object.values(this.#slots)) slot.unwatch();
  }

  #put(slot: Slot, track: MediaStreamTrack | null): void {
    if (slot.track !== track) {
      slot.unwatch();
      slot.track = track;
      slot.refusals = 0;
      // unplugged, or sharing stopped in the browser's own bar; a stop() by the owner fires nothing
      const ended = (): void => {
        if (slot.source === 'screen') this.setScreen(null, null);
        else if (slot.source === 'camera') this.setCamera(null, 'absent');
        else this.#put(slot, null);
      };
      // silenced by the system: nobody should believe that this microphone is live
      const silenced = (): void => this.#changed(slot);
      const watched = [
        ['ended', ended],
        ...(slot.source === 'microphone' ? SILENCED.map((type) => [type, silenced] as const) : []),
      ] as const;
      for (const [type, listener] of watched) track?.addEventListener(type, listener);
      slot.unwatch = () => {
        for (const [type, listener] of watched) track?.removeEventListener(type, listener);
      };
    }
    this.#changed(slot);
  }

  #changed(slot: Slot): void {
    this.#onChange();
    void this.#sync(slot);
  }

  /** Brings the producer to the state of the slot, one step at a time; changes meanwhile start another look. */
  async #sync(slot: Slot): Promise<void> {
    slot.again = true;
    if (slot.busy) return;
    slot.busy = true;
    while (slot.again) {
      slot.again = false;
      try {
        await this.#step(slot);
      } catch (error) {
        console.warn(`call: ${slot.source} could not be sent`, error);
      }
    }
    slot.busy = false;
  }

  async #step(slot: Slot): Promise<void> {
    const media = this.#media;
    if (!media) return;
    const track = this.#trackOf(slot.source);
    const keptWithoutTrack =
      slot.source === 'camera' && this.#cameraWithoutTrack === 'off' && this.#mayPublish('camera');
    if (!track && slot.producer && !keptWithoutTrack) this.#closeProducer(slot);
    if (track && !slot.producer) {
      const producer = await media.produce(slot.source, track, uuidv7());
      if (this.#media !== media) {
        producer.close();
        slot.again = true;
        return;
      }
      slot.producer = producer;
      slot.toldPaused = producer.announcedPaused;
      slot.again = true;
      return;
    }
    const { producer } = slot;
    if (!producer) return this.#tellState();
    if (producer.track !== track) {
      await producer.replaceTrack(track);
      slot.again = true;
    }
    // the track may have been muted or removed while we waited: its present state counts
    const paused = slot.source === 'microphone' ? !(slot.track && sounds(slot.track)) : !slot.track?.enabled;
    if (slot.producer === producer && paused !== slot.toldPaused) {
      slot.toldPaused = paused;
      const { producerId } = producer;
      this.#ask(paused ? 'pause-producer' : 'resume-producer', { producerId }).catch((error: unknown) => {
        slot.toldPaused = null;
        if (toMaruError(error).code === 'stays-muted') this.#onKeptMuted();
      });
    }
  }

  /** Its owner's track, where the grant lets us publish it. */
  #trackOf(source: MediaSource): MediaStreamTrack | null {
    return this.#mayPublish(source) ? this.#slots[source].track : null;
  }

  #closeProducer(slot: Slot): void {
    const { producer } = slot;
    if (!producer) return;
    slot.producer = null;
    producer.close();
    this.#ask('close-producer', { producerId: producer.producerId }).catch(() => {});
  }

  /** Only states that no producer shows: a missing device, or a camera that was never on. */
  #tellState(): void {
    const { microphone, camera } = this.state;
    const key = stateKey(this.state);
    if (key === this.#told) return;
    this.#told = key;
    this.#ask('set-media-state', { microphone, camera }).catch(() => {
      this.#told = null;
    });
  }
}

const SILENCED = ['mute', 'unmute'] as const;

/** Neither muted by its owner nor by the system: a phone call, a switch on the device (W3C Media Capture, 4.3.3). */
const sounds = ({ enabled, muted }: MediaStreamTrack): boolean => enabled && !muted;

const stateKey = ({ microphone, camera }: LocalState): string => `${microphone} ${camera}`;
