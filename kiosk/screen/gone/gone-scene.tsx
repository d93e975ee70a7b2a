/** The agent has not answered for a while, and no call is running: shown in words until it is back. */
import { useTranslation } from 'react-i18next';
import RotateCw from 'lucide-react/icons/rotate-cw';
import { Icon } from '#ui/icon.tsx';

export function GoneScene() {
  const { t } = useTranslation('screen');
  return (
    <main className="hall flex h-full flex-col justify-center gap-6 px-24">
      <Icon of={RotateCw} className="mb-4 size-20 text-warn" />
      <h1 className="text-tv-title font-semibold">{t('gone.title')}</h1>
      <p className="text-tv-lead">{t('gone.meaning')}</p>
      <p className="text-tv-lead text-quiet">{t('gone.todo')}</p>
    </main>
  );
}
