/**
 * The shared document as this phone steers it. `own` is what the phone draws: the room's published state, with the phone's own
 * page, ink and pointer ahead, so that they follow the finger. What is done goes to the room by its steering.
 */
import type { PageDrawing } from '#contract/page-drawing.ts';
import { type DocumentAct, type DocumentHeading, WHOLE_PAGE } from '#contract/shared-document.ts';
import { OwnDocument } from '#stage/own-document.ts';
import { DocumentSteering } from '#ui/documents/document-steering.ts';

/** The room has accepted a page; if its state does not follow within this time, the state counts. */
export const PAGE_FOLLOWS_WITHIN_MS = 1_500;

type Dependencies = ConstructorParameters<typeof DocumentSteering>[0];

export class PresentedDocument {
  readonly own = new OwnDocument();
  readonly #steering: DocumentSteering;
  #heading: DocumentHeading | null = null;
  /** null: the room has published none */
  #drawing: PageDrawing | null = null;
  /** turned to here, and not yet published by the room */
  #pageAhead: number | null = null;
  #turning = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ send, onProblem }: Dependencies) {
    this.#steering = new DocumentSteering({
      send: (act) => (act.act === 'turn-page' ? this.#turn(() => send(act)) : send(act)),
      onProblem,
    });
  }

  /** The room's published state. */
  follow(heading: DocumentHeading | null, isPresenter: boolean, drawing: PageDrawing | null): void {
    const isAnother = heading?.documentId !== this.#heading?.documentId;
    if (isAnother || !isPresenter || heading?.page === this.#pageAhead) this.#pageAhead = null;
    this.#heading = heading;
    this.#drawing = drawing;
    this.#show();
  }

  /** By a button: seen here at once, then sent. */
  act(act: DocumentAct): void {
    if (act.act === 'turn-page') {
      this.#pageAhead = act.page;
      this.#show();
    } else this.own.act(act);
    this.send(act);
  }

  /** By a finger on the page, where `own` has it already. */
  send(act: DocumentAct): void {
    this.#steering.act(act);
  }

  /** What waits is sent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#steering.stop();
  }

  async #turn(send: () => Promise<void>): Promise<void> {
    this.#turning += 1;
    try {
      await send();
    } catch (error) {
      this.#fallBack();
      throw error;
    } finally {
      this.#turning -= 1;
      if (this.#turning === 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#fallBack(), PAGE_FOLLOWS_WITHIN_MS);
      }
    }
  }

  /** The page is what the room published. */
  #fallBack(): void {
    if (this.#turning > 1) return;
    this.#pageAhead = null;
    this.#show();
  }

  #show(): void {
    const [heading, page] = [this.#heading, this.#pageAhead];
    if (heading === null) {
      this.own.follow(null);
      return;
    }
    const drawing = this.#drawing?.documentId === heading.documentId ? this.#drawing : null;
    const shown = page === null ? heading : { ...heading, page, region: WHOLE_PAGE };
    const pointer = drawing?.page === shown.page ? drawing.pointer : null;
    this.own.follow(drawing === null ? shown : { ...shown, strokes: drawing.strokes, pointer });
  }
}
