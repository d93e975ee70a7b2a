/**
 * From a file that a person chose to a document that everybody sees: uploads it, and shows it as soon as its first page is
 * there, unless the person has chosen another one meanwhile.
 */
import type { DocumentsClient, DocumentsState } from '#call/documents-client.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import type { DocumentAct } from '#contract/shared-document.ts';

type SharedList = Pick<DocumentsClient, 'subscribe' | 'upload'> & {
  readonly getSnapshot: () => Pick<DocumentsState, 'documents'>;
};

type DocumentSharingDependencies = {
  documents: SharedList;
  show: (document: MeetingDocument) => void;
};

export class DocumentSharing {
  readonly #documents: SharedList;
  readonly #show: (document: MeetingDocument) => void;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  /** the last choice counts: an earlier upload is listed, and not shown by itself */
  #choice = 0;
  #nextDocumentId: string | null = null;

  constructor({ documents, show }: DocumentSharingDependencies) {
    this.#documents = documents;
    this.#show = show;
    this.#unsubscribe = documents.subscribe(() => this.#showNext());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /**
   * The document that is shown as soon as its first page is there, or that failed before that; null: none, or one whose upload
   * has not arrived.
   */
  readonly getSnapshot = (): string | null => this.#nextDocumentId;

  /** Never rejects: a failed upload stands in the list. */
  async share(file: File): Promise<void> {
    this.showNothingNext();
    const choice = this.#choice;
    try {
      const { documentId } = await this.#documents.upload(file, file.name);
      if (choice === this.#choice) this.#wait(documentId);
    } catch {
      // the list of uploads has the reason
    }
  }

  /** A document that is there already. */
  show(document: MeetingDocument): void {
    this.showNothingNext();
    this.#show(document);
  }

  showNothingNext(): void {
    this.#choice += 1;
    this.#wait(null);
  }

  stop(): void {
    this.showNothingNext();
    this.#unsubscribe();
  }

  #wait(documentId: string | null): void {
    if (documentId === this.#nextDocumentId) return;
    this.#nextDocumentId = documentId;
    for (const listener of [...this.#listeners]) listener();
    this.#showNext();
  }

  #showNext(): void {
    const { documents } = this.#documents.getSnapshot();
    const next = documents?.find(({ documentId }) => documentId === this.#nextDocumentId);
    if (!next || next.readyPages === 0) return;
    this.showNothingNext();
    this.#show(next);
  }
}

/** The act that shows a document from its first page on. */
export const showAct = ({ documentId, title, pageCount }: MeetingDocument): DocumentAct => ({
  act: 'show',
  documentId,
  title,
  pageCount,
  page: 1,
});
