/**
 * What a person presents with: pages, pointer, pen, hand-over and the end. In reach of one thumb where it is narrow, in one line
 * on a laptop. Owns no state of the document: each press is an act that the call decides.
 */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import Eraser from 'lucide-react/icons/eraser';
import FileX from 'lucide-react/icons/file-x';
import Files from 'lucide-react/icons/files';
import Forward from 'lucide-react/icons/forward';
import GalleryThumbnails from 'lucide-react/icons/gallery-thumbnails';
import Maximize from 'lucide-react/icons/maximize';
import Undo2 from 'lucide-react/icons/undo-2';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DocumentAct, type DocumentHeading, PAGE_UNITS } from '#contract/shared-document.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { HandOverDialog, type HandOverPerson } from './hand-over-dialog.tsx';
import type { PresenterTools } from './presenter-tools.ts';
import { PenTools, ToolChoice } from './tool-choice.tsx';

export type PresenterBarProps = {
  shown: DocumentHeading;
  /** this person presents */
  isPresenter: boolean;
  /** what the press asks of the call */
  act: (act: DocumentAct) => void;
  tools: PresenterTools;
  onTools: (tools: PresenterTools) => void;
  /** what was asked and is not done yet */
  pending?: DocumentAct['act'] | null;
  /** everybody else in the call; null: no call */
  people: readonly HandOverPerson[] | null;
  /** null: they are elsewhere on the page */
  onThumbnails: (() => void) | null;
  /** null: the list is elsewhere on the page */
  onDocuments: (() => void) | null;
  className?: string;
};

export function PresenterBar(props: PresenterBarProps) {
  const { t } = useTranslation('documents');
  const { shown, isPresenter, act, pending = null, className = '' } = props;
  if (isPresenter) return <Presenting {...props} />;
  const { presenter } = shown;
  return (
    <section aria-label={t('presenter.bar', { title: shown.title })} className={`flex items-center gap-3 ${className}`}>
      <p className="min-w-0 flex-1 px-1 text-small">
        <span className="block truncate font-semibold">
          {presenter === null ? t('presenter.nobody') : t('presenter.by', { name: presenter.displayName })}
        </span>
        <span className="block">
          <PageWords shown={shown} />
        </span>
      </p>
      <Button aria-label={t('presenter.take')} isPending={pending === 'take'} onPress={() => act({ act: 'take' })}>
        {t('presenter.takeShort')}
      </Button>
    </section>
  );
}

function Presenting(props: PresenterBarProps) {
  const { shown, act, tools, onTools, pending = null, people, onThumbnails, onDocuments, className } = props;
  const { t } = useTranslation('documents');
  const [handsOver, setHandsOver] = useState(false);
  const { page, pageCount, region } = shown;
  const turnTo = (to: number) => act({ act: 'turn-page', page: to });
  const zoomed = region.width < PAGE_UNITS || region.height < PAGE_UNITS;
  return (
    <Frame title={shown.title} className={className}>
      <div className="flex min-w-0 items-center gap-1 @max-lg:w-full">
        <Button
          icon={ChevronLeft}
          className="w-16 @max-lg:min-h-16 @max-lg:w-24"
          aria-label={t('presenter.previous')}
          isDisabled={page <= 1}
          onPress={() => turnTo(page - 1)}
        />
        <p role="status" className="numerals min-w-0 flex-1 px-1 text-center text-small leading-tight sm:min-w-40">
          <PageWords shown={shown} />
        </p>
        {onThumbnails && (
          <Button
            variant="quiet"
            icon={GalleryThumbnails}
            aria-label={t('presenter.thumbnails')}
            onPress={onThumbnails}
          />
        )}
        <Button
          variant="primary"
          icon={ChevronRight}
          className="w-16 @max-lg:min-h-16 @max-lg:w-24"
          aria-label={t('presenter.next')}
          isDisabled={pageCount !== null && page >= pageCount}
          onPress={() => turnTo(page + 1)}
        />
      </div>
      {tools.tool === 'pen' && (
        <PenTools tools={tools} onTools={onTools}>
          <Button
            variant="quiet"
            icon={Undo2}
            aria-label={t('presenter.undo')}
            onPress={() => act({ act: 'undo-stroke' })}
          />
          <Button
            variant="quiet"
            icon={Eraser}
            aria-label={t('presenter.clear')}
            onPress={() => act({ act: 'clear-strokes' })}
          />
        </PenTools>
      )}
      <div className="flex items-center justify-between gap-1 @max-lg:w-full">
        <ToolChoice tools={tools} onTools={onTools} />
        {zoomed && (
          <Button
            variant="quiet"
            icon={Maximize}
            aria-label={t('presenter.whole')}
            onPress={() => act({ act: 'zoom', region: { x: 0, y: 0, width: PAGE_UNITS, height: PAGE_UNITS } })}
          />
        )}
        {onDocuments && (
          <Button variant="quiet" icon={Files} aria-label={t('presenter.documents')} onPress={onDocuments} />
        )}
        {people && (
          <Button
            variant="quiet"
            icon={Forward}
            aria-label={t('presenter.handOver')}
            isPending={pending === 'hand-over'}
            onPress={() => setHandsOver(true)}
          />
        )}
        <Button
          variant="danger-quiet"
          aria-label={t('presenter.stop')}
          isPending={pending === 'stop'}
          onPress={() => act({ act: 'stop' })}
        >
          <Icon of={FileX} className="size-5" />
          <span className="@max-lg:hidden">{t('presenter.stopShort')}</span>
        </Button>
      </div>
      <HandOverDialog
        isOpen={handsOver}
        people={people ?? []}
        onClose={() => setHandsOver(false)}
        onHandOver={(peerId) => {
          setHandsOver(false);
          act({ act: 'hand-over', peerId });
        }}
      />
    </Frame>
  );
}

/** In order of the thumb where it is narrow: what is pressed most stands lowest there, and first where it is wide. */
function Frame({ title, className = '', children }: { title: string; className?: string; children: ReactNode }) {
  const { t } = useTranslation('documents');
  return (
    <section aria-label={t('presenter.bar', { title })} className={`@container ${className}`}>
      <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-1 @max-lg:flex-col-reverse @max-lg:flex-nowrap">
        {children}
      </div>
    </section>
  );
}

export function PageWords({ shown: { page, pageCount } }: { shown: Pick<DocumentHeading, 'page' | 'pageCount'> }) {
  const { t } = useTranslation('documents');
  return pageCount === null ? t('presenter.pageUncounted', { page }) : t('presenter.page', { page, pages: pageCount });
}
