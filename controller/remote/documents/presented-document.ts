/**
 * The shared document as this phone draws it: as the room published it, with the phone's own acts ahead, so that a page
 * follows the finger. The room's published state lacks the drawing: the phone shows the strokes that it drew itself.
 */
import {
  changedDocument,
  type DocumentAct,
  type DocumentHeading,
  type PageRegion,
  type SharedDocument,
} from '#contract/shared-document.ts';
import { DocumentSteering } from '#ui/documents/document-steering.ts';

/** The room has accepted an act; if its state does not follow within this time, the state counts. */
export const DOCUMENT_FOLLOWS_WITHIN_MS = 1_500;

type Dependencies = ConstructorParameters<typeof DocumentSteering>[0];

export class PresentedDocument {
  readonly #listeners = new Set<() => void>();
  readonly #steering: DocumentSteering;
  #heading: DocumentHeading | null = null;
  #document: SharedDocument | null = null;
  /** page and region are the phone's own while an act about them is under way */
  #isAhead = false;
  #placing = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ send, onProblem }: Dependencies) {
    this.#steering = new DocumentSteering({
      send: async (act) => {
        const places = act.act === 'turn-page' || act.act === 'zoom';
        if (places) this.#placing += 1;
        try {
          await send(act);
        } catch (error) {
          this.#rejected(act);
          throw error;
        } finally {
          if (places) this.#placed();
        }
      },
      onProblem,
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getSnapshot = (): SharedDocument | null => this.#document;

  /** The room's published state. Strokes are dropped where others may have changed them: somebody else presents. */
  follow(heading: DocumentHeading | null, isPresenter: boolean): void {
    this.#heading = heading;
    const before = this.#document;
    if (heading === null || before?.documentId !== heading.documentId || !isPresenter) this.#isAhead = false;
    if (heading !== null && heading.page === before?.page && sameRegion(heading.region, before.region))
      this.#isAhead = false;
    if (heading === null) return this.#show(null);
    if (before?.documentId !== heading.documentId || !isPresenter)
      return this.#show({ ...heading, pointer: null, strokes: [] });
    const { page, region } = this.#isAhead ? before : heading;
    const pointer = page === before.page ? before.pointer : null;
    this.#show({ ...heading, page, region, pointer, strokes: before.strokes });
  }

  /** For the presenter: drawn here at once, then sent. */
  act(act: DocumentAct): void {
    if (this.#document === null) return;
    const by = this.#document.presenter ?? NOBODY;
    if (act.act === 'turn-page' || act.act === 'zoom') this.#isAhead = true;
    this.#show(changedDocument(this.#document, { change: 'act', by, act }));
    this.#steering.act(act);
  }

  /** What waits is sent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#steering.stop();
  }

  #placed(): void {
    this.#placing -= 1;
    if (this.#placing > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fallBack(), DOCUMENT_FOLLOWS_WITHIN_MS);
  }

  #rejected(act: DocumentAct): void {
    const document = this.#document;
    if (act.act === 'draw' && document !== null)
      this.#show({ ...document, strokes: document.strokes.filter(({ strokeId }) => strokeId !== act.stroke.strokeId) });
    if (act.act === 'turn-page' || act.act === 'zoom') this.#fallBack();
  }

  /** Page and region are what the room published. */
  #fallBack(): void {
    this.#isAhead = false;
    if (this.#heading === null || this.#document === null) return;
    const { page, region } = this.#heading;
    this.#show({ ...this.#document, page, region });
  }

  #show(document: SharedDocument | null): void {
    this.#document = document;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Who presented has left, and this phone's act is on its way to be refused or to count: no name is drawn from it. */
const NOBODY = { peerId: '00000000-0000-7000-8000-000000000000', displayName: '?' };

const sameRegion = (a: PageRegion, b: PageRegion): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
