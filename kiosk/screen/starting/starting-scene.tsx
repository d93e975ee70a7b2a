/** At once after the tap: the room sees itself, what is being started, and that it is on its way. */
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { Picture } from '#stage/picture.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import type { Trouble } from '../frame/troubles.ts';
import type { DevicesState } from '../session/room-devices.ts';

type StartingProps = {
  meetingTitle: string;
  roomName: string;
  words: 'connecting' | 'returning' | 'slow' | 'ending';
  /** why the room waits; it asks again by itself */
  waitsFor: ErrorCode | null;
  devices: DevicesState;
  troubles: Trouble[];
};

export function StartingScene({ meetingTitle, roomName, words, waitsFor, devices, troubles }: StartingProps) {
  const { t } = useTranslation('screen');
  return (
    <main className="hall relative h-full">
      <Picture stream={devices.ownCamera} fit="cover" mirrored on={devices.camera === 'on'} />
      <TroubleCorner troubles={troubles} className="absolute top-16 left-24" />
      <div className="over-picture absolute inset-x-0 bottom-0 flex flex-col gap-3 px-24 pt-24 pb-16">
        <p className="text-tv-name text-ink">{roomName}</p>
        <h1 className="line-clamp-2 text-tv-title font-semibold">{meetingTitle}</h1>
        {waitsFor !== null && <ErrorWords code={waitsFor} scale="tv" />}
        <p role="status" className="flex items-center gap-5 text-tv-lead">
          {words !== 'ending' && <Spinner className="size-9 text-accent" />}
          {words === 'slow' ? t('starting.slow') : t(`starting.${words}`)}
        </p>
      </div>
    </main>
  );
}
