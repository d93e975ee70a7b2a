/** After a call: thanks, how long, and the one question that the phone answers. */
import { useTranslation } from 'react-i18next';
import type { RoomPhase } from '#contract/room-state.ts';
import { spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

export function EndedScene({ phase, roomName }: { phase: Extract<RoomPhase, { name: 'ended' }>; roomName: string }) {
  const { t } = useTranslation('screen');
  const duration = spokenDuration(phase.durationMs, currentLanguage());
  return (
    <main className="hall relative h-full">
      <div className="hall-floor" />
      <div className="absolute inset-x-24 top-20">
        <p className="line-clamp-1 text-tv-name text-quiet">{roomName}</p>
      </div>
      <div className="absolute inset-x-24 top-[20rem] flex flex-col gap-5">
        <h1 className="text-tv-title font-semibold">{t(`ended.${phase.reason}`)}</h1>
        <p className="line-clamp-1 text-tv-lead text-quiet">{phase.meetingTitle}</p>
        <p className="text-tv-lead">
          {t('ended.thanks')} {t('ended.duration', { duration })}
        </p>
        <div className="mt-12 w-fit rounded-card bg-raised px-10 py-8">
          {phase.feedback === null ? (
            <>
              <p className="text-tv-lead font-semibold">{t('ended.question')}</p>
              <p className="text-tv-name text-quiet">{t('ended.answerOnPhone')}</p>
            </>
          ) : (
            <p className="text-tv-lead font-semibold">
              {t(phase.feedback === 'good' ? 'ended.answeredGood' : 'ended.answeredBad')}
            </p>
          )}
        </div>
      </div>
    </main>
  );
}
