/** What the presenter's mouse, finger or pen does on the page of the stage. */
import { DocumentInputLayer } from '#stage/document-input.tsx';
import type { PaintedPage } from '#stage/stage-document.ts';
import type { PresenterTools } from '#ui/documents/presenter-tools.ts';
import type { Guest } from '../guest.ts';
import type { GuestDocuments } from './guest-documents.ts';

type PageInputProps = { guest: Guest; documents: GuestDocuments; tools: PresenterTools; painted: PaintedPage };

export function PageInput({ guest, documents, tools, painted }: PageInputProps) {
  return <DocumentInputLayer own={guest.document.shown} painted={painted} tool={tools} onAct={documents.sendAct} />;
}
