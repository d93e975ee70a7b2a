/**
 * At once after the tap: the room sees itself, what is being started, and that it is on its way. Where that takes long, a
 * code for phones and every other way out.
 */
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { START_CANCEL_OFFERED_MS } from '#contract/timing.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import { Picture } from '#stage/picture.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { useTrueFor } from '#ui/use-true-for.ts';
import { listOf } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { PairingCard } from '../frame/pairing-card.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import type { Trouble } from '../frame/troubles.ts';
import type { TrackState } from '../session/room-tracks.ts';
import { waysOut } from './ways-out.ts';

type StartingProps = {
  meetingTitle: string;
  view: ScreenView;
  words: 'connecting' | 'returning' | 'slow' | 'ending';
  /** why the room waits; it asks again by itself */
  waitsFor: ErrorCode | null;
  devices: TrackState;
  troubles: Trouble[];
};

export function StartingScene({ meetingTitle, view, words, waitsFor, devices, troubles }: StartingProps) {
  const { t } = useTranslation('screen');
  const lost = useTrueFor(words === 'returning', START_CANCEL_OFFERED_MS);
  const stuck = words === 'slow' ? 'slow' : lost ? 'lost' : null;
  return (
    <main className="hall relative h-full">
      <Picture stream={devices.ownCamera} fit="cover" mirrored on={devices.camera === 'on'} />
      <TroubleCorner troubles={troubles} className="absolute top-16 left-24" />
      <div
        className={`over-picture absolute inset-x-0 bottom-0 flex flex-col gap-3 pt-24 pb-16 pl-24 ${stuck === null ? 'pr-24' : 'pr-[34rem]'}`}
      >
        <p className="text-tv-name text-ink">{view.state.roomName}</p>
        <h1 className="line-clamp-2 text-tv-title font-semibold">{meetingTitle}</h1>
        {waitsFor !== null && <ErrorWords code={waitsFor} scale="tv" />}
        <p role="status" className="flex items-center gap-5 text-tv-lead">
          {words !== 'ending' && <Spinner className="size-9 text-accent" />}
          {t(`starting.${words}`)}
        </p>
        {stuck !== null && <WaysOut view={view} words={stuck} ends={stuck === 'slow' && waitsFor === null} />}
      </div>
      {stuck !== null && (
        <div className="absolute right-24 bottom-16">
          <PairingCard pairing={view.pairing} />
        </div>
      )}
    </main>
  );
}

function WaysOut({ view, words, ends }: { view: ScreenView; words: 'slow' | 'lost'; ends: boolean }) {
  const { t } = useTranslation('screen');
  const ways = waysOut(view, words).map((way) => t(`starting.way.${way}`));
  if (ways.length > 0)
    return <p className="text-tv-name">{t(`starting.out.${words}`, { ways: listOf(ways, currentLanguage()) })}</p>;
  // a start that waits for something goes on until that is there
  return ends ? <p className="text-tv-name">{t('starting.endsItself')}</p> : null;
}
