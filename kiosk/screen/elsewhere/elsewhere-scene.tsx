/** A newer screen shows this room; camera, sound and call are there. */
import { useTranslation } from 'react-i18next';
import MonitorUp from 'lucide-react/icons/monitor-up';
import { Icon } from '#ui/icon.tsx';

export function ElsewhereScene() {
  const { t } = useTranslation('screen');
  return (
    <main className="hall flex h-full flex-col items-center justify-center gap-6 text-center">
      <Icon of={MonitorUp} className="mb-4 size-20 text-quiet" />
      <h1 className="text-tv-title font-semibold">{t('elsewhere.title')}</h1>
      <p className="text-tv-lead text-quiet">{t('elsewhere.detail')}</p>
    </main>
  );
}
