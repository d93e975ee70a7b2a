/**
 * A call runs: the stage over the whole TV, and over it only the notices. The stage has the region. Drawn
 * out of sight before the room is in, so that a tap has little left to draw.
 */
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallPhase, CallState } from '#call/call-state.ts';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { MAX_TILES, TILES_PER_PAGE } from '#contract/limits.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import { NO_TRANSCRIPT } from '#contract/transcript.ts';
import { hasPicture, People, peopleAhead } from '#stage/people.ts';
import { Stage } from '#stage/stage.tsx';
import { useOfDocument } from '#stage/stage-document.ts';
import type { StageWords } from '#stage/stage-person.ts';
import { Countdown, useCountdown } from '#ui/broadcast/countdown.tsx';
import { markOf } from '#ui/broadcast/air.ts';
import { OnAirMark } from '#ui/broadcast/on-air-mark.tsx';
import { Caption } from '#ui/captions/caption.tsx';
import { TranscriptMark } from '#ui/captions/transcript-mark.tsx';
import { useCallCaption } from '#ui/captions/use-call-caption.ts';
import { callTime } from '#ui/agenda/call-time.ts';
import { ToastRegion } from '#ui/toast.tsx';
import { useDocumentWords } from '#ui/use-document-words.ts';
import { AlonePanel } from '../alone/alone-panel.tsx';
import { useMinute, useShownAfter } from '../frame/clock.ts';
import { PairingCorner } from '../frame/pairing-card.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import { ofNoCall, type Trouble } from '../frame/troubles.ts';
import type { TrackState } from '../session/room-tracks.ts';
import type { ScreenSession } from '../session/screen-session.ts';
import { CallBar } from './call-bar.tsx';
import { CallTimeNotice } from './call-time-notice.tsx';
import { PollBoard } from './poll-board.tsx';
import { Reconnecting } from './reconnecting.tsx';
import { useAirToast } from './use-air-toast.ts';
import { useDocumentNews } from './use-document-news.ts';
import { useExtensionNews } from './use-extension-news.ts';
import { useChatNews, useHandNews } from './use-newest-news.ts';
import { useRoomNews } from './use-room-news.ts';
import { WaitingMark } from './waiting-mark.tsx';

/** From this many device pixels on, a chosen grid shows more people at once. */
const TALL_SCREEN_PX = 2_000;
const GAP_PART_OF_HEIGHT = 1 / 90;
/** A trouble is shown in full this long, then in short, where the picture does not show it by itself. */
const IN_FULL_MS = 12_000;

type CallSceneProps = {
  session: ScreenSession;
  /** null: not in yet. It is covered, or seen without names from the start on */
  phase: Extract<CallPhase, { name: 'joined' }> | null;
  selfPeerId: string;
  call: CallState;
  view: ScreenView;
  devices: TrackState;
  /** a laptop on the room's HDMI input */
  shownInput: MediaStream | null;
  troubles: Trouble[];
  /** a phone has asked for it */
  showsCode: boolean;
  /** a phone has not turned them off */
  wantsCaptions: boolean;
};

export function CallScene(props: CallSceneProps) {
  const { session, phase, selfPeerId, call, view, devices, shownInput, troubles, showsCode, wantsCaptions } = props;
  const { t } = useTranslation(['screen', 'common', 'stage']);
  const [people] = useState(() => new People());
  const all = phase === null ? peopleAhead(call.streams, selfPeerId) : call.participants;
  const participants = useMemo(() => all.filter(hasPicture), [all]);
  const { stagePage } = view.state;
  const layout = view.state.layout === 'unknown' ? 'auto' : view.state.layout;
  const shown = people.follow({
    participants,
    streams: call.streams,
    selfPeerId,
    ownCamera: devices.ownCamera,
    ownMicrophone: phase === null ? null : devices.microphone,
    ownScreen: shownInput,
  });
  const words = useMemo(
    (): StageWords => ({
      muted: t('common:microphone.muted'),
      away: t('common:connection.away'),
      speaking: t('screen:call.speaking'),
      handUp: t('stage:handUp'),
      guest: t('stage:guest'),
      screenOf: (name) => t('screen:call.screenOf', { name }),
    }),
    [t],
  );
  const documentWords = useDocumentWords();
  const { inCall, pages } = session.documents;
  const document = useMemo(
    () => ({ shown: inCall, pictures: pages, words: documentWords }),
    [inCall, pages, documentWords],
  );
  const showsDocument = useOfDocument(inCall, () => true) ?? false;
  const documentNews = useDocumentNews(inCall, call, phase !== null);
  const news = useRoomNews(participants, phase === null ? null : selfPeerId);
  const chatNews = useChatNews(call.chat, phase === null ? null : selfPeerId);
  const handNews = useHandNews(call.participants, phase === null ? null : selfPeerId);
  const poll = phase === null ? undefined : call.polls.findLast(({ isShown }) => isShown);
  const air = phase === null ? OFF_AIR : call.air;
  const transcript = phase === null ? NO_TRANSCRIPT : call.transcript;
  const airNews = useAirToast(phase === null ? null : call.air, phase === null ? null : transcript);
  const showsCaptions = transcript.isOn && wantsCaptions;
  const caption = useCallCaption(showsCaptions ? call.captions : null);
  const hasMark = markOf(air) !== null || transcript.isOn;
  const nowMs = useMinute();
  const bookingId = view.state.phase.name === 'in-call' ? view.state.phase.bookingId : null;
  const time = callTime(view.projections.agenda, bookingId, nowMs);
  const extension = useExtensionNews(view.projections.agenda, bookingId);
  const isAlone = participants.length <= 1 && shownInput === null && !showsDocument;
  // phones of before have lost their way while the fleet is gone
  const needsCode = showsCode || (participants.length > 1 && view.state.notices.includes('fleet-unreachable'));
  const inFull = useShownAfter([phase === null, ...troubles].join(), IN_FULL_MS);
  // afterwards the plate of the own picture shows a missing camera
  const told = inFull ? troubles : troubles.filter((trouble) => !trouble.startsWith('camera') && !ofNoCall(trouble));
  const tall = window.innerHeight * window.devicePixelRatio >= TALL_SCREEN_PX;
  const tellPageCount = useCallback((pageCount: number) => session.reportPageCount(pageCount), [session]);
  const tellRank = useCallback((isNewest: boolean) => session.reportDocumentRank(isNewest), [session]);
  const show = useCallback<NonNullable<Parameters<typeof Stage>[0]['onView']>>(
    (seen) => session.call.show(seen),
    [session],
  );
  return (
    <main className={`relative h-full bg-sunken ${showsCaptions ? 'pb-32' : ''}`}>
      <Stage
        label={t('screen:call.stage')}
        people={shown}
        selfPeerId={selfPeerId}
        activeSpeakerPeerId={call.activeSpeakerPeerId}
        layout={layout}
        page={stagePage}
        tilesPerPage={layout === 'grid' && tall ? MAX_TILES : TILES_PER_PAGE}
        gapPx={Math.round(window.innerHeight * GAP_PART_OF_HEIGHT)}
        words={words}
        document={phase === null ? null : document}
        onView={show}
        onPageCount={phase === null ? undefined : tellPageCount}
        onDocumentRank={phase === null ? undefined : tellRank}
      />
      {phase !== null && isAlone && <AlonePanel pairing={view.pairing} meetingTitle={phase.meetingTitle} />}
      {needsCode && !(phase !== null && isAlone) && view.pairing !== null && (
        <div className="absolute right-8 bottom-8">
          <PairingCorner pairing={view.pairing} forProof={showsCode} />
        </div>
      )}
      {poll !== undefined && (
        <div className="pointer-events-none absolute top-24 bottom-8 left-8 flex items-end">
          <PollBoard poll={poll} />
        </div>
      )}
      {showsCaptions && (
        <Caption
          cue={caption}
          // the stage leaves a place of its own, so that no name and no page of a document is covered
          className="pointer-events-none absolute inset-x-16 bottom-2 h-28 items-center"
          boxClassName="max-w-[96rem] text-tv-lead"
        />
      )}
      <AirOverlay air={air}>
        <TranscriptMark transcript={transcript} className="rounded-b-control text-tv-small" />
      </AirOverlay>
      {/* below the marks, which stay while they come and go */}
      <div className={`pointer-events-none absolute inset-x-0 ${hasMark ? 'top-14' : 'top-0'}`}>
        <CallBar
          state={view.state}
          equipment={view.projections.equipment}
          timeZone={view.projections.agenda?.timeZone}
          meetingTitle={phase?.meetingTitle ?? ''}
          participantCount={participants.length}
        />
        <TroubleCorner
          troubles={told}
          equipment={view.projections.equipment}
          brief={!inFull}
          className="absolute top-24 left-8"
        />
        <div className="absolute top-6 right-8 flex max-w-[48rem] flex-col items-end gap-4">
          {time !== null && <CallTimeNotice time={time} timeZone={view.projections.agenda?.timeZone} nowMs={nowMs} />}
          <WaitingMark waiting={phase === null ? null : view.waiting} />
          <ToastRegion
            current={airNews ?? documentNews ?? extension ?? handNews ?? chatNews ?? news}
            className="text-tv-small"
          />
        </div>
      </div>
      {phase?.connection === 'reconnecting' && <Reconnecting />}
    </main>
  );
}

/** A thin frame, the marks and, before it, the countdown: everybody in the room knows, from every seat. */
function AirOverlay({ air, children }: { air: CallAir; children: ReactNode }) {
  const seconds = useCountdown(air.phase === 'countdown' ? air : null);
  const mark = markOf(air);
  return (
    <div className="pointer-events-none absolute inset-0">
      {mark === 'on-air' && <div className="absolute inset-0 border-8 border-live-fill" />}
      <div className="absolute inset-x-0 top-0 flex justify-center gap-4">
        <OnAirMark air={air} className="rounded-b-control text-tv-name" />
        {children}
      </div>
      {seconds !== null && (
        <div className="absolute inset-0 grid place-items-center">
          <div className="rounded-card bg-[rgb(15_11_8/0.92)] px-20 py-12 shadow-overlay">
            <Countdown seconds={seconds} scale="tv" />
          </div>
        </div>
      )}
    </div>
  );
}
