/** Before the agent's first message: never a black TV. */
import { useTranslation } from 'react-i18next';
import mark from '#ui/mark.svg';
import { Spinner } from '#ui/progress.tsx';
import { useTrueFor } from '#ui/use-true-for.ts';

/** A page that is loaded anew has its agent before this: no words for so short a time. */
const WORDS_AFTER_MS = 400;

export function BootScene() {
  const { t } = useTranslation('screen');
  const isLong = useTrueFor(true, WORDS_AFTER_MS);
  return (
    <main className="hall flex h-full flex-col items-center justify-center gap-8 text-center">
      <img src={mark} alt="" className="size-28" />
      {isLong && (
        <>
          <h1 className="text-tv-title font-semibold">{t('boot.title')}</h1>
          <p className="flex items-center gap-5 text-tv-lead text-quiet">
            <Spinner className="size-9" />
            {t('boot.detail')}
          </p>
        </>
      )}
    </main>
  );
}
