/**
 * The screen's part of the room: performs the agent's effects with the call and the devices, and reports the
 * results to the agent. Owns the order of effects and whose turn it is (a newer screen takes over call and camera); the
 * page draws from `getSnapshot` and the call's own state.
 */
import type { CallClient, CallClientDependencies, JoinOptions } from '#call/call-client.ts';
import { Observable } from '#call/observable.ts';
import { type ErrorCode, InvalidStateError, OperationalError, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { CODE_SHOWN_MS, TILES_PER_PAGE } from '#contract/limits.ts';
import { START_FAILS_MS } from '#contract/timing.ts';
import type { ProjectionValues } from '#contract/projections.ts';
import { readProjections } from '#contract/relayed-projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type {
  AgentToScreen,
  ResumeTicket,
  ScreenEffect,
  ScreenFrame,
  ScreenToAgent,
  ScreenView,
} from '#contract/screen-link.ts';
import type { CallQuality } from '#contract/kiosk-health.ts';
import type { View } from '#contract/signaling.ts';
import type { NotEnrolledView } from '#contract/waiting-kiosk.ts';
import type { SeenDevices, Sights } from './device-sights.ts';
import type { AgentLink } from './agent-link.ts';
import type { GetUserMedia } from './open-tracks.ts';
import { Outbox } from './outbox.ts';
import { deviceReports, failureReport, inCallOf, reportsOf, standingReports, type ReportedCall } from './reports.ts';
import type { TrackState, RoomTracks } from './room-tracks.ts';
import { MediaDeviceEffects } from './media-device-effects.ts';
import { ScreenBroadcast } from './screen-broadcast.ts';
import { isDocumentEffect, ScreenDocuments } from './screen-documents.ts';

export type ScreenSnapshot = {
  /** null: no message of the agent yet */
  view: ScreenView | null;
  linkUp: boolean;
  /** the agent does not want this page */
  refusedCode: ErrorCode | null;
  /** why this box belongs to no room */
  notEnrolledCode: ErrorCode | null;
  /** what a person before the TV can do about it */
  notEnrolledView: NotEnrolledView | null;
  /** the agent does not know this page as its screen */
  keyless: boolean;
  /** a newer screen shows this room */
  yielded: boolean;
  devices: TrackState;
  /** the speaker for the others' sound; null: the browser's own choice */
  speakerId: string | null;
  /** the HDMI input that the room shares, with its sound */
  shownInput: MediaStream | null;
  /** outside of a call */
  showsDocument: boolean;
  /** outside of a call; a document comes first */
  showsBroadcast: boolean;
  /** in a call: the pairing code is on the TV, for a phone that proves to be in the room */
  showsCode: boolean;
  /** while what is spoken is written; a phone turns them off */
  showsCaptions: boolean;
};

export type SessionParts = {
  screenId: string;
  createCall: (dependencies: Pick<CallClientDependencies, 'requestGrant' | 'onMuted'>) => CallClient;
  createDevices: (listeners: ConstructorParameters<typeof RoomTracks>[1]) => RoomTracks;
  createLink: (
    options: Pick<
      ConstructorParameters<typeof AgentLink>[0],
      'hello' | 'onMessage' | 'onUp' | 'onRefused' | 'onKeyless'
    >,
  ) => AgentLink;
  getUserMedia: GetUserMedia;
  createStream: (tracks: MediaStreamTrack[]) => MediaStream;
  /** of the whole screen, in device pixels */
  screenHeightPx: () => number;
};

export class ScreenSession {
  readonly call: CallClient;
  readonly documents: ScreenDocuments;
  readonly broadcast: ScreenBroadcast;
  #frame: ScreenFrame | null = null;
  #projections: ProjectionValues = {};
  readonly #devices: RoomTracks;
  readonly #equipment: MediaDeviceEffects;
  readonly #link: AgentLink;
  readonly #parts: SessionParts;
  readonly #outbox = new Outbox((message) => this.#link.send(message));
  readonly #store: Observable<ScreenSnapshot>;
  #told: ReportedCall;
  #sights: Sights | null = null;
  #pageCount = 1;
  #codeShown: ReturnType<typeof setTimeout> | null = null;
  #documentIsNewest = true;
  /** the call that this screen is to be in: as its grant names it, and once it is in, as the node does */
  #callId: string | null = null;
  #resuming = false;
  #grantWanted: {
    because: ScreenToAgent;
    resolve: (grant: CallGrant) => void;
    reject: (error: Error) => void;
  } | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.call = parts.createCall({
      requestGrant: (why) => this.#requestGrant(why),
      onMuted: () => this.#devices.setMuted(true),
    });
    this.documents = new ScreenDocuments({ call: this.call, tell: (report) => this.#outbox.send(report) });
    this.broadcast = new ScreenBroadcast({ tell: (report) => this.#outbox.send(report) });
    this.#told = { call: this.call.getSnapshot(), ticket: null, documentIsNewest: true, showsCaptions: true };
    this.#devices = parts.createDevices({
      onMicrophone: (track) => this.call.setMicrophone(track),
      onCamera: (track, withoutTrack) => {
        this.call.setCamera(track, withoutTrack);
        this.#equipment.motors.follow(track);
      },
      onChange: () => this.#publish(this.#ofDevices()),
      onUnusable: () => this.#outbox.send({ type: 'effect-failed', name: 'use-devices', code: 'device-gone' }),
    });
    this.#equipment = new MediaDeviceEffects({
      call: this.call,
      devices: this.#devices,
      getUserMedia: parts.getUserMedia,
      createStream: parts.createStream,
      openSocket: (url) => new WebSocket(url),
      tell: (report) => this.#outbox.send(report),
      onChange: () => this.#publish(this.#ofDevices()),
    });
    this.#link = parts.createLink({
      hello: () => ({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        screenId: parts.screenId,
        ...(this.getSnapshot().yielded && { yielded: true }),
        inCall: inCallOf(this.#now()),
      }),
      onMessage: (message) => this.#take(message),
      onUp: (linkUp) => this.#publish({ linkUp }),
      onRefused: (refusedCode) => this.#publish({ refusedCode }),
      onKeyless: (keyless) => this.#publish({ keyless }),
    });
    this.#store = new Observable<ScreenSnapshot>({
      view: null,
      linkUp: false,
      refusedCode: null,
      notEnrolledCode: null,
      notEnrolledView: null,
      keyless: false,
      yielded: false,
      showsDocument: false,
      showsBroadcast: false,
      showsCode: false,
      showsCaptions: true,
      ...this.#ofDevices(),
    });
  }

  readonly getSnapshot = (): ScreenSnapshot => this.#store.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  start(): void {
    this.call.subscribe(() => this.#onCall());
    this.documents.onTv.subscribe(() => {
      const showsDocument = this.documents.onTv.getSnapshot() !== null;
      if (showsDocument !== this.getSnapshot().showsDocument) this.#publish({ showsDocument });
    });
    this.broadcast.shown.subscribe(() => {
      const showsBroadcast = this.broadcast.shown.getSnapshot() !== null;
      if (showsBroadcast !== this.getSnapshot().showsBroadcast) this.#publish({ showsBroadcast });
    });
    this.#devices.start();
    this.#link.start();
  }

  /** What can be looked at now: nothing on a page that has given way. */
  get seenDevices(): SeenDevices {
    const { state, cameraTrack, microphoneTrack } = this.#devices;
    const { yielded } = this.getSnapshot();
    return {
      camera: yielded ? null : cameraTrack,
      cameraProblem: state.cameraProblem,
      microphone: yielded || state.microphone !== 'on' ? null : microphoneTrack,
      microphoneProblem: state.microphoneProblem,
    };
  }

  reportSights(sights: Sights): void {
    this.#sights = sights;
    if (!this.getSnapshot().yielded) this.#link.send({ type: 'device-sights', ...sights });
  }

  /** null: no call */
  reportQuality(quality: CallQuality | null): void {
    if (!this.getSnapshot().yielded) this.#link.send({ type: 'call-quality', quality });
  }

  reportAlive(showsNothing: boolean, heapBytes: number | null = null): void {
    this.#link.send({ type: 'alive', ...(showsNothing && { showsNothing }), ...(heapBytes !== null && { heapBytes }) });
  }

  /** The page could not send sound there. */
  readonly reportSpeakerFailed = (speakerId: string): void => this.#devices.speakerFailed(speakerId);

  reportPageCount(pageCount: number): void {
    if (this.#pageCount === pageCount) return;
    this.#pageCount = pageCount;
    this.#link.send({ type: 'stage', pageCount });
  }

  /** The document stands on the stage before a shared screen, or behind it. */
  reportDocumentRank(isNewest: boolean): void {
    if (this.#documentIsNewest === isNewest) return;
    this.#documentIsNewest = isNewest;
    this.#tellCall(this.#told);
  }

  #take(message: AgentToScreen): void {
    switch (message.type) {
      case 'welcome':
        this.#frame = message.frame;
        this.#projections = readProjections(message.projections, warnUnreadable);
        this.#publish({ view: this.#view(), refusedCode: null, notEnrolledCode: null });
        this.#tellAll();
        if (message.resume !== null) this.#resume(message.resume);
        return;
      case 'projection':
        Object.assign(this.#projections, readProjections({ [message.name]: message.value }, warnUnreadable));
        this.#publish({ view: this.#view() });
        return;
      case 'frame':
        this.#frame = message.frame;
        this.#publish({ view: this.#view() });
        return;
      case 'do':
        this.#perform(message.effect);
        return;
      case 'yield':
        this.#yield();
        return;
      case 'take-over':
        this.#publish({ yielded: false });
        this.#tellAll();
        if (message.resume !== null) this.#resume(message.resume);
        return;
      case 'not-enrolled':
        this.#leave();
        this.#publish({ notEnrolledCode: message.code, notEnrolledView: message.view ?? null });
        return;
      case 'error':
        return;
    }
  }

  #perform(effect: ScreenEffect): void {
    if (isDocumentEffect(effect)) {
      this.documents.perform(effect);
      return;
    }
    switch (effect.name) {
      case 'prepare-call':
        this.#equipment.makeWayAtNode();
        if (!this.#busy && !this.#equipment.testing)
          this.#attempt('prepare-call', this.call.prepare(effect.grant, this.#firstView()));
        return;
      case 'join-call':
        this.#join(effect.grant);
        return;
      case 'leave-call':
        this.#leave();
        return;
      case 'end-call':
        this.#attempt('end-call', this.call.endForAll());
        return;
      case 'set-microphone':
        this.#devices.setMuted(!effect.on);
        return;
      case 'set-camera':
        this.#devices.setCameraOn(effect.on);
        return;
      case 'set-volume':
        this.#change({ volumePercent: effect.percent });
        return;
      case 'set-layout':
        this.#change({ layout: effect.layout });
        return;
      case 'set-stage-page':
        this.#change({ stagePage: effect.page });
        return;
      case 'mute-participant':
        this.#attempt('mute-participant', this.call.muteParticipant(effect.peerId));
        return;
      case 'mute-all':
        this.#attempt('mute-all', this.call.muteAll());
        return;
      case 'remove-participant':
        this.#attempt('remove-participant', this.call.removeParticipant(effect.peerId));
        return;
      case 'set-order':
        this.#attempt('set-order', this.call.setOrder(effect.change));
        return;
      case 'set-role':
        this.#attempt('set-role', this.call.setRole(effect.peerId, effect.role));
        return;
      case 'let-speak':
        this.#attempt('let-speak', this.call.letSpeak(effect.peerId));
        return;
      case 'raise-hand':
        this.#attempt('raise-hand', this.call.raiseHand(effect.isUp));
        return;
      case 'lower-hand':
        this.#attempt('lower-hand', this.call.lowerHand(effect.peerId));
        return;
      case 'send-chat':
        this.#attempt(
          'send-chat',
          this.call.sendChat(effect.text, effect.messageId, {
            replyTo: effect.replyTo,
            mentions: effect.mentions,
          }),
        );
        return;
      case 'recall-chat':
        this.#attempt('recall-chat', this.call.recallChat(effect.messageId));
        return;
      case 'start-poll':
        this.#attempt('start-poll', this.call.startPoll(effect.pollId, effect.draft));
        return;
      case 'answer-poll':
        this.#attempt('answer-poll', this.call.answerPoll(effect.pollId, effect.choices));
        return;
      case 'end-poll':
        this.#attempt('end-poll', this.call.endPoll(effect.pollId));
        return;
      case 'hide-poll':
        this.#attempt('hide-poll', this.call.hidePoll(effect.pollId));
        return;
      case 'set-transcript':
        this.#attempt('set-transcript', this.call.setTranscript({ isOn: effect.isOn, language: effect.language }));
        return;
      case 'show-captions':
        this.#showCaptions(effect.isOn);
        return;
      case 'show-code':
        this.#showCode();
        return;
      case 'show-broadcast':
        this.broadcast.show(effect.shown);
        return;
      case 'restart-screen':
        location.reload();
        return;
      default:
        this.#attempt(effect.name, this.#equipment.perform(effect));
    }
  }

  #showCaptions(isOn: boolean): void {
    this.#publish({ showsCaptions: isOn });
    this.#tellCall(this.#told);
  }

  #showCode(): void {
    if (this.#codeShown) clearTimeout(this.#codeShown);
    this.#codeShown = setTimeout(() => this.#hideCode(), CODE_SHOWN_MS);
    this.#publish({ showsCode: true });
  }

  #hideCode(): void {
    if (this.#codeShown) clearTimeout(this.#codeShown);
    this.#codeShown = null;
    if (this.getSnapshot().showsCode) this.#publish({ showsCode: false });
  }

  #leave(): void {
    this.#callId = null;
    this.#grantWanted?.reject(new InvalidStateError('call-ended', 'the room left'));
    this.call.leave();
    this.#devices.release();
  }

  #join(grant: CallGrant): void {
    const { phase } = this.call.getSnapshot();
    const formerCallId = this.#callId;
    const isHeld = phase.name === 'joined' || this.#resuming;
    this.#equipment.makeWay();
    // on the way back the agent goes on knowing the place by the call that was lost
    if (this.#grantWanted === null || !isHeld) this.#callId = grant.callId;
    if (this.#grantWanted !== null) {
      this.#grantWanted.resolve(grant);
      return;
    }
    if (phase.name === 'joining') {
      if (formerCallId === grant.callId) return;
      this.call.leave();
    }
    if (phase.name === 'joined') {
      if (phase.callId === grant.callId) {
        this.#tellCall({ ...this.#told, ticket: null });
        return;
      }
      this.call.leave();
    }
    // nobody waits for a camera to see the others
    this.#devices.openSoon();
    this.call.join(this.#joinOptions(), grant).catch((error: unknown) => this.#onFailed(error, false));
  }

  #resume(ticket: ResumeTicket): void {
    if (this.#busy || this.getSnapshot().yielded) return;
    this.#equipment.makeWay();
    this.#callId = ticket.callId;
    this.#devices.open();
    // the call's phase reports the result
    void this.call.resume(ticket, this.#joinOptions()).catch(() => {});
    this.#resuming = true;
  }

  /** The newer screen resumes the same place: nothing is sent to the node, and the camera is released. */
  #yield(): void {
    this.#publish({ yielded: true });
    this.#equipment.makeWay();
    this.#callId = null;
    this.#grantWanted?.reject(new InvalidStateError('replaced', 'a newer screen took over'));
    this.call.abandon();
    this.#devices.giveUp();
  }

  get #busy(): boolean {
    const { name } = this.call.getSnapshot().phase;
    return name === 'joined' || name === 'joining';
  }

  #joinOptions(): JoinOptions {
    const { view, devices } = this.getSnapshot();
    return {
      displayName: view?.state.roomName || 'Maru',
      microphone: this.#devices.microphoneTrack,
      camera: this.#devices.cameraTrack,
      // on its way: it is reported as absent once it did not open
      cameraWithoutTrack: devices.camera === 'absent' ? 'absent' : 'off',
      view: this.#firstView(),
    };
  }

  /** Before the roster is known: as many as a page holds, as large as two beside each other. */
  #firstView(): View {
    return { kind: 'auto', maxTiles: TILES_PER_PAGE, tileHeightPx: Math.round(this.#parts.screenHeightPx() / 2) };
  }

  /** The place was lost: the agent fetches a grant and answers with `join`. */
  #requestGrant({ code, endedCallId }: { code: ErrorCode; endedCallId: string | null }): Promise<CallGrant> {
    const callId = endedCallId ?? this.#callId;
    if (callId === null) return Promise.reject(new InvalidStateError(code));
    const because: ScreenToAgent = { type: 'lost', callId, code };
    this.#outbox.send(because);
    return new Promise<CallGrant>((resolve, reject) => {
      this.#grantWanted = { because, resolve, reject };
      setTimeout(() => reject(new OperationalError('room-not-answering', 'no grant came')), START_FAILS_MS);
    }).finally(() => {
      this.#grantWanted = null;
    });
  }

  #onFailed(error: unknown, wasIn: boolean): void {
    const { code } = toMaruError(error);
    console.warn('screen: the call could not be joined', error);
    // another effect has come between, and reports its own result
    if (this.#busy || this.#callId === null || this.getSnapshot().yielded) return;
    this.#devices.release();
    this.#outbox.send(failureReport(code, this.#callId, wasIn));
  }

  #onCall(): void {
    const { phase } = this.call.getSnapshot();
    const before = this.#told;
    // a grant that the room signed itself leads to the meeting's call, under any call id
    if (phase.name === 'joined' && this.#callId !== null) this.#callId = phase.callId;
    this.#equipment.input.followCall();
    this.documents.followCall();
    this.#tellCall(before);
    if (phase === before.call.phase) return;
    if (phase.name !== 'joined') this.#hideCode();
    if (phase.name === 'ended') this.#devices.release();
    // the next meeting chooses for itself
    if ((phase.name === 'ended' || phase.name === 'idle') && !this.getSnapshot().showsCaptions)
      this.#publish({ showsCaptions: true });
    const held = before.call.phase.name === 'joined' || this.#resuming;
    if (phase.name !== 'joining') this.#resuming = false;
    if (phase.name === 'failed' && held) this.#onFailed(new InvalidStateError(phase.code), true);
  }

  #tellCall(before: ReportedCall): void {
    const now = this.#now();
    this.#told = now;
    if (this.getSnapshot().yielded) return;
    const isJoining = before.call.phase.name === 'joining' && this.#callId !== null;
    for (const report of reportsOf(before, now)) {
      const byGrant = report.type === 'call-ended' && isJoining ? { callId: this.#callId! } : {};
      this.#outbox.send({ ...report, ...byGrant });
    }
  }

  #tellAll(): void {
    const pages: ScreenToAgent = { type: 'stage', pageCount: this.#pageCount };
    const now = this.#now();
    // the agent that received the report may be gone, and the grant with it
    const lost = this.#grantWanted !== null && now.call.phase.name === 'joined' ? [this.#grantWanted.because] : [];
    this.#outbox.sendAll(this.#deviceReports(), [pages, ...standingReports(now), ...lost]);
    if (this.#sights !== null) this.reportSights(this.#sights);
    this.documents.reportDrawingAgain();
  }

  #deviceReports(): ScreenToAgent[] {
    const { motors, input } = this.#equipment;
    return deviceReports(this.#devices, { axes: motors.axes, inputId: input.deviceId });
  }

  #ofDevices(): Pick<ScreenSnapshot, 'devices' | 'speakerId' | 'shownInput'> {
    const { state, speakerId } = this.#devices;
    return { devices: state, speakerId, shownInput: this.#equipment.input.stream };
  }

  #attempt(name: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      console.warn(`screen: ${name} failed`, error);
      this.#outbox.send({ type: 'effect-failed', name, code: toMaruError(error).code });
    });
  }

  #now(): ReportedCall {
    const [call, documentIsNewest] = [this.call.getSnapshot(), this.#documentIsNewest];
    return { call, ticket: this.call.ticket, documentIsNewest, showsCaptions: this.getSnapshot().showsCaptions };
  }

  /** Shown at once; the state that the agent publishes next is the same. */
  #change(change: Partial<ScreenView['state']>): void {
    const { state } = this.#projections;
    if (state === undefined) return;
    this.#projections.state = { ...state, ...change };
    this.#publish({ view: this.#view() });
  }

  /** null: nothing can be drawn yet */
  #view(): ScreenView | null {
    const { state, ...others } = this.#projections;
    return state === undefined || this.#frame === null
      ? null
      : { ...this.#frame, state, projections: { state, ...others } };
  }

  #publish(change: Partial<ScreenSnapshot>): void {
    this.#store.set({ ...this.#store.getSnapshot(), ...change });
    if (change.devices !== undefined && !this.getSnapshot().yielded) this.#outbox.sendStates(this.#deviceReports());
  }
}

const warnUnreadable = (name: string): void => console.warn(`screen: the projection ${name} could not be read`);
