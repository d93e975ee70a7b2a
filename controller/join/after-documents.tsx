/** Documents that were kept with the meeting, for its guests: opened one at a time, page by page, by the same link. */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import Download from 'lucide-react/icons/download';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GuestRecordDocument } from '#contract/http/guest-record-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { saveFile } from './save-file.ts';

type ReadPage = (documentId: string, page: number) => Promise<Blob>;
type AfterDocumentsProps = { documents: readonly GuestRecordDocument[]; readPage: ReadPage };

export function AfterDocuments({ documents, readPage }: AfterDocumentsProps) {
  const { t } = useTranslation('join');
  const [openId, setOpenId] = useState<string | null>(null);
  return (
    <Card title={t('after.documents')}>
      <p className="mb-3 text-small text-quiet">{t('after.documentsLead')}</p>
      <ul className="flex flex-col gap-3">
        {documents.map((document) => {
          const { documentId, title, pageCount } = document;
          const isOpen = documentId === openId;
          return (
            <li key={documentId} className="flex flex-col gap-3 border-t border-line pt-3 first:border-0 first:pt-0">
              <div className="flex items-center gap-3">
                <p className="flex min-w-0 flex-1 flex-col">
                  <bdi className="text-base font-medium wrap-anywhere">{title}</bdi>
                  <span className="numerals text-small text-quiet">{t('after.pages', { count: pageCount })}</span>
                </p>
                <Button
                  aria-label={t(isOpen ? 'after.close' : 'after.open', { title })}
                  aria-expanded={isOpen}
                  onPress={() => setOpenId(isOpen ? null : documentId)}
                >
                  {t(isOpen ? 'after.closeShort' : 'after.openShort')}
                </Button>
              </div>
              {isOpen && <OpenDocument document={document} readPage={readPage} />}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

type Shown = { page: number; file: Blob; url: string };

function OpenDocument({
  document: { documentId, title, pageCount },
  readPage,
}: {
  document: GuestRecordDocument;
  readPage: ReadPage;
}) {
  const { t } = useTranslation('join');
  const [page, setPage] = useState(1);
  const [shown, setShown] = useState<Shown | null>(null);
  const { run, problem } = useAsyncAction();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` and `readPage` are new at each rendering
  useEffect(() => {
    let isLeft = false;
    let url: string | null = null;
    void run(() => readPage(documentId, page)).then((file) => {
      if (file === null || isLeft) return;
      url = URL.createObjectURL(file);
      setShown({ page, file, url });
    });
    return () => {
      isLeft = true;
      setShown(null);
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [documentId, page]);
  const isThere = shown !== null && shown.page === page;
  return (
    <div className="flex flex-col gap-3">
      {isThere ? (
        <img
          src={shown.url}
          alt={t('after.page', { title, page, pages: pageCount })}
          className="w-full rounded-md border border-line bg-white"
        />
      ) : (
        !problem && (
          <p role="status" className="py-16 text-center text-base text-quiet">
            {t('after.pageComes')}
          </p>
        )
      )}
      <ProblemWords problem={problem} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          icon={ChevronLeft}
          aria-label={t('after.previous')}
          isDisabled={page === 1}
          onPress={() => setPage(page - 1)}
        />
        <span className="numerals text-base" aria-live="polite">
          {t('after.pageShort', { page, pages: pageCount })}
        </span>
        <Button
          icon={ChevronRight}
          aria-label={t('after.next')}
          isDisabled={page === pageCount}
          onPress={() => setPage(page + 1)}
        />
        <Button
          icon={Download}
          isDisabled={!isThere}
          onPress={() => isThere && saveFile(shown.file, `${title} ${page}.webp`)}
        >
          {t('after.savePage')}
        </Button>
      </div>
    </div>
  );
}
