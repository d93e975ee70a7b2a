/** Draws the state that scene.ts names, the sound of a call, and the language of the room. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrawnAhead } from '#ui/use-drawn-ahead.ts';
import { RemoteAudio } from '#stage/remote-audio.tsx';
import { soundsOf } from '#stage/people.ts';
import { showLanguage } from '#ui/words/words.ts';
import { BootScene } from '../boot/boot-scene.tsx';
import { CallScene } from '../call/call-scene.tsx';
import { ElsewhereScene } from '../elsewhere/elsewhere-scene.tsx';
import { EndedScene } from '../ended/ended-scene.tsx';
import { FaultScene } from '../fault/fault-scene.tsx';
import { GoneScene } from '../gone/gone-scene.tsx';
import { IdleScene } from '../idle/idle-scene.tsx';
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
  const aheadAs = useDrawnAhead(
    call.phase.name === 'prepared' ? call.phase.peerId : null,
    call.phase.name === 'joining',
  );
  const selfPeerId =
    scene.name === 'call' ? scene.call.peerId : scene.name === 'idle' || scene.name === 'starting' ? aheadAs : null;
  return useUnhurried(
    scene.name,
    <>
      {scene.name === 'boot' && <BootScene />}
      {scene.name === 'gone' && <GoneScene />}
      {scene.name === 'elsewhere' && <ElsewhereScene />}
      {scene.name === 'idle' && <IdleScene view={view!} troubles={troubles} />}
      {scene.name === 'starting' && (
        <StartingScene
          meetingTitle={scene.meetingTitle}
          roomName={view!.state.roomName}
          words={scene.words}
          devices={devices}
          troubles={troubles}
        />
      )}
      {selfPeerId !== null && (
        <CallScene
          session={session}
          phase={scene.name === 'call' ? scene.call : null}
          selfPeerId={selfPeerId}
          call={call}
          view={view!}
          devices={devices}
          shownInput={screen.shownInput}
          troubles={troubles}
        />
      )}
      {scene.name === 'ended' && <EndedScene phase={scene.phase} roomName={view!.state.roomName} />}
      {scene.name === 'fault' && <FaultScene code={scene.code} roomName={view?.state.roomName ?? null} />}
      {call.phase.name === 'joined' && !screen.yielded && (
        <RemoteAudio
          sounds={soundsOf(call.streams, screen.shownInput)}
          volumePercent={view?.state.volumePercent ?? 100}
          speakerId={screen.speakerId}
          onSpeakerFailed={(speakerId) => session.tellSpeakerFailed(speakerId)}
        />
      )}
    </>,
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
