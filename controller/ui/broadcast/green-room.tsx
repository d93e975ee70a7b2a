/** The green room: who is in, what viewers would see and hear, and the one button that puts it on air. */
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import Radio from 'lucide-react/icons/radio';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { useTranslation } from 'react-i18next';
import type { BroadcastDesk } from '#contract/broadcast.ts';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { Icon } from '../icon.tsx';
import { numberedNames } from '../meeting/numbered-names.ts';
import { ProblemWords } from '../problem-words.tsx';
import { dateAndTime } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';
import { AirTroubles } from './air-troubles.tsx';
import { Countdown, useCountdown } from './countdown.tsx';
import { ProgramCheck, ProgramPreview } from './program-check.tsx';
import { type AirPerson, StageChoice } from './stage-choice.tsx';
import type { Directing } from './use-directing.ts';

type GreenRoomProps = {
  /** null: it is being opened */
  desk: BroadcastDesk | null;
  directing: Directing;
  people: readonly AirPerson[] | null;
  previewUrl: string | null;
  clockOffsetMs: number;
  isOpen: boolean;
  /** hides it; the green room stays open */
  onHide: () => void;
};

export function GreenRoom({ desk, directing, people, previewUrl, clockOffsetMs, isOpen, onHide }: GreenRoomProps) {
  const { t } = useTranslation('broadcast');
  const isCounting = desk?.phase === 'countdown';
  const seconds = useCountdown(isCounting ? { liveAtMs: (desk.liveAtMs ?? Number.NaN) - clockOffsetMs } : null);
  const { act, isPending, problem } = directing;
  const picture = desk?.picture ?? null;
  return (
    <Dialog title={t('greenRoom.title')} isOpen={isOpen} onClose={onHide}>
      <p className="-mt-3 text-small text-quiet">{t('greenRoom.lead')}</p>
      <ProgramPreview previewUrl={previewUrl} />
      <ProgramCheck picture={picture} loudnessDb={desk?.loudnessDb ?? null} />
      {desk !== null && <AirTroubles desk={desk} />}
      {desk !== null && (
        <StageChoice
          stage={desk.stage}
          people={people}
          isPending={isPending('set-stage')}
          onChoose={(stage) => void act({ name: 'set-stage', stage })}
        />
      )}
      {people !== null && <WhoIsIn people={people} />}
      <div className="sticky bottom-0 -mx-6 -mb-6 flex flex-col gap-3 border-t border-line bg-raised px-6 pt-4 pb-[max(1.5rem,env(safe-area-inset-bottom))]">
        <ProblemWords problem={problem} />
        {seconds !== null ? (
          <>
            <Countdown seconds={seconds} scale="page" />
            <Button
              size="large"
              isPending={isPending('cancel-countdown')}
              onPress={() => void act({ name: 'cancel-countdown' })}
            >
              {t('greenRoom.cancel')}
            </Button>
          </>
        ) : (
          <>
            {desk?.startsAtMs != null && (
              <p className="text-small text-quiet">
                {t('goesLiveAt', { time: dateAndTime(desk.startsAtMs, currentLanguage()) })}
              </p>
            )}
            <Button
              variant="primary"
              size="large"
              icon={Radio}
              isDisabled={picture === null || picture === 'none'}
              isPending={isPending('start')}
              onPress={() => void act({ name: 'start' })}
            >
              {t('greenRoom.startBroadcast')}
            </Button>
            <div className="flex flex-wrap gap-3">
              <Button variant="quiet" className="grow" onPress={onHide}>
                {t('greenRoom.later')}
              </Button>
              <Button
                variant="quiet"
                className="grow"
                isDisabled={desk === null}
                isPending={isPending('close-green-room')}
                onPress={() => void act({ name: 'close-green-room' })}
              >
                {t('greenRoom.close')}
              </Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}

function WhoIsIn({ people }: { people: readonly AirPerson[] }) {
  const { t } = useTranslation('broadcast');
  const { t: common } = useTranslation('common');
  const names = numberedNames(people, ({ displayName }) => displayName);
  return (
    <div className="flex flex-col gap-1">
      <p className="text-base font-medium">
        {people.length === 0 ? t('greenRoom.aloneInHere') : t('greenRoom.people', { count: people.length })}
      </p>
      <ul className="flex flex-col">
        {people.map(({ peerId, microphone, camera }, index) => (
          <li key={peerId} className="flex items-center gap-3 border-t border-line py-2 first:border-t-0">
            <bdi className="line-clamp-2 min-w-0 flex-1 text-base">{names[index]}</bdi>
            {microphone !== undefined && (
              <Icon
                of={microphone === 'on' ? Mic : MicOff}
                className={microphone === 'on' ? 'size-5' : 'size-5 text-warn'}
              />
            )}
            {camera !== undefined && (
              <Icon
                of={camera === 'on' ? Video : VideoOff}
                className={camera === 'on' ? 'size-5' : 'size-5 text-warn'}
              />
            )}
            {microphone !== undefined && camera !== undefined && (
              <span className="sr-only">{`${common(`microphone.${microphone}`)}, ${common(`camera.${camera}`)}`}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
