/**
 * The documents of this screen: pictures of pages for whatever is shown, the document of an idle room's TV as the agent has
 * it, and its way into a call. The call's own document is the call's state.
 */
import type { CallClient } from '#call/call-client.ts';
import { DocumentPages } from '#call/document-pages.ts';
import { askDocuments, type FetchLike } from '#call/document-requests.ts';
import { DocumentsClient } from '#call/documents-client.ts';
import { Observable } from '#call/observable.ts';
import { showAgain } from '#call/show-again.ts';
import { drawingOf } from '#contract/page-drawing.ts';
import { projections } from '#contract/projections.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { toMaruError } from '#contract/error-codes.ts';
import { documentsApi } from '#contract/http/documents-api.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';
import { changedDocument, type SharedDocument } from '#contract/shared-document.ts';

const DOCUMENT_EFFECTS = ['present', 'show-document', 'change-document', 'use-document-access'] as const;
const DRAWING_REPORTED_EACH_MS = 1_000 / projections.drawing.perSecond;

export type DocumentEffect = Extract<ScreenEffect, { name: (typeof DOCUMENT_EFFECTS)[number] }>;
export const isDocumentEffect = (effect: ScreenEffect): effect is DocumentEffect =>
  (DOCUMENT_EFFECTS as readonly string[]).includes(effect.name);

/** Below the time after which the agent ends it. */
const TAKEN_ALONG_WITHIN_MS = 5_000;

export type ScreenDocumentsParts = {
  call: Pick<CallClient, 'getSnapshot' | 'document' | 'present' | 'setDocumentAccess'>;
  tell: (report: ScreenToAgent) => void;
  pages?: DocumentPages;
  list?: Pick<DocumentsClient, 'subscribe' | 'getSnapshot' | 'setAccess'>;
  fetch?: FetchLike;
};

export class ScreenDocuments {
  readonly pages: DocumentPages;
  /** outside of a call; null: none */
  readonly onTv = new Observable<SharedDocument | null>(null);
  /** in a call */
  readonly inCall: CallClient['document'];
  readonly #parts: ScreenDocumentsParts;
  /** of the meeting whose document an idle TV shows */
  readonly #list: NonNullable<ScreenDocumentsParts['list']>;
  #access: DocumentAccess | null = null;
  #reported = '';
  #joinedCallId: string | null = null;
  /** null: none in this call */
  #reportedDrawing: string | null = null;
  #drawingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ScreenDocumentsParts) {
    const { call, pages = new DocumentPages(), list = new DocumentsClient() } = parts;
    this.#parts = parts;
    this.pages = pages;
    this.#list = list;
    list.subscribe(() => this.#reportListed());
    this.inCall = call.document;
    this.inCall.subscribe(() => this.#drawn());
  }

  perform(effect: DocumentEffect): void {
    const { call } = this.#parts;
    switch (effect.name) {
      case 'present':
        void this.#present(effect);
        return;
      case 'show-document':
        this.#access = effect.shown?.access ?? null;
        this.#reported = '';
        this.#setAccess();
        this.onTv.set(effect.shown?.document ?? null);
        this.#list.setAccess(this.#access);
        this.#reportListed();
        return;
      case 'change-document': {
        const before = this.onTv.getSnapshot();
        const now = changedDocument(before, effect.change);
        this.onTv.set(now);
        if (now?.documentId !== before?.documentId) this.#reportListed();
        return;
      }
      case 'use-document-access': {
        const { phase } = call.getSnapshot();
        if (phase.name === 'joining' || (phase.name === 'joined' && phase.callId === effect.callId)) {
          call.setDocumentAccess(effect.access);
        }
        return;
      }
    }
  }

  /** The fleet answers to pages, not to the agent: its list knows when the pages are counted, and what is deleted. */
  #reportListed(): void {
    const shown = this.onTv.getSnapshot();
    const { documents, isConnected } = this.#list.getSnapshot();
    if (shown === null || documents === null || !isConnected) return;
    const { documentId } = shown;
    const listed = documents.find((document) => document.documentId === documentId);
    const report = { documentId, pageCount: listed?.pageCount ?? null, isThere: listed !== undefined };
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    if (!report.isThere || (report.pageCount !== null && shown.pageCount !== report.pageCount)) {
      this.#parts.tell({ type: 'document-listed', ...report });
    }
  }

  followCall(): void {
    this.#setAccess();
    const { phase } = this.#parts.call.getSnapshot();
    const callId = phase.name === 'joined' ? phase.callId : null;
    if (callId === this.#joinedCallId) return;
    this.#joinedCallId = callId;
    if (callId !== null) void this.#takeAlong();
    this.#reportedDrawing = null;
    this.#reportDrawing();
  }

  /** To an agent that may have none. */
  reportDrawingAgain(): void {
    if (this.#reportedDrawing !== null) this.#reportedDrawing = '';
    this.#reportDrawing();
  }

  /** The first change at once, the last always, at the pace at which phones receive it. */
  #drawn(): void {
    if (this.#drawingTimer !== undefined || !this.#reportDrawing()) return;
    this.#drawingTimer = setTimeout(() => {
      this.#drawingTimer = undefined;
      this.#drawn();
    }, DRAWING_REPORTED_EACH_MS);
  }

  /** @returns whether it has changed */
  #reportDrawing(): boolean {
    const callId = this.#joinedCallId;
    if (callId === null) return false;
    const shown = this.inCall.getSnapshot();
    const drawing = shown && drawingOf(shown);
    const text = JSON.stringify(drawing);
    if (text === (this.#reportedDrawing ?? 'null')) return false;
    this.#reportedDrawing = text;
    this.#parts.tell({ type: 'drawing', callId, drawing });
    return true;
  }

  #setAccess(): void {
    const { documentAccess } = this.#parts.call.getSnapshot();
    this.pages.setAccess(documentAccess ?? this.#access);
  }

  async #present({ act, commandId }: Extract<DocumentEffect, { name: 'present' }>): Promise<void> {
    const code = await this.#parts.call.present(act).then(
      () => null,
      (error: unknown) => toMaruError(error).code,
    );
    this.#parts.tell({ type: 'presented', commandId, code });
  }

  /** The fleet moves it into the meeting of a booking as that begins. @throws MaruError without an answer */
  async #isTakenInto(access: DocumentAccess, documentId: string): Promise<boolean> {
    const signal = AbortSignal.timeout(TAKEN_ALONG_WITHIN_MS);
    const request = { params: { documentId }, signal, fetch: this.#parts.fetch ?? ((url, init) => fetch(url, init)) };
    try {
      await askDocuments(documentsApi.document, access, request);
      return true;
    } catch (error) {
      if (toMaruError(error).code === 'not-found') return false;
      throw error;
    }
  }

  /** The call's meeting has it, and shows nothing yet: what the TV shows is shown to all, its drawing with it. */
  async #takeAlong(): Promise<void> {
    const { call } = this.#parts;
    const shown = this.onTv.getSnapshot();
    const { document, documentAccess } = call.getSnapshot();
    if (shown === null || document !== null || documentAccess === null) return;
    try {
      const isOfMeeting = documentAccess.meetingId === this.#access?.meetingId;
      if (!isOfMeeting && !(await this.#isTakenInto(documentAccess, shown.documentId))) return;
      await showAgain(shown, (act) => call.present(act));
    } catch (error) {
      // it may not be shown there, or somebody else was first
      console.warn('screen: the document was not taken along', error);
    }
  }
}
