/** What the program sends, judged in words: its picture, small, and how loud it is. */
import CircleCheck from 'lucide-react/icons/circle-check';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { BroadcastDesk } from '#contract/broadcast.ts';
import { Icon } from '../icon.tsx';
import { Bar, Spinner } from '../progress.tsx';
import { meterPercent, soundJudgement } from './air.ts';

type CheckProps = Pick<BroadcastDesk, 'picture' | 'loudnessDb'>;

/** @param previewUrl null: none has come */
export function ProgramPreview({ previewUrl }: { previewUrl: string | null }) {
  const { t } = useTranslation('broadcast');
  return (
    <div className="relative grid aspect-video w-full shrink-0 place-items-center overflow-hidden rounded-control bg-sunken">
      {previewUrl === null ? (
        <Spinner className="size-8 text-accent" />
      ) : (
        <>
          <img src={previewUrl} alt={t('greenRoom.preview')} className="size-full object-contain" />
          <span className="absolute top-2 left-2 rounded-small bg-ink px-2.5 py-1 text-small font-bold text-surface">
            {t('greenRoom.notLive')}
          </span>
        </>
      )}
    </div>
  );
}

export function ProgramCheck({ picture, loudnessDb }: CheckProps) {
  const { t } = useTranslation('broadcast');
  const sound = soundJudgement(loudnessDb);
  const isSoundGood = sound === 'good';
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="flex gap-3 text-base">
        {picture === null ? <Spinner className="mt-0.5 size-5 text-accent" /> : <Judged isGood={picture === 'good'} />}
        <span className="min-w-0">{t(`picture.${picture ?? 'loading'}`)}</span>
      </p>
      {picture !== null && (
        <div className="flex flex-col gap-2">
          <Bar
            label={t('sound.level')}
            percent={meterPercent(loudnessDb)}
            tone={isSoundGood ? 'accent' : 'warn'}
            className="h-3"
          />
          <p className="flex gap-3 text-base">
            <Judged isGood={isSoundGood} />
            <span className="min-w-0">{t(`sound.${sound}`)}</span>
          </p>
        </div>
      )}
    </div>
  );
}

function Judged({ isGood }: { isGood: boolean }) {
  return (
    <Icon
      of={isGood ? CircleCheck : TriangleAlert}
      className={`mt-0.5 size-5 ${isGood ? 'text-accent' : 'text-warn'}`}
    />
  );
}
