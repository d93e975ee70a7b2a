/** Over the own picture while nobody else is in the call: that the room waits, and how others come in. */
import { useTranslation } from 'react-i18next';
import type { ScreenView } from '#contract/screen-link.ts';
import { PairingCard } from '../frame/pairing-card.tsx';

export function AlonePanel({ pairing, meetingTitle }: { pairing: ScreenView['pairing']; meetingTitle: string }) {
  const { t } = useTranslation('screen');
  return (
    <>
      <div className="over-picture pointer-events-none absolute inset-x-0 bottom-0 px-24 pt-24 pb-16">
        <p className="line-clamp-1 max-w-[78rem] text-tv-name text-ink">{meetingTitle}</p>
        <h2 className="mt-1 text-tv-title font-semibold">{t('alone.title')}</h2>
        <p className="mt-2 text-tv-lead">{t('alone.howTo')}</p>
      </div>
      <div className="absolute right-24 bottom-16">
        <PairingCard pairing={pairing} forLaptops forGuests />
      </div>
    </>
  );
}
