/** The document on the TV, on the room's page: its page, turning it, the end of it, and the way to point and draw. */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import FileText from 'lucide-react/icons/file-text';
import FileX from 'lucide-react/icons/file-x';
import Maximize2 from 'lucide-react/icons/maximize-2';
import PenLine from 'lucide-react/icons/pen-line';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomDocument } from '#contract/room-document.ts';
import type { DocumentHeading } from '#contract/shared-document.ts';
import { useOfDocument } from '#stage/stage-document.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { PageThumbnail } from '#ui/documents/page-thumbnail.tsx';
import { PageWords } from '#ui/documents/presenter-bar.tsx';
import { Icon } from '#ui/icon.tsx';
import type { Asking } from '../use-room.ts';
import type { RoomDocuments } from './room-documents.ts';
import { usePresenting } from './use-presenting.ts';

type DocumentCardProps = {
  documents: RoomDocuments;
  projection: RoomDocument;
  shown: DocumentHeading;
  hasAccess: boolean;
  asking: Asking;
  onOpenPage: () => void;
  /** the button for another document */
  children: ReactNode;
};

export function DocumentCard(props: DocumentCardProps) {
  const { documents, projection, shown, hasAccess, asking, onOpenPage, children } = props;
  const { t } = useTranslation('remote');
  const { t: words } = useTranslation('documents');
  const { act, pending } = usePresenting(documents, asking);
  const { isPresenter } = projection;
  const { documentId, title, pageCount, presenter } = shown;
  const page = useOfDocument(documents.presented.own, (own) => own.page) ?? shown.page;
  return (
    <Card title={t('documents.onTv')}>
      <div className="flex items-center gap-4">
        <span className="grid h-20 w-28 shrink-0 place-items-center overflow-hidden rounded-small bg-sunken text-quiet">
          {hasAccess ? (
            <PageThumbnail pages={documents.pages} documentId={documentId} page={page} />
          ) : (
            <Icon of={FileText} className="size-8" />
          )}
        </span>
        <div className="min-w-0 flex-1">
          <p className="line-clamp-2 text-base font-semibold wrap-anywhere">
            <bdi>{title}</bdi>
          </p>
          <p role="status" className="numerals text-small text-quiet">
            <PageWords shown={{ page, pageCount }} />
          </p>
          {!isPresenter && (
            <p className="line-clamp-2 text-small text-quiet">
              {presenter === null ? words('presenter.nobody') : words('presenter.by', { name: presenter.displayName })}
            </p>
          )}
        </div>
      </div>
      {isPresenter ? (
        <div className="mt-4 grid grid-cols-2 gap-3">
          <Button
            size="large"
            icon={ChevronLeft}
            aria-label={words('presenter.previous')}
            isDisabled={page <= 1}
            onPress={() => act({ act: 'turn-page', page: page - 1 })}
          />
          <Button
            variant="primary"
            size="large"
            icon={ChevronRight}
            aria-label={words('presenter.next')}
            isDisabled={pageCount !== null && page >= pageCount}
            onPress={() => act({ act: 'turn-page', page: page + 1 })}
          />
          <div className="col-span-2 flex gap-3">
            <Button icon={PenLine} className="flex-1" onPress={onOpenPage}>
              {t('documents.present')}
            </Button>
            <Button
              icon={FileX}
              className="text-fault!"
              aria-label={words('presenter.stop')}
              isPending={pending === 'stop'}
              onPress={() => act({ act: 'stop' })}
            >
              {words('presenter.stopShort')}
            </Button>
          </div>
        </div>
      ) : (
        <div className="mt-4 flex gap-3">
          <Button className="flex-1" isPending={pending === 'take'} onPress={() => act({ act: 'take' })}>
            {words('presenter.take')}
          </Button>
          <Button icon={Maximize2} aria-label={t('documents.look')} onPress={onOpenPage} />
        </div>
      )}
      <div className="mt-3">{children}</div>
    </Card>
  );
}
