/** All tracks of a media node: what each speaks becomes segments of text. */
import { v7 as newId } from 'uuid';
import type { Language } from '#contract/schema.ts';
import type { FromTranscriber, ToTranscriber } from '#contract/transcriber-link.ts';
import { EngineQueue } from './engine-queue.ts';
import type { SpeechEngine } from './speech-engine.ts';
import { SpokenTrack, type TrackSpeech } from './spoken-track.ts';
import { RepeatedText, spokenText } from './spoken-text.ts';
import type { VoiceModel } from './voice-activity.ts';
import { wavOf } from './wav-file.ts';

export type NodeTranscriberOptions = {
  model: VoiceModel;
  engine: Pick<SpeechEngine, 'transcribe'>;
  /** requests at once */
  atOnce: number;
  send: (message: FromTranscriber) => void;
  log: (what: string, details: object) => void;
};

type Track = { spoken: SpokenTrack; language: Language; repeated: RepeatedText };
type QueuedSpeech = TrackSpeech & { trackId: string; track: Track; sinceMs: number };

export class NodeTranscriber {
  readonly #options: NodeTranscriberOptions;
  readonly #tracks = new Map<string, Track>();
  readonly #queue: EngineQueue<QueuedSpeech>;

  constructor(options: NodeTranscriberOptions) {
    this.#options = options;
    const { atOnce, send, log } = options;
    this.#queue = new EngineQueue({
      atOnce,
      ask: (speech, signal) => this.#write(speech, signal),
      onFailing: (isFailing) => send({ name: 'engine', isFailing }),
      log,
    });
  }

  handle(message: ToTranscriber): void {
    const track = this.#tracks.get(message.trackId);
    if (message.name === 'sound') track?.spoken.push(message);
    else if (message.name === 'track') this.#open(message.trackId, message.language);
    else if (track) this.#end(message.trackId, track);
  }

  /** The same again: another language from now on. */
  #open(trackId: string, language: Language): void {
    const known = this.#tracks.get(trackId);
    if (known) {
      known.language = language;
      return;
    }
    const { model, log } = this.#options;
    const track: Track = {
      language,
      repeated: new RepeatedText(),
      spoken: new SpokenTrack({
        model,
        onSpeech: (speech) => this.#queue.add({ ...speech, trackId, track, sinceMs: Date.now() }),
        onFault: (err) => log('a track failed: our bug', { err, trackId }),
      }),
    };
    this.#tracks.set(trackId, track);
  }

  #end(trackId: string, { spoken }: Track): void {
    this.#tracks.delete(trackId);
    void spoken.end();
  }

  async #write({ samples, trackId, track, fromMs, untilMs }: QueuedSpeech, signal: AbortSignal): Promise<void> {
    const { engine, send } = this.#options;
    const text = spokenText(await engine.transcribe(wavOf(samples), track.language, signal));
    if (text === '' || track.repeated.isOnceTooOften(text)) return;
    send({ name: 'segment', trackId, segmentId: newId(), text, fromMs, untilMs });
  }
}
