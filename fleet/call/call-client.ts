/**
 * A browser's place in a call: prepares, joins, follows, comes back after every kind of drop, and releases all of it.
 * Owns the order of things; connection, media, tracks and streams have a class each. Opens no device.
 */
import { type ErrorCode, InvalidStateError, type MaruError, toMaruError, UserError } from '#contract/error-codes.ts';
import type { CallGrant, DocumentAccess } from '#contract/grants.ts';
import type { MeetingRole, OrderChange, Right } from '#contract/call-order.ts';
import type { PollDraft } from '#contract/polls.ts';
import type { ReportedEndReason } from '#contract/room-state.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import type { DocumentAct, SharedDocument } from '#contract/shared-document.ts';
import type { CallSnapshot, SignalingNotification, View } from '#contract/signaling.ts';
import type { CallTranscript } from '#contract/transcript.ts';
import { ActQueue } from './act-queue.ts';
import { CallAdmission, type RequestGrant } from './admission.ts';
import { ClientMedia } from './client-media.ts';
import { type CallPhase, type CallState, followRoster, NO_ROSTER, type CallRoster, rosterOf } from './call-state.ts';
import { type ChatAbout, FollowedChat } from './followed-chat.ts';
import { FollowedCaptions } from './followed-captions.ts';
import { FollowedDocument } from './followed-document.ts';
import { FollowedPolls } from './followed-polls.ts';
import { LocalMedia } from './local-media.ts';
import { type CreateMedia, MediaSession, type MediaStatistics } from './media-session.ts';
import type { OpenSocket } from './open-socket.ts';
import { consequenceOf } from './refusals.ts';
import { ResumableConnection } from './resumable-connection.ts';
import { Observable } from './observable.ts';
import { showAgain } from './show-again.ts';

/** The node closes what is prepared after 30 s; from here on a newer grant is worth preparing afresh. */
const PREPARED_IS_OLD_MS = 15_000;
/** The phase is `joined` when the present participants are set up, or after this. */
const NEGOTIATE_BEFORE_PAINT_MS = 60;
export type CallClientDependencies = {
  requestGrant: RequestGrant;
  /** someone with the right muted us: the owner of the microphone's track disables it, and gives it again */
  onMuted: () => void;
  openSocket?: OpenSocket;
  createMedia?: CreateMedia;
  createStream?: () => MediaStream;
};

export type JoinOptions = {
  displayName: string;
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  /** the meaning of `camera: null`; `absent` by default */
  cameraWithoutTrack?: 'off' | 'absent';
  view: View;
};

type Preparation = {
  callId: string;
  atMs: number;
  entered: Promise<void>;
  view: View;
  /** the view that the page has drawn already, out of sight; null: nobody known is on it */
  drawn: View | null;
};

export class CallClient {
  readonly #onMuted: () => void;
  readonly #connection: ResumableConnection;
  readonly #media: ClientMedia;
  readonly #local: LocalMedia;
  readonly #admission: CallAdmission;
  readonly #store: Observable<CallState>;
  readonly #shown = new Observable<SharedDocument | null>(null);
  /** Everything under way belongs to a run; the next prepare, join or end aborts it. */
  #run = new AbortController();
  #preparation: Preparation | null = null;
  #intent: { displayName: string; view: View } | null = null;
  #phase: CallPhase = { name: 'idle' };
  #roster: CallRoster = NO_ROSTER;
  readonly #followed = new FollowedDocument();
  readonly #acts = new ActQueue((act) => this.#connection.ask('present', { act }));
  readonly #chat = new FollowedChat({
    ask: (method, data) => this.#connection.ask(method, data),
    isConnected: () => this.#connection.connected,
    onChange: () => this.#publish(),
  });
  readonly #polls = new FollowedPolls({
    ask: (method, data) => this.#connection.ask(method, data),
    isConnected: () => this.#connection.connected,
    onChange: () => this.#publish(),
  });
  readonly #captions = new FollowedCaptions();
  #mutedByPeerId: string | null = null;
  #keptMutedTimes = 0;
  /** while it runs, nothing is published */
  #held: ReturnType<typeof setTimeout> | null = null;

  constructor({ requestGrant, onMuted, openSocket, createMedia, createStream }: CallClientDependencies) {
    this.#onMuted = onMuted;
    this.#connection = new ResumableConnection({
      openSocket: openSocket ?? ((url) => new WebSocket(url)),
      onNotification: (notification) => this.#onNotification(notification),
      onDropped: (code) => this.#onDropped(code),
    });
    this.#media = new ClientMedia({
      createMedia: createMedia ?? ((options) => new MediaSession(options)),
      createStream: createStream ?? (() => new MediaStream()),
      ask: this.#connection.ask,
      iceServers: () => this.#connection.iceServers,
      onChange: () => this.#publish(),
      onProducerRefused: (source, error) => {
        // a drop is no refusal: requests in flight are sent again on the way back
        if (this.#connection.connected) console.warn('call: the node refused', source, error);
        if (this.#connection.connected) this.#local.refused(source, error);
      },
    });
    this.#local = new LocalMedia({
      ask: this.#connection.ask,
      mayPublish: (source) => this.#connection.permissions?.publishes.includes(source) ?? true,
      onChange: () => this.#publish(),
      onKeptMuted: () => {
        this.#keptMutedTimes += 1;
        this.#onMuted();
      },
    });
    this.#admission = new CallAdmission({
      connection: this.#connection,
      media: this.#media,
      local: this.#local,
      requestGrant,
      intent: () => this.#intent!,
      onIn: (call) => this.#apply(call),
    });
    this.#store = new Observable(this.#compose());
  }

  readonly getSnapshot = (): CallState => this.#store.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  /** What is shown, with its pointer and drawing. */
  readonly document = { getSnapshot: this.#shown.getSnapshot, subscribe: this.#shown.subscribe };

  /** Brings a page that lost all else back to the same place; null before there is one. */
  get ticket(): ResumeTicket | null {
    return this.#connection.ticket;
  }

  /** null: no media is set up */
  async statistics(): Promise<MediaStatistics | null> {
    return (await this.#media.current?.statistics().catch(() => null)) ?? null;
  }

  /**
   * Admitted, transports connecting, and consumers for `view` negotiated; nothing flows. Rejects where the grant does
   * not admit.
   */
  async prepare(grant: CallGrant, view: View): Promise<void> {
    this.#refuseInCall();
    const former = this.#preparation;
    if (former?.callId === grant.callId && performance.now() - former.atMs < PREPARED_IS_OLD_MS) return former.entered;
    const { signal } = this.#newRun();
    this.#setPhase({ name: 'preparing' });
    const entered = this.#admission.enter(grant, signal);
    this.#preparation = { callId: grant.callId, atMs: performance.now(), entered, view, drawn: null };
    try {
      await entered;
      if (signal.aborted || this.#phase.name !== 'preparing') return;
      this.#setPhase({ name: 'prepared', peerId: this.#connection.ticket!.peerId });
      this.#negotiateAhead(view);
    } catch (error) {
      if (!signal.aborted && this.#phase.name === 'preparing') this.#unprepare();
      throw toMaruError(error);
    }
  }

  /**
   * Over what is prepared where that leads to the same call, else from the start with `grant`, or with one asked for.
   * Resolves in the call; rejects with the code that the phase `failed` has too.
   */
  async join(options: JoinOptions, grant: CallGrant | null = null): Promise<void> {
    this.#refuseInCall();
    const prepared =
      this.#preparation && (!grant || grant.callId === this.#preparation.callId) ? this.#preparation : null;
    const { signal } = prepared ? this.#run : this.#newRun();
    this.#preparation = null;
    this.#hold(0);
    this.#take({ ...options, view: prepared?.drawn ?? options.view });
    this.#setPhase({ name: 'joining' });
    try {
      const over = prepared !== null && (await this.#admission.joinOver(prepared.entered, signal));
      if (!over) await this.#admission.joinAfresh(signal, { grant, code: 'peer-unknown', held: false });
    } catch (error) {
      if (signal.aborted) throw new InvalidStateError('not-possible-now', 'superseded', { cause: error });
      throw this.#fail(toMaruError(error));
    }
  }

  /** A page that was reloaded resumes its place, with new transports, and with the access to documents that it has kept. */
  async resume(ticket: ResumeTicket, options: JoinOptions, documents: DocumentAccess | null = null): Promise<void> {
    this.#refuseInCall();
    this.#newRun();
    this.#connection.setDocumentAccess(documents);
    this.#take(options);
    this.#setPhase({ name: 'joining' });
    await this.#comeBack(ticket);
  }

  /** Again with the same track when its owner has muted or unmuted it. */
  setMicrophone(track: MediaStreamTrack | null): void {
    if (track?.enabled) this.#mutedByPeerId = null;
    this.#local.setMicrophone(track);
  }

  /** Off: stop the track (the camera's light goes out) and pass null. */
  setCamera(track: MediaStreamTrack | null, withoutTrack: 'off' | 'absent' = 'off'): void {
    this.#local.setCamera(track, withoutTrack);
  }

  /** null stops sharing; the tracks are the caller's to stop. */
  setScreen(video: MediaStreamTrack | null, audio: MediaStreamTrack | null = null): void {
    this.#local.setScreen(video, audio);
  }

  /** Of a program: its picture and its mixed sound. The tracks are the caller's to stop. */
  setProgram(picture: MediaStreamTrack | null, sound: MediaStreamTrack | null): void {
    this.#local.setProgram(picture, sound);
  }

  /** Sends the program's picture: its owner asks it for key frames and counts its frames. null: not at this moment. */
  get programSender(): RTCRtpSender | null {
    return this.#local.programSender;
  }

  /**
   * The shown participants and their sizes: nothing else is sent to us. Sent again after each return. Before the call
   * it is kept for `join`.
   */
  show(view: View): void {
    if (this.#preparation) {
      this.#preparation.drawn = view.kind === 'exact' && view.tiles.length === 0 ? null : view;
      return;
    }
    if (!this.#intent || JSON.stringify(view) === JSON.stringify(this.#intent.view)) return;
    this.#intent = { ...this.#intent, view };
    if (this.#phase.name === 'joined' && this.#connection.connected)
      this.#connection.ask('show', { view }).catch(() => {});
  }

  /** Needs the right `mute`. */
  async muteParticipant(peerId: string): Promise<void> {
    this.#refuseWithout('mute');
    await this.#connection.ask('mute-participant', { peerId });
  }

  /** Everyone else. Needs the right `mute`. */
  async muteAll(): Promise<void> {
    this.#refuseWithout('mute');
    await this.#connection.ask('mute-all', {});
  }

  /** Needs the right `remove`. */
  async removeParticipant(peerId: string): Promise<void> {
    this.#refuseWithout('remove');
    await this.#connection.ask('remove-participant', { peerId });
  }

  /** Lock, stay muted, sharing; what is left out stays. Needs the right `order`. */
  async setOrder(change: OrderChange): Promise<void> {
    this.#refuseWithout('order');
    await this.#connection.ask('set-order', change);
  }

  /** `host` hands our own role over. Needs the right `roles`. */
  async setRole(peerId: string, role: MeetingRole): Promise<void> {
    this.#refuseWithout('roles');
    await this.#connection.ask('set-role', { peerId, role });
  }

  /** One who stays muted may speak. Needs the right `mute`. */
  async letSpeak(peerId: string): Promise<void> {
    this.#refuseWithout('mute');
    await this.#connection.ask('let-speak', { peerId });
  }

  async raiseHand(isUp: boolean): Promise<void> {
    await this.#connection.ask('raise-hand', { isUp });
  }

  /** Somebody else's. Needs the right `mute`. */
  async lowerHand(peerId: string): Promise<void> {
    this.#refuseWithout('mute');
    await this.#connection.ask('lower-hand', { peerId });
  }

  /**
   * Resolves once everybody gets it; over drops, it is sent again until the node has answered. The same id again is one message.
   * @throws the node's refusal
   */
  async sendChat(text: string, messageId?: string, about?: ChatAbout): Promise<void> {
    if (this.#phase.name !== 'joined') throw new InvalidStateError('not-possible-now', 'not in a call');
    await this.#chat.send(text, messageId, about);
  }

  /** An own message, or with the right `order` any; everybody's page loses its words. @throws the node's refusal */
  async recallChat(messageId: string): Promise<void> {
    await this.#connection.ask('recall-chat', { messageId });
  }

  /** The newest message that the page has shown. @throws the node's refusal */
  async markChatRead(messageId: string): Promise<void> {
    await this.#connection.ask('mark-chat-read', { messageId });
  }

  /** Who has read a message of ours, by name. @throws the node's refusal */
  async chatReaders(messageId: string): Promise<string[]> {
    return (await this.#connection.ask('list-chat-readers', { messageId })).names;
  }

  /** The state gets what was said before. False: there is no more. */
  readOlderChat(): Promise<boolean> {
    return this.#chat.readOlder();
  }

  /** Needs the right `order`. The same id again is one poll. @throws the node's refusal */
  async startPoll(pollId: string, draft: PollDraft): Promise<void> {
    this.#refuseWithout('order');
    await this.#connection.ask('start-poll', { pollId, draft });
  }

  /**
   * In place of our former answer; none withdraws it. Over drops, it is sent again until the node has answered.
   * @throws the node's refusal: `poll-ended`
   */
  async answerPoll(pollId: string, choices: readonly number[]): Promise<void> {
    if (this.#phase.name !== 'joined') throw new InvalidStateError('not-possible-now', 'not in a call');
    await this.#polls.answer(pollId, choices);
  }

  /** Needs the right `order`. */
  async endPoll(pollId: string): Promise<void> {
    this.#refuseWithout('order');
    await this.#connection.ask('end-poll', { pollId });
  }

  /** The result leaves the TVs. Needs the right `order`. */
  async hidePoll(pollId: string): Promise<void> {
    this.#refuseWithout('order');
    await this.#connection.ask('hide-poll', { pollId });
  }

  /** What is spoken is written from now on, or not any more. Needs the right `order`. */
  async setTranscript(change: Pick<CallTranscript, 'isOn' | 'language'>): Promise<void> {
    this.#refuseWithout('order');
    await this.#connection.ask('set-transcript', change);
  }

  /** Needs the right `end`. */
  async endForAll(): Promise<void> {
    this.#refuseWithout('end');
    const { signal } = this.#run;
    await this.#connection.ask('end-call', {});
    if (!signal.aborted) this.#finish(this.#connection.peerKind === 'room' ? 'ended-by-room' : 'ended-by-participant');
  }

  /**
   * Shows a document or steers the one that is shown. Resolves once it counts; the state follows by the node's own message,
   * in the order in which everybody gets it. Points and strokes go at a pace; the others at once. Needs the document right
   * `present`; `stop` also goes by the right `remove`.
   */
  async present(act: DocumentAct): Promise<void> {
    const granted = this.#connection.permissions;
    const mayStop = act.act === 'stop' && granted?.rights.includes('remove');
    if (granted?.documents.includes('present') === false && !mayStop) throw new UserError('forbidden');
    await this.#acts.push(act);
  }

  /** A newer token; the grant's own one is there without it. */
  setDocumentAccess(access: DocumentAccess | null): void {
    this.#connection.setDocumentAccess(access);
    this.#publish();
  }

  leave(): void {
    this.#connection.ask('leave-call', {}).catch(() => {});
    const { name } = this.#phase;
    if (name === 'joined' || name === 'joining') this.#finish('left');
    else if (name === 'preparing' || name === 'prepared') this.#unprepare();
  }

  /** The page is being closed or left; it may come back from the browser's cache, and then joins anew. */
  leaveWithPage(): void {
    this.#connection.sayGoodbye();
    this.leave();
  }

  /** Leaves without a message: another page resumes this place with our ticket. */
  abandon(): void {
    if (this.#phase.name === 'closed') return;
    this.#release();
    this.#setPhase({ name: 'idle' });
  }

  /** Twice is harmless. Tracks stay their owner's. */
  close(): void {
    if (this.#phase.name === 'closed') return;
    if (this.#phase.name === 'joined') this.#connection.ask('leave-call', {}).catch(() => {});
    this.#release();
    this.#local.close();
    this.#setPhase({ name: 'closed' });
  }

  async #comeBack(ticket: ResumeTicket): Promise<void> {
    const { signal } = this.#run;
    try {
      const back = await this.#admission.comeBack(ticket, signal);
      if (back.name === 'ended') this.#finish(back.reason, ticket.callId);
      else if (back.name === 'failed') this.#fail(back.error);
    } catch (error) {
      // given up by a newer run; anything else is our own bug and must not leave the page waiting
      if (!signal.aborted) this.#fail(toMaruError(error));
    }
  }

  #apply(call: CallSnapshot): Promise<unknown> {
    const { callId, meetingTitle, startedAtMs } = call;
    const left = this.#toShowIn(call);
    this.#roster = rosterOf(call);
    this.#followed.start(call.document);
    this.#polls.start(call.polls, call.ownAnswers);
    this.#chat.start(callId, call.chat, call.recalledChat);
    this.#chat.readBy(call.chatReads);
    this.#captions.start(call.transcript);
    this.#confirmTranscript(call.transcript);
    this.#phase = {
      name: 'joined',
      callId,
      peerId: this.#connection.ticket!.peerId,
      meetingTitle,
      startedAtMs,
      connection: 'connected',
    };
    const letGo = this.#hold(NEGOTIATE_BEFORE_PAINT_MS);
    const drawn = this.#media.reconcile(call.consumers, new Set(call.participants.map(({ peerId }) => peerId)));
    void drawn.then(letGo, letGo);
    if (left) {
      showAgain(left, (act) => this.present(act)).catch((error: unknown) =>
        console.warn('call: the document was not shown again', error),
      );
    }
    return drawn;
  }

  /** Pages of this release show that it is on. A connection that is lost confirms it again, by its next snapshot. */
  #confirmTranscript({ isOn }: CallTranscript): void {
    if (isOn) this.#connection.ask('confirm-transcript', {}).catch(() => {});
  }

  /** What we presented in the former call of this meeting, which goes on in another; of nobody's a room takes care. */
  #toShowIn({ callId, document }: CallSnapshot): SharedDocument | null {
    const former = this.#phase;
    const { whole } = this.#followed;
    if (former.name !== 'joined' || former.callId === callId || document || !whole) return null;
    const isOurs = whole.presenter ? whole.presenter.peerId === former.peerId : this.#connection.peerKind === 'room';
    return isOurs && this.#connection.permissions?.documents.includes('present') ? whole : null;
  }

  #onNotification(notification: SignalingNotification): void {
    switch (notification.event) {
      case 'pulse':
        return;
      case 'muted':
        this.#mutedByPeerId = notification.data.byPeerId;
        this.#onMuted();
        this.#publish();
        return;
      case 'media-moved':
        this.#local.detach();
        if (this.#phase.name === 'joined') {
          this.#local.attach(this.#media.start(notification.data), null);
        } else {
          this.#media.start(notification.data);
          if (this.#phase.name === 'prepared' && this.#preparation) this.#negotiateAhead(this.#preparation.view);
        }
        return;
      case 'prepared-expired':
        if (this.#phase.name === 'prepared' || this.#phase.name === 'preparing') this.#unprepare();
        return;
      case 'call-ended':
        this.#finish(notification.data.reason);
        return;
      case 'permissions-changed':
        this.#connection.setPermissions(notification.data);
        if (notification.data.document !== null || !notification.data.documents.includes('view'))
          this.#followed.see(notification.data.document);
        this.#local.permissionsChanged();
        this.#publish();
        return;
      case 'chat-message':
        this.#chat.follow(notification.data);
        this.#publish();
        return;
      case 'poll-changed':
        this.#polls.follow(notification.data);
        this.#publish();
        return;
      case 'poll-answered':
        this.#polls.answered(notification.data);
        this.#publish();
        return;
      case 'chat-recalled':
        this.#chat.recalled(notification.data.messageId);
        this.#publish();
        return;
      case 'chat-read':
        this.#chat.readBy(notification.data.reads);
        this.#publish();
        return;
      case 'transcript-changed':
        this.#connection.announce({ transcript: notification.data });
        if (this.#phase.name === 'joined') {
          if (!this.#captions.transcript.isOn) this.#confirmTranscript(notification.data);
          this.#captions.changed(notification.data);
        }
        this.#publish();
        return;
      case 'caption':
        this.#captions.follow(notification.data);
        this.#publish();
        return;
      case 'document-changed':
        if (this.#followed.follow(notification.data)) this.#publish();
        else this.#publishDocument();
        return;
      default:
        if (notification.event === 'air-changed') this.#connection.announce({ air: notification.data });
        this.#roster = followRoster(this.#roster, notification);
        this.#media.follow(notification);
        this.#publish();
    }
  }

  #onDropped(code: ErrorCode | null): void {
    const { name } = this.#phase;
    const { ticket } = this.#connection;
    if (name === 'prepared') this.#unprepare();
    if (name !== 'joined' || !ticket) return;
    const consequence = code === null ? null : consequenceOf(code, true);
    if (consequence?.step === 'ended') {
      this.#finish(consequence.reason);
    } else if (consequence?.step === 'failed') {
      this.#fail(new InvalidStateError(code!));
    } else {
      this.#setPhase({ ...this.#phase, connection: 'reconnecting' } as CallPhase);
      void this.#comeBack(ticket);
    }
  }

  /** All of it only saves time: a part that fails here is done by `join`. */
  #negotiateAhead(view: View): void {
    // who only receives needs no way out
    if (this.#connection.permissions?.publishes.length !== 0) this.#media.current?.connectAhead();
    this.#admission.consumeAhead(view, this.#run.signal).catch(() => {});
  }

  #refuseInCall(): void {
    const { name } = this.#phase;
    if (name === 'joining' || name === 'joined' || name === 'closed')
      throw new InvalidStateError('not-possible-now', name);
  }

  /** @throws UserError forbidden; without a grant the connection refuses */
  #refuseWithout(right: Right): void {
    if (this.#connection.permissions?.rights.includes(right) === false) throw new UserError('forbidden');
  }

  #take({ displayName, view, microphone, camera, cameraWithoutTrack }: JoinOptions): void {
    this.#intent = { displayName, view };
    this.#local.setMicrophone(microphone);
    this.#local.setCamera(camera, cameraWithoutTrack ?? 'absent');
  }

  #unprepare(): void {
    this.#release();
    this.#setPhase({ name: 'idle' });
  }

  #finish(reason: ReportedEndReason, callId = this.#connection.ticket?.callId): void {
    const { name } = this.#phase;
    if (name === 'closed' || name === 'ended' || name === 'failed') return;
    // a call that is not joined yet has an empty roster
    const own = this.#phase.name === 'joined' ? this.#phase.peerId : null;
    const isLast =
      own !== null &&
      this.#roster.participants.every(({ peerId, peerKind }) => peerId === own || peerKind === 'program');
    this.#release();
    const wasLast = reason === 'left' && isLast && { wasLast: true as const };
    this.#setPhase(callId ? { name: 'ended', callId, reason, ...wasLast } : { name: 'idle' });
  }

  #fail(error: MaruError): MaruError {
    this.#release();
    this.#setPhase({ name: 'failed', code: error.code });
    return error;
  }

  #newRun(): AbortController {
    this.#release();
    this.#run = new AbortController();
    return this.#run;
  }

  #release(): void {
    const reason = new InvalidStateError('not-possible-now', 'superseded');
    this.#run.abort(reason);
    this.#acts.clear(reason);
    this.#letGo();
    this.#preparation = null;
    this.#local.detach();
    this.#media.close();
    this.#connection.close();
    this.#roster = NO_ROSTER;
    this.#followed.start(null);
    this.#chat.end(reason);
    this.#polls.end(reason);
    this.#captions.end();
    this.#mutedByPeerId = null;
  }

  #setPhase(phase: CallPhase): void {
    this.#phase = phase;
    this.#publish();
  }

  /**
   * Messages go to the network before the page draws: a render on the main thread lasts as long as a round trip
   * in the house, and a negotiation has to come back to that thread three times.
   */
  #hold(atMostMs: number): () => void {
    this.#letGo();
    const timer = setTimeout(() => letGo(), atMostMs);
    const letGo = (): void => {
      if (this.#held !== timer) return;
      this.#letGo();
      this.#publish();
    };
    this.#held = timer;
    return letGo;
  }

  #letGo(): void {
    if (this.#held !== null) clearTimeout(this.#held);
    this.#held = null;
  }

  #publish(): void {
    if (this.#held !== null) return;
    this.#store?.set(this.#compose());
    this.#publishDocument();
  }

  #publishDocument(): void {
    if (this.#held === null) this.#shown.set(this.#followed.whole);
  }

  get #isConnected(): boolean {
    return this.#phase.name === 'joined' && this.#phase.connection === 'connected';
  }

  #compose(): CallState {
    return {
      phase: this.#phase,
      ...this.#roster,
      document: this.#followed.heading,
      withdrawn: this.#followed.withdrawn,
      permissions: this.#connection.permissions,
      role: this.#connection.role,
      chat: this.#chat.messages,
      recalledChat: this.#chat.recalledIds,
      chatReads: this.#chat.readCounts,
      polls: this.#polls.polls,
      announced: this.#connection.announced,
      transcript: this.#captions.transcript,
      captions: this.#captions.captions,
      documentAccess: this.#connection.documentAccess,
      streams: this.#media.streams,
      local: this.#local.state,
      blocked: this.#isConnected ? this.#media.blocked : null,
      way: this.#media.way,
      mutedByPeerId: this.#mutedByPeerId,
      keptMutedTimes: this.#keptMutedTimes,
    };
  }
}
