/**
 * The document of a call as the node has it, change by change. Pointer and drawing change many times a second, all else
 * rarely: `heading` is the same object until something else has changed.
 */
import {
  changedDocument,
  type DocumentChange,
  DocumentHeading,
  headingOf,
  type SharedDocument,
  type WithdrawReason,
} from '#contract/shared-document.ts';

export type WithdrawnDocument = { readonly reason: WithdrawReason; readonly presenterPeerId: string | null };

export class FollowedDocument {
  #whole: SharedDocument | null = null;
  #heading: DocumentHeading | null = null;
  #withdrawn: WithdrawnDocument | null = null;

  get whole(): SharedDocument | null {
    return this.#whole;
  }
  get heading(): DocumentHeading | null {
    return this.#heading;
  }
  /** why the last one went without anybody stopping it, until the next is shown; null: it did not */
  get withdrawn(): WithdrawnDocument | null {
    return this.#withdrawn;
  }

  /** Of a snapshot; null: none, also after the call. */
  start(document: SharedDocument | null): void {
    this.#withdrawn = null;
    this.#set(document);
  }

  /** What we may see has changed: this is shown to us now. Why the last one went stays known. */
  see(document: SharedDocument | null): void {
    if (document) this.#withdrawn = null;
    this.#set(document);
  }

  /** @returns whether more than pointer and drawing has changed */
  follow(change: DocumentChange): boolean {
    const former = this.#heading;
    this.#set(changedDocument(this.#whole, change));
    if (change.change === 'withdrawn')
      this.#withdrawn = { reason: change.reason, presenterPeerId: former?.presenter?.peerId ?? null };
    else if (this.#whole) this.#withdrawn = null;
    return this.#heading !== former || change.change === 'withdrawn';
  }

  #set(document: SharedDocument | null): void {
    this.#whole = document;
    if (!document || !this.#heading || !hasHeading(document, this.#heading))
      this.#heading = document && headingOf(document);
  }
}

const headed = Object.keys(DocumentHeading.shape) as (keyof DocumentHeading)[];
const hasHeading = (document: SharedDocument, heading: DocumentHeading): boolean =>
  headed.every((name) => document[name] === heading[name]);
