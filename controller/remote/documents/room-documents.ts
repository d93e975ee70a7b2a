/**
 * The documents of the room's meeting, as this phone has them: the list and its uploads, pictures of pages, what the room
 * shows. Follows the room link: access, and the published document. Draws nothing.
 */
import { DocumentPages } from '#call/document-pages.ts';
import { DocumentsClient } from '#call/documents-client.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { DocumentSharing, showAct } from '#ui/documents/document-sharing.ts';
import type { RoomLink } from '../../link/room-link.ts';
import { PresentedDocument } from './presented-document.ts';

type Dependencies = {
  link: Pick<RoomLink, 'command' | 'subscribe' | 'getSnapshot'>;
  /** the room refused to show or to steer, or did not answer */
  onProblem: (error: unknown) => void;
  /** a document that was chosen on this phone is shown */
  onShown: () => void;
  list?: DocumentsClient;
  pages?: DocumentPages;
};

export class RoomDocuments {
  readonly list: DocumentsClient;
  readonly pages: DocumentPages;
  readonly presented: PresentedDocument;
  readonly sharing: DocumentSharing;
  readonly #link: Dependencies['link'];
  #unsubscribe = (): void => {};

  constructor({ link, onProblem, onShown, list = new DocumentsClient(), pages = new DocumentPages() }: Dependencies) {
    this.#link = link;
    this.list = list;
    this.pages = pages;
    this.presented = new PresentedDocument({ send: (act) => link.command({ name: 'present', act }), onProblem });
    const show = (document: MeetingDocument): void => {
      link.command({ name: 'present', act: showAct(document) }).then(onShown, onProblem);
    };
    this.sharing = new DocumentSharing({ documents: list, show });
  }

  start(): void {
    this.#unsubscribe = this.#link.subscribe(this.#follow);
    this.#follow();
  }

  /** Uploads end here too. Twice is harmless. */
  stop(): void {
    this.#unsubscribe();
    this.presented.stop();
    this.sharing.stop();
    this.list.close();
    this.pages.close();
  }

  readonly #follow = (): void => {
    const { documentAccess = null, projections } = this.#link.getSnapshot();
    this.list.setAccess(documentAccess);
    this.pages.setAccess(documentAccess);
    const { document = null, isPresenter = false } = projections.document ?? {};
    this.presented.follow(document, isPresenter, projections.drawing?.drawing ?? null);
  };
}
