/** Before the agent was heard for the first time: never a black TV. */
import { useTranslation } from 'react-i18next';
import mark from '#ui/mark.svg';
import { Spinner } from '#ui/progress.tsx';

export function BootScene() {
  const { t } = useTranslation('screen');
  return (
    <main className="hall flex h-full flex-col items-center justify-center gap-8 text-center">
      <img src={mark} alt="" className="size-28" />
      <h1 className="text-tv-title font-semibold">{t('boot.title')}</h1>
      <p className="flex items-center gap-5 text-tv-lead text-quiet">
        <Spinner className="size-9" />
        {t('boot.detail')}
      </p>
    </main>
  );
}
