/** The meeting's documents in the guest's sheet. */
import { useSyncExternalStore } from 'react';
import { DocumentList } from '#ui/documents/document-list.tsx';
import { PageThumbnail } from '#ui/documents/page-thumbnail.tsx';
import type { Guest } from '../guest.ts';
import type { GuestDocuments } from './guest-documents.ts';

type MeetingDocumentListProps = {
  guest: Guest;
  documents: GuestDocuments;
  shownDocumentId: string | null;
  onProblem: (error: unknown) => void;
};

export function MeetingDocumentList({ guest, documents, shownDocumentId, onProblem }: MeetingDocumentListProps) {
  const { list, sharing } = documents;
  const state = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const next = useSyncExternalStore(sharing.subscribe, sharing.getSnapshot);
  return (
    <DocumentList
      state={state}
      shownDocumentId={shownDocumentId}
      nextDocumentId={next}
      thumbnail={(documentId) => <PageThumbnail pages={guest.document.pages} documentId={documentId} page={1} />}
      actions={{
        onShow: (document) => sharing.show(document),
        onRemove: (documentId) => void list.delete(documentId).catch(onProblem),
        onCancelUpload: (uploadId) => list.cancelUpload(uploadId),
        onDismissUpload: (uploadId) => list.dismissUpload(uploadId),
      }}
    />
  );
}
