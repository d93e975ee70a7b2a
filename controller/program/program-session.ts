/** One program: its call, its picture and sound, and what it reports to the process that started its browser. */
import type { CallClient, CallClientDependencies } from '#call/call-client.ts';
import type { CallState } from '#call/call-state.ts';
import { DocumentPages } from '#call/document-pages.ts';
import { Observable } from '#call/observable.ts';
import type { CallGrant } from '#contract/grants.ts';
import { type FromProgramPage, REPORT_MS, type ToProgramPage } from '#contract/program-page.ts';
import type { ProgramShow } from '#contract/program-link.ts';
import type { View } from '#contract/signaling.ts';
import { showLanguage } from '#ui/words/words.ts';
import { Chapters } from './chapters.ts';
import { previewOf } from './preview.ts';
import { askForKeyFrames, isWayOpen, sentFramesOf } from './sent-frames.ts';
import type { Voices } from './voices.ts';

export type ProgramSessionOptions = {
  send: (message: FromProgramPage) => void;
  createCall: (dependencies: CallClientDependencies) => CallClient;
  captureTab: (height: number, picturesPerSecond: number) => Promise<MediaStreamTrack>;
  voices: Voices;
};

/** Until the stage has laid out who is in. */
const FIRST_VIEW: View = { kind: 'auto', maxTiles: 9, tileHeightPx: 360 };
const LEVEL_MS = 1_000;
const PREVIEW_EACH = 2;
/** As listed where its grant names it in no other way. */
const NAME = 'Program';

export class ProgramSession {
  readonly #options: ProgramSessionOptions;
  readonly call: CallClient;
  readonly pages = new DocumentPages();
  readonly show = new Observable<ProgramShow | null>(null);
  readonly #chapters = new Chapters();
  #isRunning = false;
  #levels = 0;
  /** who waits for a grant */
  #onGrant: ((grant: CallGrant) => void) | null = null;

  constructor(options: ProgramSessionOptions) {
    this.#options = options;
    this.call = options.createCall({
      requestGrant: ({ endedCallId }) => this.#requestGrant(endedCallId),
      onMuted: () => {},
    });
    this.call.subscribe(() => this.#onCall(this.call.getSnapshot()));
  }

  handle(message: ToProgramPage): void {
    if (message.name === 'run') this.#run(message);
    else if (message.name === 'show') this.#setShow(message.show);
    else this.#onGrant?.(message.grant);
  }

  #run({ height, picturesPerSecond, show, grant }: Extract<ToProgramPage, { name: 'run' }>): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#setShow(show);
    const { captureTab, voices } = this.#options;
    this.call.setProgram(null, voices.track);
    void this.#join(grant);
    // the compositor draws as often as is captured
    document.documentElement.style.setProperty('--program-pulse-steps', `${picturesPerSecond}`);
    captureTab(height, picturesPerSecond).then(
      (picture) => {
        picture.addEventListener('ended', () => this.#fail('the picture of the tab ended'));
        this.call.setProgram(picture, voices.track);
      },
      (error: unknown) => this.#fail(`the tab cannot be captured: ${String(error)}`),
    );
    askForKeyFrames(() => this.call.programSender);
    setInterval(() => void this.#report(), REPORT_MS);
    setInterval(() => void this.#reportLevel(), LEVEL_MS);
  }

  #setShow(show: ProgramShow): void {
    showLanguage(show.language);
    this.#options.voices.setAudible(show.card === null);
    this.show.set(show);
  }

  /** For as long as this page lives: a call that ended or refused us is followed by the next grant. */
  async #join(grant: CallGrant): Promise<void> {
    const options = { displayName: NAME, microphone: null, camera: null, view: FIRST_VIEW };
    await this.call.join(options, grant).catch(() => {});
    const { phase } = this.call.getSnapshot();
    if (phase.name === 'failed') void this.#requestGrant(null).then((next) => this.#join(next));
  }

  #onCall(state: CallState): void {
    this.#options.voices.follow(state.streams);
    this.pages.setAccess(state.documentAccess);
    const { phase } = state;
    const isOver = phase.name === 'ended' || phase.name === 'failed';
    // `failed` while it joins is handled there
    if (isOver && this.#wasIn) {
      this.#wasIn = false;
      const endedCallId = phase.name === 'ended' ? phase.callId : null;
      void this.#requestGrant(endedCallId).then((grant) => this.#join(grant));
    }
    if (phase.name === 'joined') this.#wasIn = true;
  }
  #wasIn = false;

  #requestGrant(endedCallId: string | null): Promise<CallGrant> {
    return new Promise((resolve) => {
      this.#onGrant = resolve;
      this.#options.send({ name: 'grant-wanted', endedCallId });
    });
  }

  async #report(): Promise<void> {
    const { phase } = this.call.getSnapshot();
    const sender = this.call.programSender;
    const counts = await sentFramesOf(sender);
    const isIn = phase.name === 'joined' && phase.connection === 'connected' && (sender === null || isWayOpen(sender));
    const call = isIn ? { callId: phase.callId, peerId: phase.peerId } : null;
    this.#options.send({ name: 'report', ...counts, call });
  }

  async #reportLevel(): Promise<void> {
    const { voices, send } = this.#options;
    this.#followChapters();
    const isGreenRoom = this.show.getSnapshot()?.card === 'title';
    this.#levels += 1;
    const isDue = isGreenRoom && this.#levels % PREVIEW_EACH === 0;
    const preview = isDue ? await previewOf(document.querySelector('.program-call')) : null;
    send({ name: 'level', loudnessDb: voices.loudnessDb(), preview });
  }

  #followChapters(): void {
    if (this.show.getSnapshot()?.card !== null) return;
    const { participants, activeSpeakerPeerId, document } = this.call.getSnapshot();
    const speaker = participants.find(({ peerId }) => peerId === activeSpeakerPeerId) ?? null;
    for (const chapter of this.#chapters.follow({ speaker, document }, Date.now()))
      this.#options.send({ name: 'chapter', ...chapter });
  }

  #fail(why: string): void {
    this.#options.send({ name: 'failed', why: why.slice(0, 500) });
  }
}
