/** How far a chosen file is, above the controls while its sheet is closed; why it failed, until it is closed. */
import X from 'lucide-react/icons/x';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { documentItems } from '#ui/documents/document-items.ts';
import { StatusWords } from '#ui/documents/document-list.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Bar, Spinner } from '#ui/progress.tsx';
import type { GuestDocuments } from './guest-documents.ts';

type SharingStripProps = { documents: GuestDocuments; onOpen: () => void };

export function SharingStrip({ documents, onOpen }: SharingStripProps) {
  const { t } = useTranslation('documents');
  const { t: common } = useTranslation('common');
  const { list, sharing } = documents;
  const state = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const next = useSyncExternalStore(sharing.subscribe, sharing.getSnapshot);
  const items = documentItems(state);
  const item = items.find(
    ({ uploadId, document }) => uploadId !== null || (document !== null && document.documentId === next),
  );
  if (item === undefined) return null;
  const { title, status, uploadId } = item;
  const dismiss = () => {
    sharing.showNothingNext();
    if (uploadId === null) return;
    if (status.name === 'failed') list.dismissUpload(uploadId);
    else list.cancelUpload(uploadId);
  };
  const failed = status.name === 'failed';
  return (
    <section
      aria-label={t('progress', { title })}
      className={`mx-3 mt-2 flex animate-appear items-center gap-3 rounded-card px-4 py-2 sm:mx-5 ${failed ? 'bg-fault-soft' : 'bg-raised shadow-card'}`}
    >
      {status.name === 'queued' || status.name === 'converting' ? <Spinner className="size-5 text-accent" /> : null}
      <div className="min-w-0 flex-1">
        <bdi className="block truncate text-base font-semibold">{title}</bdi>
        {failed ? (
          <div role="alert">
            <ErrorWords code={status.code} className="gap-0.5! text-small" />
          </div>
        ) : (
          <p role="status" className="text-small text-quiet">
            <StatusWords status={status} />
          </p>
        )}
        {'percent' in status && (
          <Bar label={t('progress', { title })} percent={status.percent} className="mt-1 h-1.5" />
        )}
      </div>
      {!failed && (
        <Button variant="quiet" onPress={onOpen} className="max-sm:hidden">
          {t('presenter.documents')}
        </Button>
      )}
      <Button
        variant="quiet"
        icon={X}
        aria-label={failed ? common('close') : t('cancel', { title })}
        onPress={dismiss}
      />
    </section>
  );
}
