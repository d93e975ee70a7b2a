/** Draws the state that scene.ts names, the sound of a call, and the language of the room. */
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Cover } from '#ui/cover.tsx';
import { useDrawnAhead } from '#ui/use-drawn-ahead.ts';
import { RemoteAudio, SOUND_AFTER_MS } from '#stage/remote-audio.tsx';
import { soundsOf } from '#stage/people.ts';
import { showLanguage } from '#ui/words/words.ts';
import { BootScene } from '../boot/boot-scene.tsx';
import { CallScene } from '../call/call-scene.tsx';
import { ElsewhereScene } from '../elsewhere/elsewhere-scene.tsx';
import { EndedScene } from '../ended/ended-scene.tsx';
import { FaultScene } from '../fault/fault-scene.tsx';
import { GoneScene } from '../gone/gone-scene.tsx';
import { IdleScene } from '../idle/idle-scene.tsx';
import { NotEnrolledScene } from '../not-enrolled/not-enrolled-scene.tsx';
import { KeylessScene } from '../keyless/keyless-scene.tsx';
import { StartingScene } from '../starting/starting-scene.tsx';
import type { ScreenSession } from '../session/screen-session.ts';
import { useTrueFor } from '#ui/use-true-for.ts';
import { useUnhurried } from '#ui/use-unhurried.ts';
import { troublesOf } from './troubles.ts';
import { GONE_AFTER_MS, sceneOf } from './scene.ts';

/** An agent that restarts is back before this; nobody need know. */
const QUIETLY_DOWN_MS = 3_000;

export function App({ session }: { session: ScreenSession }) {
  const screen = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const call = useSyncExternalStore(session.call.subscribe, session.call.getSnapshot);
  const down = useTrueFor(!screen.linkUp, QUIETLY_DOWN_MS);
  const gone = useTrueFor(!screen.linkUp, GONE_AFTER_MS);
  useRoomLanguage(screen.view?.language ?? null);

  const { view, devices } = screen;
  const scene = sceneOf(screen, call.phase, gone ? GONE_AFTER_MS : 0);
  const troubles = troublesOf(view, devices, down);
  const joined = scene.name === 'call' ? scene.call : null;
  const joining = call.phase.name === 'joining';
  const aheadAs = useDrawnAhead(call.phase.name === 'prepared' ? call.phase.peerId : null, joining);
  // a call that is drawn ahead is seen from the tap on; it gets its names when the room is in
  const startsAhead = scene.name === 'starting' && scene.words === 'connecting' && aheadAs !== null;
  const seesCall = joined !== null || startsAhead;
  const before = useUnhurried(
    scene.name,
    <>
      {scene.name === 'boot' && <BootScene />}
      {scene.name === 'gone' && <GoneScene />}
      {scene.name === 'not-enrolled' && <NotEnrolledScene code={scene.code} />}
      {scene.name === 'keyless' && <KeylessScene />}
      {scene.name === 'elsewhere' && <ElsewhereScene />}
      {scene.name === 'idle' && <IdleScene view={view!} troubles={troubles} />}
      {scene.name === 'starting' && (
        <StartingScene
          meetingTitle={scene.meetingTitle}
          view={view!}
          words={scene.words}
          waitsFor={scene.waitsFor ?? null}
          devices={devices}
          troubles={troubles}
        />
      )}
      {scene.name === 'ended' && <EndedScene phase={scene.phase} roomName={view!.state.roomName} />}
      {scene.name === 'fault' && <FaultScene code={scene.code} roomName={view?.state.roomName ?? null} />}
    </>,
  );
  const cover = useRef<ReactNode>(null);
  if (!seesCall) cover.current = before;

  const callDrawn = useRef<ReactNode>(null);
  const selfPeerId = joined?.peerId ?? (scene.name === 'idle' || scene.name === 'starting' ? aheadAs : null);
  // the same element is not drawn again: what is said while the room joins keeps the call waiting
  if (scene.name !== 'starting' || selfPeerId === null) {
    callDrawn.current = selfPeerId !== null && (
      <CallScene
        session={session}
        phase={joined}
        selfPeerId={selfPeerId}
        call={call}
        view={view!}
        devices={devices}
        shownInput={screen.shownInput}
        troubles={troubles}
      />
    );
  }
  const heard = useTrueFor(call.phase.name === 'joined' && !screen.yielded, SOUND_AFTER_MS);
  return (
    <div className="relative h-full overflow-hidden">
      {callDrawn.current && (
        <div aria-hidden={joined === null || undefined} className="absolute inset-0 contain-strict">
          {callDrawn.current}
        </div>
      )}
      <Cover lifted={seesCall} className="h-full">
        {cover.current}
      </Cover>
      {heard && (
        <RemoteAudio
          sounds={soundsOf(call.streams, screen.shownInput)}
          volumePercent={view?.state.volumePercent ?? 100}
          speakerId={screen.speakerId}
          onSpeakerFailed={(speakerId) => session.tellSpeakerFailed(speakerId)}
        />
      )}
    </div>
  );
}

/** The room's setting, unless the address asks for another. */
function useRoomLanguage(language: 'ko' | 'en' | null): void {
  const [asked] = useState(() => new URLSearchParams(location.search).has('lang'));
  const { i18n } = useTranslation();
  useEffect(() => {
    if (language !== null && !asked) showLanguage(language);
    document.documentElement.lang = i18n.language;
  }, [language, asked, i18n.language]);
}
