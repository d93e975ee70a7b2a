/** The meeting's documents, each with its state in words and what can be done with it. For a phone's width and wider. */
import FileText from 'lucide-react/icons/file-text';
import FileX from 'lucide-react/icons/file-x';
import Trash2 from 'lucide-react/icons/trash-2';
import X from 'lucide-react/icons/x';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentsState } from '#call/documents-client.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import { Button } from '../button.tsx';
import { ConfirmDialog } from '../dialog.tsx';
import { ErrorWords } from '../error-words.tsx';
import { Icon } from '../icon.tsx';
import { Bar, Spinner } from '../progress.tsx';
import { type DocumentItem, documentItems } from './document-items.ts';

export type DocumentListProps = {
  state: DocumentsState;
  /** of the document that is shown now */
  shownDocumentId: string | null;
  /** of the upload that is shown as soon as its first page is there */
  nextDocumentId: string | null;
  /** null: this person may look, not present */
  actions: {
    onShow: (document: MeetingDocument) => void;
    onRemove: (documentId: string) => void;
    onCancelUpload: (uploadId: string) => void;
    /** of one that has failed */
    onDismissUpload: (uploadId: string) => void;
  } | null;
  /** the picture of a document's first page */
  thumbnail: (documentId: string) => ReactNode;
};

export function DocumentList({ state, shownDocumentId, nextDocumentId, actions, thumbnail }: DocumentListProps) {
  const { t } = useTranslation('documents');
  const items = documentItems(state);
  return (
    <section aria-label={t('list')} className="flex flex-col gap-1">
      <h3 className="text-small font-semibold text-quiet">{t('list')}</h3>
      {state.documents !== null && !state.isConnected && (
        <p role="status" className="text-small text-warn">
          {t('offline')}
        </p>
      )}
      {items.length > 0 ? (
        <ul className="flex flex-col">
          {items.map((item) => (
            <Item
              key={item.key}
              item={item}
              isShown={item.document !== null && item.document.documentId === shownDocumentId}
              showsNext={item.document !== null && item.document.documentId === nextDocumentId}
              actions={actions}
              thumbnail={thumbnail}
            />
          ))}
        </ul>
      ) : state.documents === null ? (
        <p role="status" className="flex min-h-12 items-center gap-3 text-base text-quiet">
          <Spinner className="size-5" />
          {t('loading')}
        </p>
      ) : (
        <div className="py-2">
          <p className="text-base">{t('none')}</p>
          <p className="text-small text-quiet">{t('noneHint')}</p>
        </div>
      )}
    </section>
  );
}

type ItemProps = Pick<DocumentListProps, 'actions' | 'thumbnail'> & {
  item: DocumentItem;
  isShown: boolean;
  showsNext: boolean;
};

function Item({ item, isShown, showsNext, actions, thumbnail }: ItemProps) {
  const { t } = useTranslation('documents');
  const { document, uploadId, status, title } = item;
  const percent = 'percent' in status ? status.percent : null;
  return (
    <li className="flex flex-col gap-2 border-b border-line py-3 last:border-0">
      <div className="flex min-h-12 items-center gap-3">
        <span className="grid h-12 w-16 shrink-0 place-items-center overflow-hidden rounded-small bg-sunken text-quiet">
          {item.canShow && document ? (
            thumbnail(document.documentId)
          ) : (
            <Icon of={status.name === 'failed' ? FileX : FileText} className="size-6" />
          )}
        </span>
        <span className="min-w-0 flex-1">
          {/* a name may be written from right to left, which must not turn the words after it */}
          <bdi className="line-clamp-2 text-base font-semibold wrap-anywhere">{title}</bdi>
          {status.name !== 'failed' && (
            <span className="block text-small text-quiet">
              <StatusWords status={status} />
            </span>
          )}
          {showsNext && status.name !== 'failed' && (
            <span className="block text-small text-quiet">{t('state.showsNext')}</span>
          )}
        </span>
        {isShown ? (
          <span className="shrink-0 text-small font-semibold text-accent">{t('state.shown')}</span>
        ) : (
          actions &&
          item.canShow &&
          document && (
            <Button
              variant="primary"
              aria-label={t('show', { title })}
              className="shrink-0"
              onPress={() => actions.onShow(document)}
            >
              {t('showShort')}
            </Button>
          )
        )}
        {actions && <Discard item={item} actions={actions} />}
      </div>
      {percent !== null && <Bar label={t('progress', { title })} percent={percent} className="h-1.5" />}
      {status.name === 'failed' && (
        <div role={uploadId ? 'alert' : undefined} className="rounded-control bg-fault-soft px-4 py-3">
          <ErrorWords code={status.code} className="gap-1! text-small" />
        </div>
      )}
    </li>
  );
}

export function StatusWords({ status }: { status: Exclude<DocumentItem['status'], { name: 'failed' }> }) {
  const { t } = useTranslation('documents');
  switch (status.name) {
    case 'sending':
    case 'waiting':
    case 'stopped':
      return t(`state.${status.name}`, { percent: status.percent });
    case 'others-upload':
      return t('state.othersUpload', { percent: status.percent });
    case 'queued':
    case 'unknown':
      return t(`state.${status.name}`);
    case 'converting':
      return status.pages === null || status.ready === 0
        ? t('state.converting')
        : t('state.convertingPages', { ready: status.ready, pages: status.pages });
    case 'ready':
      return t('pages', { count: status.pages });
  }
}

/** An upload is cancelled at once; what others may look at is asked about once. */
function Discard({ item, actions }: { item: DocumentItem; actions: NonNullable<DocumentListProps['actions']> }) {
  const { t } = useTranslation('documents');
  const [asks, setAsks] = useState(false);
  const { document, uploadId, title, status } = item;
  if (uploadId !== null && status.name === 'failed')
    return (
      <Button
        variant="quiet"
        icon={X}
        aria-label={t('dismiss', { title })}
        onPress={() => actions.onDismissUpload(uploadId)}
      />
    );
  if (uploadId !== null)
    return (
      <Button
        variant="quiet"
        icon={X}
        aria-label={t('cancel', { title })}
        onPress={() => actions.onCancelUpload(uploadId)}
      />
    );
  if (!document?.mayDelete) return null;
  return (
    <>
      <Button
        variant="quiet"
        icon={Trash2}
        aria-label={t('remove', { title })}
        onPress={() => (item.canShow ? setAsks(true) : actions.onRemove(document.documentId))}
      />
      <ConfirmDialog
        title={t('removeTitle', { title })}
        body={t('removeBody')}
        action={t('removeShort')}
        isOpen={asks}
        onClose={() => setAsks(false)}
        onConfirm={() => {
          setAsks(false);
          actions.onRemove(document.documentId);
        }}
      />
    </>
  );
}
