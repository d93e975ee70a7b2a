/** The words beside a document on the stage, in the page's language. The page brings the namespace `stage`. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentWords } from '#stage/stage-document.ts';

export function useDocumentWords(): DocumentWords {
  const { t } = useTranslation('stage');
  return useMemo(
    () => ({
      region: t('document.region'),
      page: (title, page, pages) =>
        pages === null ? t('document.pageUncounted', { title, page }) : t('document.page', { title, page, pages }),
      pageNumber: (page, pages) =>
        pages === null ? t('document.numberUncounted', { page }) : t('document.number', { page, pages }),
      presents: (name) => t('document.presents', { name }),
      loading: t('document.loading'),
      failed: t('document.failed'),
      broken: t('document.broken'),
      unreachable: t('document.unreachable'),
    }),
    [t],
  );
}
