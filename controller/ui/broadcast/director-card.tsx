/** What a presenter directs by, on the phone, the staff page and in the call: go live, the controls on air, record. */
import Radio from 'lucide-react/icons/radio';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOnAir, type MeetingAir } from '#contract/broadcast.ts';
import { Button } from '../button.tsx';
import { Card } from '../card.tsx';
import { ProblemWords } from '../problem-words.tsx';
import { dateAndTime } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';
import { GreenRoom } from './green-room.tsx';
import { LiveControls } from './live-controls.tsx';
import { RecordingControls } from './recording-controls.tsx';
import type { AirPerson } from './stage-choice.tsx';
import type { Directing } from './use-directing.ts';

type DirectorCardProps = {
  air: MeetingAir;
  directing: Directing;
  /** who is in the call; null: this page does not know */
  people: readonly AirPerson[] | null;
  /** of the green room's program; null: none came yet */
  previewUrl: string | null;
  /** fleet's clock minus this device's */
  clockOffsetMs?: number;
  /** the page shows the call's mark elsewhere */
  hasMark: boolean;
  /** the green room is seen: who is in should be known whole */
  onGreenRoom?: (isOpen: boolean) => void;
  /** planning, below */
  children?: ReactNode;
};

/** Nothing for whoever may neither broadcast nor record. */
export function DirectorCard(props: DirectorCardProps) {
  const { t } = useTranslation('broadcast');
  const { mayBroadcast, mayRecord } = props.air;
  if (!mayBroadcast && !mayRecord) return null;
  return (
    <Card title={t('title')}>
      <Director {...props} />
    </Card>
  );
}

/** The same without its frame, inside a dialog. */
export function Director(props: DirectorCardProps) {
  const { air, directing, people, previewUrl, clockOffsetMs = 0, hasMark, onGreenRoom, children } = props;
  const { t } = useTranslation('broadcast');
  const [wantsGreenRoom, setWantsGreenRoom] = useState(false);
  const { broadcast, recording, mayBroadcast, mayRecord } = air;
  const phase = broadcast?.phase ?? null;
  const onAir = phase !== null && isOnAir(phase);
  const isReady = phase === 'green-room' || phase === 'countdown';
  const { act, isPending, problem } = directing;
  const isOpening = isPending('open-green-room');
  // opened by a press alone; once it is on air, closed or refused, the next press opens it again
  const isOpen = wantsGreenRoom && (isReady || isOpening);
  useEffect(() => {
    if (isReady) return () => setWantsGreenRoom(false);
  }, [isReady]);
  useEffect(() => onGreenRoom?.(isOpen), [isOpen, onGreenRoom]);
  const open = () => {
    setWantsGreenRoom(true);
    // refused, or the person gave up
    if (!isReady) void act({ name: 'open-green-room' }).then((isDone) => isDone || setWantsGreenRoom(false));
  };
  return (
    <>
      <div className="flex flex-col gap-4">
        {!isOpen && <ProblemWords problem={problem} />}
        {mayBroadcast && onAir && (
          <LiveControls
            desk={broadcast!}
            directing={directing}
            people={people}
            hasMark={hasMark}
            clockOffsetMs={clockOffsetMs}
          />
        )}
        {mayBroadcast && !onAir && (
          <div className="flex flex-col gap-2">
            <Button variant="primary" size="large" icon={Radio} className="w-full" isPending={isOpening} onPress={open}>
              {t('goLive')}
            </Button>
            <p role="status" className="text-small text-quiet">
              {isReady ? t('greenRoomOpen') : t('goLiveHint')}
            </p>
            {phase === 'planned' && (
              <p className="text-small font-medium">
                {broadcast?.startsAtMs == null
                  ? t('plannedByHand')
                  : t('plannedFor', { time: dateAndTime(broadcast.startsAtMs, currentLanguage()) })}
              </p>
            )}
          </div>
        )}
        {mayRecord && !onAir && <RecordingControls recording={recording} directing={directing} />}
        {onAir && <p className="text-small text-quiet">{t('record.byBroadcast')}</p>}
        {children}
      </div>
      <GreenRoom
        desk={isReady ? broadcast : null}
        directing={directing}
        people={people}
        previewUrl={previewUrl}
        clockOffsetMs={clockOffsetMs}
        isOpen={isOpen}
        onHide={() => setWantsGreenRoom(false)}
      />
    </>
  );
}
