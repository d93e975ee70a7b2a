/**
 * The document on the room's TV. In a call it is the call's: commands go on to the room's peer, and what the page reports is
 * published. In an idle room it is the TV's own, and its state is here: kept for the page, and ended by its rules.
 */
import { v7 as newId } from 'uuid';
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { drawingOf, type PageDrawing } from '#contract/page-drawing.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';
import {
  changedDocument,
  type DocumentAct,
  type DocumentChange,
  headingOf,
  type SharedDocument,
} from '#contract/shared-document.ts';
import { OpenRequests } from '#edge/open-requests.ts';
import { endsAtMs, type TvDocument } from './tv-document.ts';

type ReportedDocument = Extract<ScreenToAgent, { type: 'document' }>;
type ReportedDrawing = Extract<ScreenToAgent, { type: 'drawing' }>;
type Shown = ProjectionContent<'document'>;

/** Below the time in which a phone gives up. */
const PRESENTED_WITHIN_MS = 4_000;
/** The page carries it into the call; after that it is over, in whichever call the room is. */
const TAKEN_ALONG_WITHIN_MS = 10_000;
const ACCESS_RENEWED_BEFORE_MS = 60_000;
const ACCESS_RETRY_MS = 15_000;
const SAVED_AFTER_MS = 1_000;
/** A wall clock that jumps is noticed after so long. */
const LONGEST_SLEEP_MS = 60_000;

export type DocumentsOnTvOptions = {
  roomId: string;
  logger: Logger;
  memory: { load: () => TvDocument | null; save: (own: TvDocument | null) => void };
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  requestAccess: (callId: string | null) => Promise<DocumentAccess | null>;
  isFleetOnline: () => boolean;
  /** the fleet's clock, as far as it is known: access ends by it */
  fleetNowMs: () => number;
  publish: (shown: Shown) => void;
  /** of the page that is shown; null: no document is */
  publishDrawing: (drawing: PageDrawing | null) => void;
  /** the TV's own document is on it: it is not switched off */
  onTv: (isShown: boolean) => void;
};

export class DocumentsOnTv {
  readonly #options: DocumentsOnTvOptions;
  readonly #presented = new OpenRequests<ErrorCode | null>();
  #room: RoomState | null = null;
  #bookings: readonly Booking[] = [];
  #own: TvDocument | null = null;
  /** to the pages of `#own` */
  #access: DocumentAccess | null = null;
  /** the list of the meeting has `#own` no more */
  #isUnlisted = false;
  #inCall: ReportedDocument | null = null;
  #drawnInCall: ReportedDrawing | null = null;
  #published = '';
  #publishedDrawing = 'null';
  #isOnTv = false;
  #isStopped = false;
  readonly #timers = new Map<'end' | 'access' | 'save' | 'taken-along', NodeJS.Timeout>();

  constructor(options: DocumentsOnTvOptions) {
    this.#options = options;
  }

  start(): void {
    this.#own = this.#options.memory.load();
    this.#settle();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timers.has('save')) this.#options.memory.save(this.#own);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  follow(room: RoomState): void {
    const before = this.#room === null ? null : callIdOf(this.#room);
    this.#room = room;
    const callId = callIdOf(room);
    if (callId !== before) {
      if (this.#inCall?.callId !== callId) this.#inCall = null;
      this.#timer('taken-along', callId === null || this.#own === null ? null : TAKEN_ALONG_WITHIN_MS, () =>
        this.#end(),
      );
      // the grant of a call brings its own
      if (callId === null) void this.#renewAccess();
      else this.#timer('access', null);
    }
    this.#endUnlisted();
    this.#settle();
  }

  followAgenda(bookings: readonly Booking[]): void {
    this.#bookings = bookings;
    this.#settle();
  }

  /** A page that may know nothing has come. */
  onScreenConnected(): void {
    // it may be one of before a restart of the agent
    if (this.#own === null) this.#options.perform({ name: 'show-document', shown: null });
    this.#showOwn();
    void this.#renewAccess();
  }

  onFleet(): void {
    if (!this.#timers.has('access')) void this.#renewAccess();
  }

  onReported(report: ReportedDocument): void {
    this.#inCall = report;
    // the call shows it, or something else in its place
    if (report.document !== null && this.#callId === report.callId) this.#end();
    this.#settle();
  }

  onDrawing(report: ReportedDrawing): void {
    this.#drawnInCall = report;
    this.#publish();
  }

  onPresented({ commandId, code }: Extract<ScreenToAgent, { type: 'presented' }>): void {
    this.#presented.settle(commandId, code);
  }

  /** @returns why it can't be done; null: done */
  async present(act: DocumentAct): Promise<ErrorCode | null> {
    const phase = this.#room?.phase.name;
    if (phase === 'in-call') return this.#presentInCall(act);
    if (phase === 'starting' || phase === 'unknown' || phase === undefined) return 'not-possible-now';
    if (act.act === 'show') return this.#show(act);
    // nobody else is there to take it over
    if (this.#own === null || act.act === 'hand-over') return 'not-possible-now';
    this.#change(this.#own, { change: 'act', by: this.#presenter, act });
    return null;
  }

  onListed({ documentId, pageCount, isThere }: Extract<ScreenToAgent, { type: 'document-listed' }>): void {
    if (this.#own?.document.documentId !== documentId) return;
    this.#isUnlisted = !isThere;
    if (!isThere) this.#endUnlisted();
    else if (pageCount !== null)
      this.#change(this.#own, { change: 'counted', documentId, pageCount }, { isAct: false });
  }

  /** The fleet deleted it; or it has moved to the meeting of a booking that begins, and the page brings it into the call. */
  #endUnlisted(): void {
    const phase = this.#room?.phase.name;
    if (this.#isUnlisted && phase !== 'starting' && phase !== 'in-call') this.#end();
  }

  get #shownOnTv(): { document: SharedDocument; access: DocumentAccess } | null {
    return this.#own === null || this.#access === null ? null : { document: this.#own.document, access: this.#access };
  }

  #presentInCall(act: DocumentAct): Promise<ErrorCode | null> {
    const commandId = newId();
    const { promise, resolve } = Promise.withResolvers<ErrorCode | null>();
    this.#presented.add(commandId, resolve, { afterMs: PRESENTED_WITHIN_MS, reply: 'room-not-answering' });
    if (!this.#options.perform({ name: 'present', act, commandId })) this.#presented.settle(commandId, 'no-screen');
    return promise;
  }

  async #show(act: Extract<DocumentAct, { act: 'show' }>): Promise<ErrorCode | null> {
    const isFresh = this.#access !== null && this.#leftMs(this.#access) > ACCESS_RENEWED_BEFORE_MS;
    const access = isFresh ? this.#access : await this.#options.requestAccess(null);
    if (access === null) return this.#options.isFleetOnline() ? 'forbidden' : 'not-possible-now';
    if (!access.documents.includes('present')) return 'forbidden';
    const phase = this.#room?.phase.name;
    if (phase === 'in-call') return this.#presentInCall(act);
    if (phase === 'starting') return 'not-possible-now';
    const nowMs = Date.now();
    const former = this.#own?.meetingId === access.meetingId ? this.#own : null;
    const document = changedDocument(former?.document ?? null, { change: 'act', by: this.#presenter, act });
    if (document === null) return 'not-possible-now';
    const own = { document, meetingId: access.meetingId, shownAtMs: former?.shownAtMs ?? nowMs, touchedAtMs: nowMs };
    if (!this.#options.perform({ name: 'show-document', shown: { document, access } })) return 'no-screen';
    this.#access = access;
    this.#isUnlisted = false;
    this.#renewAccessBefore(access);
    this.#keep(own);
    return null;
  }

  #change(own: TvDocument, change: DocumentChange, { isAct = true } = {}): void {
    const document = changedDocument(own.document, change);
    if (document === null) {
      this.#end();
      return;
    }
    const touched = isAct ? { touchedAtMs: Date.now() } : {};
    if (document !== own.document) this.#options.perform({ name: 'change-document', change });
    this.#keep({ ...own, document, ...touched });
  }

  #keep(own: TvDocument): void {
    this.#own = own;
    if (!this.#timers.has('save')) {
      this.#timer('save', SAVED_AFTER_MS, () => this.#options.memory.save(this.#own));
    }
    this.#settle();
  }

  #end(): void {
    if (this.#own === null) return;
    this.#own = null;
    this.#isUnlisted = false;
    this.#access = null;
    this.#timer('taken-along', null);
    this.#timer('save', null);
    this.#options.memory.save(null);
    this.#options.perform({ name: 'show-document', shown: null });
    this.#settle();
  }

  #showOwn(): void {
    const shown = this.#shownOnTv;
    if (shown !== null && this.#callId === null) this.#options.perform({ name: 'show-document', shown });
  }

  /** A page that was reloaded has none, and none lasts for ever. */
  async #renewAccess(): Promise<void> {
    const callId = this.#callId;
    this.#timer('access', null);
    if (this.#room === null || (callId === null && this.#own === null)) return;
    const access = await this.#options.requestAccess(callId);
    if (this.#isStopped || callId !== this.#callId) return;
    if (access === null) {
      this.#timer('access', ACCESS_RETRY_MS, () => void this.#renewAccess());
      return;
    }
    if (callId !== null) this.#options.perform({ name: 'use-document-access', callId, access });
    else if (this.#own !== null && access.meetingId !== this.#own.meetingId) this.#end();
    else {
      this.#access = access;
      this.#showOwn();
    }
    this.#renewAccessBefore(access);
  }

  #renewAccessBefore(access: DocumentAccess): void {
    const inMs = Math.max(ACCESS_RETRY_MS, this.#leftMs(access) - ACCESS_RENEWED_BEFORE_MS);
    this.#timer('access', inMs, () => void this.#renewAccess());
  }

  #leftMs({ expiresAtMs }: DocumentAccess): number {
    return expiresAtMs - this.#options.fleetNowMs();
  }

  /** After each change: is it over, what others see of it, and does the TV have to be on. */
  #settle(): void {
    if (this.#own !== null && this.#callId === null) {
      const leftMs = endsAtMs(this.#own, this.#bookings) - Date.now();
      if (leftMs <= 0) {
        this.#options.logger.info('the document on the TV has ended by itself');
        this.#end();
        return;
      }
      this.#timer('end', Math.min(leftMs, LONGEST_SLEEP_MS), () => this.#settle());
    } else this.#timer('end', null);
    this.#publish();
    const isOnTv = this.#own !== null && this.#callId === null;
    if (isOnTv === this.#isOnTv) return;
    this.#isOnTv = isOnTv;
    this.#options.onTv(isOnTv);
  }

  #publish(): void {
    const shown = this.#shown;
    const text = JSON.stringify(shown);
    if (text !== this.#published) {
      this.#published = text;
      this.#options.publish(shown);
    }
    const drawing = this.#drawing;
    const drawn = JSON.stringify(drawing);
    if (drawn === this.#publishedDrawing) return;
    this.#publishedDrawing = drawn;
    this.#options.publishDrawing(drawing);
  }

  get #drawing(): PageDrawing | null {
    if (this.#callId === null) return this.#own && drawingOf(this.#own.document);
    return this.#drawnInCall?.callId === this.#callId ? this.#drawnInCall.drawing : null;
  }

  get #shown(): Shown {
    const phase = this.#room?.phase;
    if (phase?.name !== 'in-call') {
      return {
        document: this.#own && headingOf(this.#own.document),
        isPresenter: this.#own !== null,
        isNewest: true,
        withdrawn: null,
      };
    }
    const ofCall = this.#inCall?.callId === phase.callId ? this.#inCall : null;
    const { document = null, isNewest = true, withdrawn = null } = ofCall ?? {};
    const isPresenter = document !== null && document.presenter?.peerId === phase.peerId;
    return { document, isPresenter, isNewest, withdrawn };
  }

  get #callId(): string | null {
    return this.#room === null ? null : callIdOf(this.#room);
  }

  get #presenter(): { peerId: string; displayName: string } {
    return { peerId: this.#options.roomId, displayName: this.#room?.roomName ?? '' };
  }

  /** null clears it */
  #timer(name: 'end' | 'access' | 'save' | 'taken-along', delayMs: number | null, run?: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
    if (delayMs === null || this.#isStopped) return;
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        run?.();
      }, delayMs),
    );
  }
}

const callIdOf = ({ phase }: RoomState): string | null => (phase.name === 'in-call' ? phase.callId : null);
