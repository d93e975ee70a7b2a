/**
 * What a guest shares and presents: the meeting's documents, uploads, and acts on the one that is shown. Draws nothing.
 * Made when documents are first wanted, and there until the page goes: an upload outlives the sheet.
 */
import { DocumentsClient } from '#call/documents-client.ts';
import { toMaruError } from '#contract/error-codes.ts';
import type { DocumentAct } from '#contract/shared-document.ts';
import { DocumentSharing, showAct } from '#ui/documents/document-sharing.ts';
import type { Guest } from '../guest.ts';

type GuestDocumentsDependencies = {
  guest: Guest;
  onProblem: (error: unknown) => void;
  /** a document that was chosen on this page is shown */
  onShown: () => void;
  /** nothing can be shown while somebody is in the call who may not see it */
  onOutsider: () => void;
};

export class GuestDocuments {
  readonly list = new DocumentsClient();
  readonly sharing: DocumentSharing;
  readonly #guest: Guest;
  readonly #onProblem: (error: unknown) => void;
  #ends: (() => void)[] = [];

  constructor({ guest, onProblem, onShown, onOutsider }: GuestDocumentsDependencies) {
    this.#guest = guest;
    this.#onProblem = onProblem;
    this.sharing = new DocumentSharing({
      documents: this.list,
      show: (document) => {
        const onRefused = (error: unknown) =>
          toMaruError(error).code === 'outsider-in-call' ? onOutsider() : onProblem(error);
        this.#guest.call.present(showAct(document)).then(onShown, onRefused);
      },
    });
  }

  start(): void {
    const follow = () => this.list.setAccess(this.#guest.call.getSnapshot().documentAccess);
    const watch = () => {
      if (this.list.getSnapshot().refusal !== null) this.#guest.document.renewAccess();
    };
    this.#ends = [this.#guest.call.subscribe(follow), this.list.subscribe(watch)];
    follow();
  }

  /** For what nobody waits for: a page, a place, a stroke. The own drawing is seen at once. */
  readonly act = (act: DocumentAct): void => {
    this.#guest.document.shown.act(act);
    this.sendAct(act);
  };

  /** Drawn already. */
  readonly sendAct = (act: DocumentAct): void => {
    this.#guest.call.present(act).catch((error: unknown) => {
      if (act.act === 'turn-page') this.#guest.document.shown.giveUp();
      const { phase } = this.#guest.call.getSnapshot();
      // the page shows already that the line is broken
      if (phase.name === 'joined' && phase.connection === 'connected') this.#onProblem(error);
    });
  };

  /** Uploads end here too. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.sharing.stop();
    this.list.close();
  }
}
