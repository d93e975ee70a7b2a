/** The sheet of the meeting's documents: a file or a photograph to share, and those that are there already. */
import Camera from 'lucide-react/icons/camera';
import FileUp from 'lucide-react/icons/file-up';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { MAX_DOCUMENT_BYTES } from '#contract/http/documents-api.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ChooseFile } from '#ui/documents/choose-file.tsx';
import { DocumentList } from '#ui/documents/document-list.tsx';
import { PageThumbnail } from '#ui/documents/page-thumbnail.tsx';
import { ProblemNote } from '../notes.tsx';
import type { Asking } from '../use-room.ts';
import type { RoomDocuments } from './room-documents.ts';

type DocumentsSheetProps = {
  documents: RoomDocuments;
  shownDocumentId: string | null;
  asking: Asking;
  isOpen: boolean;
  onClose: () => void;
  /** the browser's chooser of files */
  onChoose: () => void;
  onFile: (file: File) => void;
};

const MAX_MEGABYTES = MAX_DOCUMENT_BYTES / 1024 / 1024;

export function DocumentsSheet(props: DocumentsSheetProps) {
  const { documents, shownDocumentId, asking, isOpen, onClose, onChoose, onFile } = props;
  const { t } = useTranslation('remote');
  const { t: words } = useTranslation('documents');
  const { t: common } = useTranslation('common');
  const { list, sharing, pages } = documents;
  const state = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const next = useSyncExternalStore(sharing.subscribe, sharing.getSnapshot);
  return (
    <Dialog title={t('documents.title')} isOpen={isOpen} onClose={onClose}>
      <ProblemNote problem={asking.problem} onDismiss={asking.dismissProblem} />
      <div className="flex flex-col gap-3">
        <Button variant="primary" size="large" icon={FileUp} onPress={onChoose}>
          {t('documents.choose')}
        </Button>
        <ChooseFile size="large" icon={Camera} camera onFile={onFile}>
          {t('documents.photograph')}
        </ChooseFile>
        <p className="text-small text-quiet">{words('kinds', { size: MAX_MEGABYTES })}</p>
      </div>
      <DocumentList
        state={state}
        shownDocumentId={shownDocumentId}
        nextDocumentId={next}
        thumbnail={(documentId) => <PageThumbnail pages={pages} documentId={documentId} page={1} />}
        actions={{
          onShow: (document) => {
            asking.dismissProblem();
            sharing.show(document);
          },
          onRemove: (documentId) => {
            asking.dismissProblem();
            list.delete(documentId).catch(asking.report);
          },
          onCancelUpload: (uploadId) => list.cancelUpload(uploadId),
          onDismissUpload: (uploadId) => list.dismissUpload(uploadId),
        }}
      />
      <Button size="large" onPress={onClose}>
        {common('close')}
      </Button>
    </Dialog>
  );
}
