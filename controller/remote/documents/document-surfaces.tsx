/** What opens over the room's page: the sheet of documents, and the page that is presented. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomDocument } from '#contract/room-document.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import type { LinkSnapshot, RoomLink } from '../../link/room-link.ts';
import { Explained } from '../notes.tsx';
import type { RemoteView } from '../projection.ts';
import type { Asking } from '../use-room.ts';
import { DocumentsSheet } from './documents-sheet.tsx';
import { PresentingPage } from './presenting-page.tsx';
import type { RoomDocuments } from './room-documents.ts';

/** Read once; the next document that is shown ends it too. */
function Withdrawn({ reason }: { reason: RoomDocument['withdrawn'] }) {
  const { t } = useTranslation('documents');
  const { t: common } = useTranslation('common');
  const [read, setRead] = useState<RoomDocument['withdrawn']>(null);
  if (read !== null && reason === null) setRead(null);
  if (reason === 'unknown') return null;
  const words = reason ?? 'deleted';
  return (
    <Dialog
      title={t(`withdrawn.${words}.what`)}
      isOpen={reason !== null && read === null}
      onClose={() => setRead(reason)}
    >
      <Explained>
        {t(`withdrawn.${words}.meaning`)} {t(`withdrawn.${words}.todo`)}
      </Explained>
      <Button size="large" onPress={() => setRead(reason)}>
        {common('close')}
      </Button>
    </Dialog>
  );
}

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
      <Withdrawn reason={projection?.withdrawn ?? null} />
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
