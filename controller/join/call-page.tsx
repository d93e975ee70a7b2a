/**
 * The call: the stage, the bar of controls, and the notices over them. Drawn out of sight before the guest is in, so
 * that Join has little left to draw: the pictures' elements wait for the first frame, not the frame for them.
 */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import LayoutGrid from 'lucide-react/icons/layout-grid';
import VolumeX from 'lucide-react/icons/volume-x';
import UserSquare from 'lucide-react/icons/square-user';
import { memo, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallPhase, CallState } from '#call/call-state.ts';
import type { Right } from '#contract/call-order.ts';
import type { MicrophoneState } from '#contract/room-state.ts';
import type { View } from '#contract/signaling.ts';
import { hasPicture, People, peopleAhead, soundsOf } from '#stage/people.ts';
import { RemoteAudio, SOUND_AFTER_MS } from '#stage/remote-audio.tsx';
import { Stage } from '#stage/stage.tsx';
import type { StageWords } from '#stage/stage-person.ts';
import { AirStrip } from '#ui/broadcast/air-strip.tsx';
import { Button } from '#ui/button.tsx';
import { Caption } from '#ui/captions/caption.tsx';
import { TranscriptMark } from '#ui/captions/transcript-mark.tsx';
import { useCallCaption } from '#ui/captions/use-call-caption.ts';
import { useCaptionsChoice } from '#ui/captions/use-captions-choice.ts';
import { Icon } from '#ui/icon.tsx';
import { useWaiting } from '#ui/meeting/use-waiting.ts';
import { WaitingRegion } from '#ui/meeting/waiting-region.tsx';
import { useProblemLine } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { ToastRegion } from '#ui/toast.tsx';
import { useTrueFor } from '#ui/use-true-for.ts';
import { elapsed } from '#ui/words/format.ts';
import { BlockedNotice } from './blocked-notice.tsx';
import { BelowStage, WithdrawnNotice } from './document-notices.tsx';
import { FileDrop } from './file-drop.tsx';
import { useCallActs } from './call-acts.ts';
import { PollOverStage } from './poll-over-stage.tsx';
import { ChatPanel } from './chat-panel.tsx';
import { GuestControlBar } from './guest-control-bar.tsx';
import { HostButtons } from './host-buttons.tsx';
import type { GuestDevicesState } from './guest-devices.ts';
import type { Guest } from './guest.ts';
import { ShareSheet } from './share-sheet.tsx';
import { useDeviceNews } from './use-device-news.ts';
import { NotesBeside, NotesButton, useCallNotes } from './call-notes.tsx';
import { useCallNews } from './use-call-news.ts';
import { useChatReads } from './use-chat-reads.ts';
import { useChat } from './use-chat.ts';
import { useEarlierChat } from './use-earlier-chat.ts';
import { useDocuments } from './use-documents.ts';
import { usePoll } from './use-poll.ts';
import { useScreenShare } from './use-screen-share.ts';

type CallPageProps = {
  guest: Guest;
  call: CallState;
  /** null: not in yet. It is covered, or seen without names from the press on */
  phase: Extract<CallPhase, { name: 'joined' }> | null;
  selfPeerId: string;
  title: string;
  /** of a member, who can invite and admit; null: a guest */
  meetingId: string | null;
  devices: GuestDevicesState;
};

export const CallPage = memo(function CallPage(props: CallPageProps) {
  const { guest, call, phase, selfPeerId, title, meetingId, devices } = props;
  const { t } = useTranslation('join');
  const [page, setPage] = useState(0);
  const [pageCount, setPageCount] = useState(1);
  const [layout, setLayout] = useState<'auto' | 'grid'>('auto');
  const news = useCallNews(call, phase === null ? null : selfPeerId);
  const { add } = news;
  const tellShareFailed = useCallback(() => add({ words: t('call.shareFailed'), tone: 'warn' }), [add, t]);
  useDeviceNews(devices, phase !== null, add);
  const [silenced, setSilenced] = useState(false);
  const screen = useScreenShare(guest.call, call.local.sharesScreen, tellShareFailed);
  const mayShareScreen = call.permissions?.publishes.includes('screen') ?? true;
  const share = useMemo(() => ({ ...screen, possible: screen.possible && mayShareScreen }), [screen, mayShareScreen]);
  const acts = useCallActs(guest.call, add);
  const chat = useChat(call.chat, selfPeerId);
  const poll = usePoll(call.polls);
  const [wantsCaptions, setWantsCaptions] = useCaptionsChoice();
  const showsCaptions = wantsCaptions && call.transcript.isOn && phase !== null;
  const caption = useCallCaption(showsCaptions ? call.captions : null);
  const captions = useMemo(
    () => (call.transcript.isOn ? { areShown: wantsCaptions, setShown: setWantsCaptions } : null),
    [call.transcript.isOn, wantsCaptions, setWantsCaptions],
  );
  const nameable = useMemo(
    () =>
      call.participants
        .filter(({ peerId, peerKind }) => peerId !== selfPeerId && peerKind !== 'program')
        .map(({ peerId, displayName }) => ({ id: peerId, name: displayName })),
    [call.participants, selfPeerId],
  );
  const readOlderInCall = useCallback(() => guest.call.readOlderChat(), [guest]);
  const earlier = useEarlierChat({
    meetingId,
    isOpen: chat.isOpen && phase !== null,
    inCall: call.chat,
    recalledIds: call.recalledChat,
    selfPeerId,
    readOlderInCall,
    onFailed: acts.report,
  });
  const notes = useCallNotes(acts.report);
  const chatReads = useChatReads(guest.call, meetingId);
  const rights = call.permissions?.rights ?? NO_RIGHTS;
  const waiting = useWaiting(phase !== null && rights.includes('admit') ? meetingId : null, true);
  const lineOf = useProblemLine();
  const waitingProblem = waiting.problem === null ? null : lineOf(waiting.problem);
  useEffect(() => {
    if (waitingProblem !== null) add({ words: waitingProblem, tone: 'warn' });
  }, [waitingProblem, add]);
  const tellStaysMuted = useCallback(() => add({ words: t('call.staysMuted'), tone: 'warn' }), [add, t]);

  const documents = useDocuments(guest, call, selfPeerId, phase !== null);
  const { problem } = documents.asking;
  const isProblemNews = problem !== null && !documents.sheetIsOpen;
  const problemWords = isProblemNews ? lineOf(problem) : null;
  useEffect(() => {
    if (problemWords !== null) add({ words: problemWords, tone: 'warn' });
  }, [problemWords, add]);
  const tellOneFile = useCallback(() => add({ words: t('dropOne', { ns: 'documents' }) }), [add, t]);

  const { track } = devices.camera;
  const ownCamera = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  const [people] = useState(() => new People());
  const { streams, activeSpeakerPeerId } = call;
  const ahead = phase === null;
  const participants = useMemo(
    () => (ahead ? peopleAhead(streams, selfPeerId) : call.participants.filter(hasPicture)),
    [ahead, streams, selfPeerId, call.participants],
  );
  const microphone = ahead ? microphoneAhead(devices) : call.local.microphone;
  const onStage = useMemo(
    () => people.follow({ participants, streams, selfPeerId, ownCamera, ownMicrophone: microphone }),
    [people, participants, streams, selfPeerId, ownCamera, microphone],
  );
  const sounds = useMemo(() => soundsOf(streams), [streams]);
  const words = useMemo<StageWords>(
    () => ({
      muted: t('microphone.muted', { ns: 'common' }),
      away: t('call.away'),
      speaking: t('call.speaking'),
      handUp: t('handUp', { ns: 'stage' }),
      guest: t('guest', { ns: 'stage' }),
      screenOf: (name) => t('call.screenOf', { name }),
    }),
    [t],
  );
  const heard = useTrueFor(!ahead, SOUND_AFTER_MS);
  const alone = participants.length <= 1;
  const speakerFailed = useCallback(() => guest.devices.speakerFailed(), [guest]);
  const show = useCallback((view: View) => guest.call.show(view), [guest]);
  const shown = Math.min(page, pageCount - 1);
  return (
    <div className="join-call flex h-dvh flex-col bg-surface">
      <header className="flex min-h-14 items-center gap-3 px-4 max-sm:gap-0.5 pt-[env(safe-area-inset-top)] join-low:hidden sm:px-5">
        <h1 className="min-w-0 flex-1 truncate text-base font-semibold">{title}</h1>
        {pageCount > 1 && <Pages page={shown} pageCount={pageCount} onPage={setPage} />}
        {participants.length > 2 && (
          <Button
            variant="quiet"
            icon={layout === 'grid' ? UserSquare : LayoutGrid}
            aria-label={layout === 'grid' ? t('call.layoutAuto') : t('call.layoutGrid')}
            onPress={() => setLayout(layout === 'grid' ? 'auto' : 'grid')}
          />
        )}
        {meetingId !== null && phase !== null && <NotesButton notes={notes} />}
        <HostButtons order={call.order} rights={rights} role={call.role} acts={acts} meetingId={meetingId} />
        <RunningTime sinceMs={phase?.startedAtMs ?? null} isCrowded={rights.includes('order')} />
      </header>
      <AirStrip air={call.air} className="justify-center px-4 pb-2 join-low:pt-2">
        <TranscriptMark transcript={call.transcript} className="rounded-small text-small" />
      </AirStrip>
      {call.blocked !== null && <BlockedNotice blocked={call.blocked} />}
      {silenced && sounds.length > 0 && <SilencedNotice />}
      <WithdrawnNotice withdrawn={call.withdrawn} selfPeerId={selfPeerId} add={add} />
      <div className="flex min-h-0 flex-1 flex-col join-low:flex-row">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <div className="flex min-h-0 flex-1">
            <main className="relative min-h-0 min-w-0 flex-1">
              <Stage
                label={t('call.stage')}
                people={onStage}
                selfPeerId={selfPeerId}
                activeSpeakerPeerId={activeSpeakerPeerId}
                layout={layout}
                page={shown}
                words={words}
                document={documents.onStage}
                onView={show}
                onPageCount={setPageCount}
              />
              {waiting.list.waiting.length === 0 &&
                alone &&
                call.blocked === null &&
                phase?.connection === 'connected' && (
                  <p role="status" className="absolute inset-x-4 top-4 flex justify-center">
                    <span className="rounded-control bg-raised/95 px-5 py-3 text-center shadow-card">
                      <span className="block text-base font-semibold">{t('call.alone')}</span>
                      <span className="block text-small text-quiet">{t('call.aloneHint')}</span>
                    </span>
                  </p>
                )}
              {phase !== null && (
                <PollOverStage poll={poll} call={guest.call} acts={acts} mayKeep={rights.includes('order')} />
              )}
              {phase?.connection === 'reconnecting' && <Reconnecting />}
              <WaitingRegion
                waiting={waiting.list}
                isConnected={waiting.isConnected}
                pending={waiting.pending}
                onDecide={waiting.decide}
                className="absolute inset-x-3 top-3 z-20 max-h-[75%] shadow-overlay sm:left-auto sm:w-96"
              />
              <ToastRegion
                current={news.current}
                isPageCovered={chat.isOpen || notes.isOpen}
                // also over the chat, which covers the page on a phone
                className={`absolute inset-x-4 z-40 flex justify-center text-base ${waiting.list.waiting.length > 0 ? 'max-lg:bottom-4 lg:top-4' : 'top-4'}`}
              />
            </main>
            {meetingId !== null && phase !== null && (
              <NotesBeside notes={notes} meetingId={meetingId} isCovered={chat.isOpen} />
            )}
            {chat.isOpen && phase !== null && (
              <ChatPanel
                messages={call.chat}
                selfPeerId={selfPeerId}
                mayModerate={rights.includes('order')}
                onRecall={(messageId) => acts.do(messageId, (its) => its.recallChat(messageId))}
                earlier={earlier}
                people={nameable}
                reads={call.chatReads}
                onSeen={chatReads.onSeen}
                readersOf={chatReads.readersOf}
                onSend={(text, about, messageId) => guest.call.sendChat(text, messageId, about)}
                onClose={() => chat.setOpen(false)}
              />
            )}
          </div>
          {/* a place of its own, so that it covers no name and no page of a document */}
          {showsCaptions && (
            <Caption
              cue={caption}
              className="pointer-events-none min-h-15 items-center px-3 py-1 join-low:absolute join-low:inset-x-24 join-low:bottom-2 join-low:z-10 join-low:min-h-0"
              boxClassName="max-w-3xl text-base lg:text-control"
            />
          )}
          <BelowStage guest={guest} documents={documents} participants={participants} selfPeerId={selfPeerId} />
        </div>
        <GuestControlBar
          guest={guest}
          microphone={microphone}
          devices={devices}
          share={share}
          onShare={documents.mayPresent ? documents.openSheet : null}
          onStaysMuted={tellStaysMuted}
          call={call}
          acts={acts}
          chat={chat}
          poll={poll}
          captions={captions}
          notes={phase === null || meetingId === null ? null : notes}
          meetingId={meetingId}
          selfPeerId={selfPeerId}
        />
      </div>
      <ShareSheet guest={guest} documents={documents} screen={share} />
      {documents.mayPresent && <FileDrop onFile={documents.share} onMany={tellOneFile} />}
      {heard && (
        <RemoteAudio
          sounds={sounds}
          volumePercent={100}
          speakerId={devices.speaker.deviceId}
          onSpeakerFailed={speakerFailed}
          onSilenced={setSilenced}
        />
      )}
    </div>
  );
});

const NO_RIGHTS: readonly Right[] = [];

/** As it will be once one is in. */
function microphoneAhead({ microphone: { track, muted } }: GuestDevicesState): MicrophoneState {
  return track === null ? 'absent' : muted ? 'muted' : 'on';
}

/** Any touch lets the sound play; this notice asks for one. */
function SilencedNotice() {
  const { t } = useTranslation('join');
  return (
    <div className="mx-3 mb-2 flex animate-appear flex-wrap items-center gap-3 rounded-card bg-warn-soft p-4 join-low:mt-2 sm:mx-5">
      <Icon of={VolumeX} className="size-5 text-warn" />
      <p role="alert" className="min-w-0 flex-1 text-base font-semibold">
        {t('call.silenced')}
      </p>
      <Button variant="primary">{t('call.hear')}</Button>
    </div>
  );
}

/** Shown over the last pictures, which stay. */
function Reconnecting() {
  const { t } = useTranslation('join');
  return (
    <div className="absolute inset-0 z-10 grid animate-appear place-items-center bg-veil p-6">
      <div role="alert" className="flex items-center gap-4 rounded-card bg-raised p-5 text-ink shadow-overlay">
        <Spinner className="size-7 text-warn" />
        <div>
          <p className="text-base font-semibold">{t('call.reconnecting')}</p>
          <p className="text-small text-quiet">{t('call.reconnectingHint')}</p>
        </div>
      </div>
    </div>
  );
}

function Pages({ page, pageCount, onPage }: { page: number; pageCount: number; onPage: (page: number) => void }) {
  const { t } = useTranslation('common');
  return (
    <div className="flex items-center gap-1">
      <Button
        variant="quiet"
        icon={ChevronLeft}
        aria-label={t('previousPage')}
        isDisabled={page === 0}
        onPress={() => onPage(page - 1)}
      />
      <span className="numerals text-small whitespace-nowrap text-quiet max-sm:sr-only" aria-live="polite">
        {t('page', { page: page + 1, pages: pageCount })}
      </span>
      <Button
        variant="quiet"
        icon={ChevronRight}
        aria-label={t('nextPage')}
        isDisabled={page >= pageCount - 1}
        onPress={() => onPage(page + 1)}
      />
    </div>
  );
}

/**
 * @param sinceMs null: not in yet; its place is kept
 * @param isCrowded beside a host's buttons: on a phone the title needs the place more
 */
function RunningTime({ sinceMs, isCrowded }: { sinceMs: number | null; isCrowded: boolean }) {
  const [nowMs, setNowMs] = useState(Date.now);
  const runs = sinceMs !== null;
  useEffect(() => {
    if (!runs) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [runs]);
  return (
    <time className={`pl-1 text-small whitespace-nowrap text-quiet ${isCrowded ? 'max-sm:hidden' : ''}`}>
      {elapsed(runs ? nowMs - sinceMs : 0)}
    </time>
  );
}
