/**
 * The way into a meeting: what the address holds, exchanged for an answer; the knock, where one is needed; and its ticket,
 * which a reload of the page keeps. The first answer comes from the inline script's head start.
 */
import { OperationalError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import { admissionApi, type EntryAnswer } from '#contract/http/admission-api.ts';
import { type GuestRecord, guestRecordApi } from '#contract/http/guest-record-api.ts';
import { answerOf, NoServer } from '#contract/http/answer.ts';
import type { JsonRoute, RouteAnswer } from '#contract/http/route.ts';
import type { Knock } from '#contract/waiting.ts';
import { callApi, type Given } from '#ui/http-client.ts';
import { type Early, startEarly, ticketKeptAs, type WayByAddress } from './early.ts';

export type KnownEntry = Exclude<EntryAnswer, { kind: 'unknown' }>;

const ENTRY_TIMEOUT_MS = 8_000;
/** longer than the server waits for its printer */
const PDF_WITHIN_MS = 90_000;
/** The server knows the ticket no more: the person who waits with it asks anew. */
const TICKET_IS_GONE: ReadonlySet<string> = new Set(['token-invalid', 'token-expired', 'not-found']);

declare global {
  interface Window {
    maruEarly?: Early | null;
  }
}

export class WayIn {
  readonly #early: Early | null;
  #headStart: Early['entry'];
  #ticket: string | null;

  /** Begins as soon as it is constructed, where the inline script has not. */
  constructor(early: Early | null = window.maruEarly ?? startEarly()) {
    this.#early = early;
    this.#headStart = early?.entry ?? null;
    this.#ticket = early && keptTicket(early.way);
  }

  /** null: the address names none */
  get kind(): WayByAddress['kind'] | null {
    return this.#early?.way.kind ?? null;
  }

  /** of a knock that goes on, or was let in; null: there is none */
  get ticket(): string | null {
    return this.#ticket;
  }

  /** The socket that was opened ahead, once. */
  takeSocket(url: string): WebSocket | null {
    const socket = this.#early?.socket;
    if (!socket) return null;
    this.#early.socket = null;
    if (new URL(socket.url).href === new URL(url).href && socket.readyState <= WebSocket.OPEN) return socket;
    socket.close();
    return null;
  }

  /**
   * Asks to come in, by the knock's ticket where there is one.
   * @throws UserError with the server's code; OperationalError where it cannot be reached
   */
  async enter(endedCallId: string | null): Promise<KnownEntry> {
    const ended = endedCallId === null ? {} : { endedCallId };
    if (this.#ticket !== null) {
      try {
        return this.#keep(await ask(admissionApi.enterAdmitted, { bearer: this.#ticket, body: ended }));
      } catch (error) {
        if (!TICKET_IS_GONE.has(toMaruError(error).code)) throw error;
        this.forgetTicket();
      }
    }
    const ahead = this.#headStart;
    this.#headStart = null;
    if (ahead === null) return this.#keep(await this.#askBy(this.#way, ended));
    const { status, body } = await ahead.catch((cause: unknown) => {
      throw new OperationalError('shutting-down', 'the server cannot be reached', { cause });
    });
    return this.#keep(answerOf(admissionApi.enterAsGuest, status, body));
  }

  /**
   * Asks to be let in, under this name where the server knows none.
   * @throws UserError with the server's code; OperationalError where it cannot be reached
   */
  async knock(knock: Knock): Promise<KnownEntry> {
    const way = this.#way;
    return this.#keep(await this.#askBy(way, way.kind === 'invite' ? { knock } : { knock: true }));
  }

  /**
   * What the meeting left behind, for this guest.
   * @throws UserError, InvalidStateError with the server's code; OperationalError where it cannot be reached
   */
  readRecord(): Promise<GuestRecord> {
    return ask(guestRecordApi.guestRecord, { body: this.#invite });
  }

  /** Minutes of it as a file. @throws as `readRecord` */
  async minutesPdf(minutesId: string): Promise<Blob> {
    const body = { ...this.#invite, minutesId };
    const { pdf } = await callApi(guestRecordApi.guestMinutesPdf, { body, withinMs: PDF_WITHIN_MS });
    return fileOf(pdf, 'application/pdf');
  }

  /** A page of a document that was kept, as a picture. @throws as `readRecord` */
  async documentPage(documentId: string, page: number): Promise<Blob> {
    const body = { ...this.#invite, documentId, page, size: 'laptop' as const };
    const { picture } = await ask(guestRecordApi.guestDocumentPage, { body });
    return fileOf(picture, 'image/webp');
  }

  /** The person goes away: nobody sees them wait any more. */
  async stopWaiting(): Promise<void> {
    const bearer = this.#ticket;
    this.forgetTicket();
    if (bearer !== null) await ask(admissionApi.stopWaiting, { bearer });
  }

  forgetTicket(): void {
    this.#ticket = null;
    if (!this.#early) return;
    try {
      sessionStorage.removeItem(ticketKeptAs(this.#early.way));
    } catch {
      // it was never kept
    }
  }

  get #way(): WayByAddress {
    if (!this.#early) throw new UserError('invite-invalid', 'the address names no way in');
    return this.#early.way;
  }

  get #invite(): { invite: string; entryId: string } {
    const way = this.#way;
    if (way.kind !== 'invite') throw new UserError('invite-invalid', 'the address has no invite');
    const { invite, entryId } = way;
    return { invite, entryId };
  }

  #askBy(way: WayByAddress, more: { endedCallId?: string; knock?: Knock | true }): Promise<EntryAnswer> {
    if (way.kind === 'member') {
      const { meetingId } = way;
      return ask(admissionApi.enterAsMember, { params: { meetingId }, body: more as { knock?: true } });
    }
    const { invite, entryId } = way;
    return ask(admissionApi.enterAsGuest, { body: { invite, entryId, ...(more as { knock?: Knock }) } });
  }

  /** A person who waits sends no hello for a while, and the node refuses a socket without one. */
  #closeEarlySocket(): void {
    const socket = this.#early?.socket;
    if (!socket) return;
    this.#early.socket = null;
    // a browser warns of a socket that is closed while it opens
    if (socket.readyState === WebSocket.CONNECTING) socket.addEventListener('open', () => socket.close());
    else socket.close();
  }

  #keep(answer: EntryAnswer): KnownEntry {
    if (answer.kind === 'unknown') throw new ProtocolError('client-too-old', 'an answer of a newer server');
    if (answer.kind !== 'admitted') this.#closeEarlySocket();
    if (answer.kind === 'waiting') {
      this.#ticket = answer.ticket;
      try {
        sessionStorage.setItem(ticketKeptAs(this.#way), answer.ticket);
      } catch {
        // lasts as long as the page
      }
    }
    return answer;
  }
}

/** @param base64 what it is made of */
const fileOf = (base64: string, type: string): Blob =>
  new Blob([Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))], { type });

function keptTicket(way: WayByAddress): string | null {
  try {
    return sessionStorage.getItem(ticketKeptAs(way));
  } catch {
    return null;
  }
}

async function ask<R extends JsonRoute>(route: R, given: Given<R>): Promise<RouteAnswer<R>> {
  try {
    return await callApi(route, { ...given, signal: AbortSignal.timeout(ENTRY_TIMEOUT_MS) });
  } catch (error) {
    if (error instanceof NoServer)
      throw new OperationalError('shutting-down', 'the server cannot be reached', { cause: error });
    throw error;
  }
}
