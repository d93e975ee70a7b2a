/** Nobody meets: the clock, the room's name, whether the meeting is under way, and how to take control. */
import { useTranslation } from 'react-i18next';
import type { RoomMeeting } from '#contract/room-state.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { clockTime, dayAndDate } from '#ui/words/format.ts';
import { stepAside, useMinute } from '../frame/clock.ts';
import { PairingCard } from '../frame/pairing-card.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import type { Trouble } from '../frame/troubles.ts';

export function IdleScene({ view, troubles }: { view: ScreenView; troubles: Trouble[] }) {
  const nowMs = useMinute();
  const { xRem, yRem } = stepAside(nowMs);
  const language = currentLanguage();
  return (
    <main className="hall relative h-full">
      <div className="hall-floor" />
      <div className="absolute inset-0" style={{ translate: `${xRem}rem ${yRem}rem` }}>
        <h1
          className={`absolute top-20 left-24 line-clamp-2 text-tv-title font-semibold ${troubles.length > 0 ? 'max-w-[54rem]' : 'max-w-[96rem]'}`}
        >
          {view.state.roomName}
        </h1>
        <div className="absolute top-[20rem] left-24 max-w-[80rem]">
          <time className="block text-tv-clock font-semibold tracking-[-0.03em]">{clockTime(nowMs, language)}</time>
          <p className="mt-3 text-tv-lead text-quiet">{dayAndDate(nowMs, language)}</p>
          <Meeting meeting={view.state.meeting} />
        </div>
        <div className="absolute right-24 bottom-16">
          <PairingCard pairing={view.pairing} />
        </div>
        <TroubleCorner troubles={troubles} className="absolute top-16 right-24 w-[48rem]" />
      </div>
    </main>
  );
}

function Meeting({ meeting }: { meeting: RoomMeeting | null }) {
  const { t } = useTranslation('screen');
  if (meeting === null) return <p className="mt-14 text-tv-lead">{t('idle.noMeeting')}</p>;
  if (!meeting.underWay) {
    return (
      <div className="mt-14 flex items-start gap-6">
        <span aria-hidden="true" className="mt-5 size-5 shrink-0 rounded-full border-[0.25rem] border-accent" />
        <div>
          <p className="text-tv-lead font-semibold text-accent">{t('idle.free')}</p>
          <p className="text-tv-name text-ink">{t('idle.startHint')}</p>
        </div>
      </div>
    );
  }
  return (
    <div className="mt-14 flex items-start gap-6">
      <span aria-hidden="true" className="mt-5 size-5 shrink-0 rounded-full bg-accent" />
      <div>
        <p className="text-tv-lead font-semibold text-accent">{t('idle.underWay')}</p>
        <p className="line-clamp-2 text-tv-lead">{meeting.title}</p>
        <p className="text-tv-name text-quiet">{t('idle.waiting', { count: meeting.participantCount })}</p>
      </div>
    </div>
  );
}
