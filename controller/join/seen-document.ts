/**
 * The call's document as this page draws it: what is shown, with the own ink ahead, and the pictures of its pages. Keeps the
 * access to them fresh. Sharing and presenting come on top, when they are wanted: documents/.
 */
import type { CallClient } from '#call/call-client.ts';
import { DocumentPages } from '#call/document-pages.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { OwnDocument } from '#stage/own-document.ts';

/** Before it expires, by so much. */
const RENEW_AHEAD_MS = 60_000;
const RENEW_AT_MOST_EVERY_MS = 15_000;
/** setTimeout has no longer one */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type SeenDocumentDependencies = {
  call: CallClient;
  /** a fresh token; null: this person has no access to documents any more */
  requestAccess: () => Promise<DocumentAccess | null>;
};

export class SeenDocument {
  readonly pages = new DocumentPages();
  readonly shown = new OwnDocument();
  readonly #call: CallClient;
  readonly #requestAccess: SeenDocumentDependencies['requestAccess'];
  #access: DocumentAccess | null = null;
  #renewsAt: ReturnType<typeof setTimeout> | undefined;
  #renewedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ call, requestAccess }: SeenDocumentDependencies) {
    this.#call = call;
    this.#requestAccess = requestAccess;
  }

  start(): void {
    this.#call.subscribe(this.#followAccess);
    this.#call.document.subscribe(() => this.shown.follow(this.#call.document.getSnapshot()));
    this.pages.subscribe(() => {
      if (this.pages.isRefused) this.renewAccess();
    });
  }

  /** The token is refused, or will be. */
  renewAccess(): void {
    const { phase } = this.#call.getSnapshot();
    if (phase.name !== 'joined' || performance.now() - this.#renewedAtMs < RENEW_AT_MOST_EVERY_MS) return;
    this.#renewedAtMs = performance.now();
    this.#requestAccess().then(
      (access) => this.#call.setDocumentAccess(access),
      // while the server is away pages that are here stay; the next refusal or the next page asks again
      () => this.#renewAfter(RENEW_AT_MOST_EVERY_MS),
    );
  }

  readonly #followAccess = (): void => {
    const { documentAccess, permissions, phase } = this.#call.getSnapshot();
    if (phase.name !== 'joined') return;
    if (documentAccess !== this.#access) {
      this.#access = documentAccess;
      this.pages.setAccess(documentAccess);
      clearTimeout(this.#renewsAt);
      if (documentAccess) this.#renewAfter(documentAccess.expiresAtMs - Date.now() - RENEW_AHEAD_MS);
    }
    // the grant came without, and the meeting lets guests see documents since
    if (documentAccess === null && permissions?.documents.includes('view')) {
      this.renewAccess();
      this.#renewAfter(RENEW_AT_MOST_EVERY_MS);
    }
  };

  #renewAfter(ms: number): void {
    clearTimeout(this.#renewsAt);
    if (ms > LONGEST_TIMER_MS) return;
    this.#renewsAt = setTimeout(() => this.renewAccess(), Math.max(RENEW_AT_MOST_EVERY_MS, ms));
  }
}
