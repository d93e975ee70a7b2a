/** In place of a broadcast: why there is none, and the way to the list. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { pagePaths } from '#contract/http/page-paths.ts';
import { Spinner } from '#ui/progress.tsx';

/** the list, also where exactly one is live */
export const ALL = `~${pagePaths.watch}#all`;

type PageMessageProps = { title: string; lead: string; isWaiting?: boolean; children?: ReactNode };

export function PageMessage({ title, lead, isWaiting = false, children }: PageMessageProps) {
  const { t } = useTranslation('watch');
  return (
    <main className="mx-auto flex w-full max-w-xl flex-1 flex-col justify-center gap-4 px-6 pb-24">
      <h1 className="text-title font-bold">{title}</h1>
      <p role="status" className="flex items-center gap-3 text-base text-quiet">
        {isWaiting && <Spinner className="size-5" />}
        {lead}
      </p>
      {children}
      <Link href={ALL} className="w-fit rounded-control bg-lifted px-5 py-3 text-base font-semibold">
        {t('all')}
      </Link>
    </main>
  );
}
