/** What went wrong with something that a person asked for, or that the server does not answer; announced as it appears. */
import CircleAlert from 'lucide-react/icons/circle-alert';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { MaruError } from '#contract/error-codes.ts';
import { isOfOtherRelease, NoServer } from '#contract/http/answer.ts';
import { Button } from './button.tsx';
import { ErrorWords } from './error-words.tsx';
import { Icon } from './icon.tsx';

export function ProblemWords({ problem }: { problem: MaruError | null }) {
  const { t } = useTranslation('common');
  return (
    <div role="alert" className="empty:hidden">
      {problem && (
        <div className="flex animate-appear gap-3 rounded-control bg-fault-soft p-4">
          <Icon of={CircleAlert} className="mt-0.5 size-5 text-fault" />
          {problem instanceof NoServer ? (
            <div className="flex flex-col gap-1">
              <p className="font-semibold">{t('noServer.what')}</p>
              <p>{t('noServer.todo')}</p>
            </div>
          ) : isOfOtherRelease(problem) ? (
            <div className="flex flex-col items-start gap-2">
              <p className="font-semibold">{t('otherRelease.what')}</p>
              <p>{t('otherRelease.todo')}</p>
              <Button onPress={() => location.reload()}>{t('otherRelease.action')}</Button>
            </div>
          ) : (
            <ErrorWords code={problem.code} className="gap-1!" />
          )}
        </div>
      )}
    </div>
  );
}

/** What went wrong in one line, for news and forms. */
export function useProblemLine(): (problem: MaruError) => string {
  const { t } = useTranslation('errors');
  return useCallback(
    (problem) => {
      if (problem instanceof NoServer) return t('noServer.what', { ns: 'common' });
      if (isOfOtherRelease(problem)) return t('otherRelease.what', { ns: 'common' });
      return t(`${problem.code}.what`);
    },
    [t],
  );
}
