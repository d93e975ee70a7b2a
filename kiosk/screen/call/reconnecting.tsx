/** Shown over the picture that stands still, not instead of it. */
import { useTranslation } from 'react-i18next';
import { Spinner } from '#ui/progress.tsx';

export function Reconnecting() {
  const { t } = useTranslation('screen');
  return (
    <div role="status" className="absolute inset-x-0 bottom-24 flex animate-appear justify-center">
      <div className="flex items-center gap-7 rounded-card bg-[rgb(15_11_8/0.94)] px-10 py-7 shadow-overlay">
        <Spinner className="size-12 text-warn" />
        <div>
          <p className="text-tv-lead font-semibold">{t('call.reconnecting')}</p>
          <p className="text-tv-name text-quiet">{t('call.reconnectingDetail')}</p>
        </div>
      </div>
    </div>
  );
}
