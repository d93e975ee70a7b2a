/** What a guest presents with, below the stage: the bar, all pages, and the keys of a laptop. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentAct, DocumentHeading } from '#contract/shared-document.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import type { HandOverPerson } from '#ui/documents/hand-over-dialog.tsx';
import { PageThumbnail } from '#ui/documents/page-thumbnail.tsx';
import { PageThumbnails } from '#ui/documents/page-thumbnails.tsx';
import { PresenterBar, type PresenterBarProps } from '#ui/documents/presenter-bar.tsx';
import type { Guest } from '../guest.ts';
import { usePageKeys } from './use-page-keys.ts';

type PresentingProps = Pick<PresenterBarProps, 'pending' | 'tools' | 'onTools'> & {
  guest: Guest;
  shown: DocumentHeading;
  isPresenter: boolean;
  people: readonly HandOverPerson[];
  act: (act: DocumentAct) => void;
  onDocuments: () => void;
};

export function Presenting({ guest, shown, isPresenter, people, act, onDocuments, ...bar }: PresentingProps) {
  const { t } = useTranslation('documents');
  const { t: common } = useTranslation('common');
  const [overview, setOverview] = useState(false);
  const { documentId, page, pageCount } = shown;
  usePageKeys({ isPresenter, page, pageCount, act });
  return (
    <>
      <PresenterBar
        shown={shown}
        isPresenter={isPresenter}
        people={people}
        act={act}
        onThumbnails={() => setOverview(true)}
        onDocuments={onDocuments}
        className="px-3 pt-2 sm:px-5"
        {...bar}
      />
      <Dialog
        title={t('presenter.thumbnails')}
        isOpen={overview && isPresenter}
        onClose={() => setOverview(false)}
        className="sm:max-w-2xl!"
      >
        <PageThumbnails
          pageCount={pageCount ?? page}
          page={page}
          className="sm:grid-cols-4"
          onPage={(to) => {
            setOverview(false);
            act({ act: 'turn-page', page: to });
          }}
          thumbnail={(each) => <PageThumbnail pages={guest.document.pages} documentId={documentId} page={each} />}
        />
        <Button size="large" onPress={() => setOverview(false)}>
          {common('close')}
        </Button>
      </Dialog>
    </>
  );
}
