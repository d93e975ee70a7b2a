/** On air: how long and for how many, hold and resume, who is shown, and the end. */
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import Square from 'lucide-react/icons/square';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BroadcastDesk } from '#contract/broadcast.ts';
import { Button } from '../button.tsx';
import { ConfirmDialog } from '../dialog.tsx';
import { groupedNumber } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';
import { AirTroubles } from './air-troubles.tsx';
import { OnAirMark } from './on-air-mark.tsx';
import { type AirPerson, StageChoice } from './stage-choice.tsx';
import type { Directing } from './use-directing.ts';

type LiveControlsProps = {
  desk: BroadcastDesk;
  directing: Directing;
  people: readonly AirPerson[] | null;
  /** the page shows the mark of the call already */
  hasMark: boolean;
  clockOffsetMs: number;
};

export function LiveControls({ desk, directing, people, hasMark, clockOffsetMs }: LiveControlsProps) {
  const { t } = useTranslation('broadcast');
  const [isAsked, setAsked] = useState(false);
  const { act, isPending } = directing;
  const isHeld = desk.phase === 'hold';
  return (
    <div className="flex flex-col gap-4">
      {!hasMark && (
        <OnAirMark
          air={{ phase: isHeld ? 'hold' : 'live', liveAtMs: desk.liveAtMs, watching: desk.watching, isRecorded: true }}
          clockOffsetMs={clockOffsetMs}
          className="w-fit rounded-small text-base"
        />
      )}
      <AirTroubles desk={desk} />
      <div className="flex flex-wrap gap-3">
        <Button
          size="large"
          icon={isHeld ? Play : Pause}
          variant={isHeld ? 'primary' : 'plain'}
          className="grow"
          isPending={isPending(isHeld ? 'resume' : 'hold')}
          onPress={() => void act({ name: isHeld ? 'resume' : 'hold' })}
        >
          {t(isHeld ? 'live.resume' : 'live.hold')}
        </Button>
        <Button
          variant="danger"
          size="large"
          icon={Square}
          className="grow"
          isPending={isPending('end')}
          onPress={() => setAsked(true)}
        >
          {t('live.end')}
        </Button>
      </div>
      {isHeld && <p className="text-small text-quiet">{t('live.holdNote')}</p>}
      <StageChoice
        stage={desk.stage}
        people={people}
        isPending={isPending('set-stage')}
        onChoose={(stage) => void act({ name: 'set-stage', stage })}
      />
      {desk.peakWatching > 0 && (
        <p className="text-small text-quiet numerals">
          {t('live.peak', { number: groupedNumber(desk.peakWatching, currentLanguage()) })}
        </p>
      )}
      <ConfirmDialog
        title={t('live.endTitle')}
        body={t('live.endBody', { count: desk.watching, number: groupedNumber(desk.watching, currentLanguage()) })}
        action={t('live.endAction')}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          void act({ name: 'end' });
        }}
      />
    </div>
  );
}
