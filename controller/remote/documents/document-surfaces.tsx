/** What opens over the room's page: the sheet of documents, and the page that is presented. */
import type { RoomDocument } from '#contract/room-document.ts';
import type { LinkSnapshot, RoomLink } from '../../link/room-link.ts';
import type { RemoteView } from '../projection.ts';
import type { Asking } from '../use-room.ts';
import { DocumentsSheet } from './documents-sheet.tsx';
import { PresentingPage } from './presenting-page.tsx';
import type { RoomDocuments } from './room-documents.ts';

type DocumentSurfacesProps = {
  documents: RoomDocuments;
  projection: RoomDocument | null;
  hasAccess: boolean;
  view: RemoteView;
  link: RoomLink;
  roster: LinkSnapshot['roster'];
  asking: Asking;
  listIsOpen: boolean;
  pageIsOpen: boolean;
  onOpenList: () => void;
  onCloseList: () => void;
  onClosePage: () => void;
  onChoose: () => void;
  onFile: (file: File) => void;
};

export function DocumentSurfaces(props: DocumentSurfacesProps) {
  const { documents, projection, hasAccess, view, link, roster, asking } = props;
  const shown = projection?.document ?? null;
  return (
    <>
      {shown !== null && (
        <PresentingPage
          documents={documents}
          shown={shown}
          isPresenter={projection?.isPresenter ?? false}
          hasAccess={hasAccess}
          view={view}
          link={link}
          roster={roster}
          asking={asking}
          isOpen={props.pageIsOpen}
          onClose={props.onClosePage}
          onDocuments={props.onOpenList}
        />
      )}
      <DocumentsSheet
        documents={documents}
        shownDocumentId={shown?.documentId ?? null}
        asking={asking}
        isOpen={props.listIsOpen}
        onClose={props.onCloseList}
        onChoose={props.onChoose}
        onFile={props.onFile}
      />
    </>
  );
}
