/** That the call is on air or recorded, for everybody in it. Words and a shape beside the colour, which means nothing else. */
import Circle from 'lucide-react/icons/circle';
import Pause from 'lucide-react/icons/pause';
import Radio from 'lucide-react/icons/radio';
import { useTranslation } from 'react-i18next';
import type { CallAir } from '#contract/broadcast.ts';
import { Icon } from '../icon.tsx';
import { useNow } from '../use-now.ts';
import { groupedNumber } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';
import { airTime, markOf } from './air.ts';

type MarkProps = {
  air: CallAir;
  /** fleet's clock minus this device's, where it is known */
  clockOffsetMs?: number;
  /** sets place and size of type */
  className?: string;
};

export function OnAirMark({ air, clockOffsetMs = 0, className = '' }: MarkProps) {
  const { t } = useTranslation('broadcast');
  const mark = markOf(air);
  const isHeld = air.phase === 'hold';
  const nowMs = useNow(1_000, mark === 'on-air') + clockOffsetMs;
  if (mark === null) return null;
  const isOnAir = mark === 'on-air';
  const time = air.liveAtMs === null ? null : airTime(nowMs - air.liveAtMs);
  const count = air.watching;
  return (
    <div
      role="note"
      aria-label={t(isOnAir ? 'mark.onAir' : 'mark.recording')}
      className={`flex items-center gap-[0.5em] bg-live-fill px-[0.75em] py-[0.2em] font-bold text-live-ink ${className}`}
    >
      <Icon
        of={isHeld ? Pause : isOnAir ? Radio : Circle}
        className={`size-[1.1em] ${isOnAir ? '' : 'fill-current'}`}
      />
      <span className="whitespace-nowrap numerals">
        {isOnAir
          ? [t(isHeld ? 'mark.hold' : 'mark.live'), time].filter((word) => word !== null).join(' ')
          : t('mark.rec')}
        {isOnAir &&
          count !== null &&
          ` · ${t('mark.watching', { count, number: groupedNumber(count, currentLanguage()) })}`}
      </span>
    </div>
  );
}
