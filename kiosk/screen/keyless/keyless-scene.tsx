/** The agent does not know this page as its screen: a shell that hands no key over, or an address without one. */
import { useTranslation } from 'react-i18next';
import KeyRound from 'lucide-react/icons/key-round';
import { Icon } from '#ui/icon.tsx';

export function KeylessScene() {
  const { t } = useTranslation('screen');
  return (
    <main className="hall flex h-full flex-col justify-center gap-6 px-24">
      <Icon of={KeyRound} className="mb-4 size-20 text-warn" />
      <h1 className="text-tv-title font-semibold">{t('keyless.title')}</h1>
      <p className="text-tv-lead">{t('keyless.meaning')}</p>
      <p className="text-tv-lead text-quiet">{t('keyless.todo')}</p>
    </main>
  );
}
