/** IT's picture on an idle TV, beside it what a person at the door looks for: room, time, whether it is free, the code. */
import { useTranslation } from 'react-i18next';
import { type ScreenView, SIGNAGE_PATH } from '#contract/screen-link.ts';
import type { RoomDay } from '#ui/agenda/room-day.ts';
import { useBookingWords } from '#ui/agenda/use-booking-words.ts';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { stepAside } from '../frame/clock.ts';
import { PairingCard } from '../frame/pairing-card.tsx';
import { IdleNotice, noticeAt } from './notice.tsx';

type PictureSceneProps = { view: ScreenView; signageKey: string; day: RoomDay | null; nowMs: number };

export function PictureScene({ view, signageKey, day, nowMs }: PictureSceneProps) {
  const { t } = useTranslation('screen');
  const words = useBookingWords(day?.timeZone);
  const { xRem, yRem } = stepAside(nowMs);
  const notice = noticeAt(nowMs, view.idle);
  return (
    <main className="hall relative h-full">
      <div className="absolute inset-0 flex gap-14 px-20 py-16" style={{ translate: `${xRem}rem ${yRem}rem` }}>
        <div className="flex min-w-0 flex-1 flex-col justify-center gap-8">
          <img
            key={signageKey}
            src={`${SIGNAGE_PATH}${signageKey}.webp`}
            alt=""
            className="min-h-0 w-full flex-initial rounded-card object-contain"
          />
          {notice && <IdleNotice notice={notice} />}
        </div>
        <aside className="flex w-[25rem] shrink-0 flex-col">
          <p className="text-tv-title font-semibold numerals">{clockTime(nowMs, currentLanguage(), day?.timeZone)}</p>
          <h1 className="mt-2 line-clamp-3 text-tv-lead font-semibold wrap-anywhere">{view.state.roomName}</h1>
          <p className="mt-4 line-clamp-4 text-tv-name text-accent">{day ? words.holds(day.now) : t('idle.free')}</p>
          <div className="mt-auto">
            <PairingCard pairing={view.pairing} />
          </div>
        </aside>
      </div>
    </main>
  );
}
