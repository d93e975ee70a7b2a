/** Draws the state that scene.ts names, the sound of a call, and the language of the room. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { PreparedCall } from '#ui/prepared-call.tsx';
import { RemoteAudio, SOUND_AFTER_MS } from '#stage/remote-audio.tsx';
import { soundsOf } from '#stage/people.ts';
import { Still } from '#ui/still.tsx';
import { showLanguage } from '#ui/words/words.ts';
import { BootScene } from '../boot/boot-scene.tsx';
import { BroadcastScene } from '../broadcast/broadcast-scene.tsx';
import { CallScene } from '../call/call-scene.tsx';
import { DocumentScene } from '../document/document-scene.tsx';
import { ElsewhereScene } from '../elsewhere/elsewhere-scene.tsx';
import { EndedScene } from '../ended/ended-scene.tsx';
import { FaultScene } from '../fault/fault-scene.tsx';
import { GoneScene } from '../gone/gone-scene.tsx';
import { IdleScene } from '../idle/idle-scene.tsx';
import { NotEnrolledScene } from '../not-enrolled/not-enrolled-scene.tsx';
import { HelpOverlay } from '../help/help-overlay.tsx';
import { UpdateOverlay } from '../update/update-overlay.tsx';
import { KeylessScene } from '../keyless/keyless-scene.tsx';
import { UnknownScene } from '../unknown/unknown-scene.tsx';
import { StartingScene } from '../starting/starting-scene.tsx';
import type { ScreenSession, ScreenSnapshot } from '../session/screen-session.ts';
import { useDelayedStart } from '#ui/use-delayed-start.ts';
import { useTrueFor } from '#ui/use-true-for.ts';
import { type Trouble, troublesOf } from './troubles.ts';
import { GONE_AFTER_MS, type Scene, sceneOf } from './scene.ts';

/** An agent that restarts is back before this; nobody need know. */
const QUIETLY_DOWN_MS = 3_000;

export function App({ session }: { session: ScreenSession }) {
  const screen = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const call = useSyncExternalStore(session.call.subscribe, session.call.getSnapshot);
  const down = useTrueFor(!screen.linkUp, QUIETLY_DOWN_MS);
  const gone = useTrueFor(!screen.linkUp, GONE_AFTER_MS);
  useRoomLanguage(screen.view?.language ?? null);

  const { view, devices } = screen;
  const { phase } = call;
  const scene = sceneOf(screen, phase, gone ? GONE_AFTER_MS : 0);
  const idle = scene.name === 'idle' || scene.name === 'document' || scene.name === 'broadcast';
  const starting = scene.name === 'starting';
  const troubles = troublesOf(view?.state.notices ?? [], down);
  const joined = scene.name === 'call' ? scene.call : null;
  const startIsDelayed = useDelayedStart({ idle, starting });
  const heard = useTrueFor(phase.name === 'joined' && !screen.yielded, SOUND_AFTER_MS);
  return (
    <div className="relative h-full overflow-hidden">
      <PreparedCall
        preparedAs={phase.name === 'prepared' && (idle || starting) ? phase.peerId : null}
        joining={phase.name === 'joining' && (idle || starting)}
        wanted={starting && scene.words === 'connecting'}
        joinedAs={joined?.peerId ?? null}
        coverClassName="h-full"
        before={
          <Still still={startIsDelayed}>
            <SceneBefore scene={scene} session={session} screen={screen} troubles={troubles} />
          </Still>
        }
      >
        {(selfPeerId) => (
          <CallScene
            session={session}
            phase={joined}
            selfPeerId={selfPeerId}
            call={call}
            view={view!}
            devices={devices}
            shownInput={screen.shownInput}
            troubles={troubles}
            showsCode={screen.showsCode}
            wantsCaptions={screen.showsCaptions}
          />
        )}
      </PreparedCall>
      {view !== null && idle && <UpdateOverlay view={view} />}
      {view !== null && isOfRoom(scene) && (
        <HelpOverlay view={view} hasTrouble={troubles.length > 0 || scene.name === 'fault'} />
      )}
      {heard && (
        <RemoteAudio
          sounds={soundsOf(call.streams, screen.shownInput)}
          volumePercent={view?.state.volumePercent ?? 100}
          speakerId={screen.speakerId}
          onSpeakerFailed={(speakerId) => session.reportSpeakerFailed(speakerId)}
        />
      )}
    </div>
  );
}

/** The room's own, and not what stands before it. */
const isOfRoom = ({ name }: Scene): boolean =>
  name !== 'boot' && name !== 'gone' && name !== 'not-enrolled' && name !== 'keyless' && name !== 'elsewhere';

type SceneBeforeProps = { scene: Scene; session: ScreenSession; screen: ScreenSnapshot; troubles: Trouble[] };

/** Every scene but the call. */
function SceneBefore({ scene, session, screen: { view, devices, speakerId }, troubles }: SceneBeforeProps) {
  switch (scene.name) {
    case 'boot':
      return <BootScene />;
    case 'gone':
      return <GoneScene />;
    case 'not-enrolled':
      return <NotEnrolledScene code={scene.code} view={scene.view} />;
    case 'keyless':
      return <KeylessScene />;
    case 'elsewhere':
      return <ElsewhereScene />;
    case 'document':
      return <DocumentScene documents={session.documents} view={view!} troubles={troubles} />;
    case 'broadcast':
      return (
        <BroadcastScene
          broadcast={session.broadcast}
          view={view!}
          speakerId={speakerId}
          onSpeakerFailed={session.reportSpeakerFailed}
        />
      );
    case 'idle':
      return <IdleScene view={view!} troubles={troubles} />;
    case 'starting':
      return (
        <StartingScene
          meetingTitle={scene.meetingTitle}
          view={view!}
          words={scene.words}
          waitsFor={scene.waitsFor ?? null}
          devices={devices}
          troubles={troubles}
        />
      );
    case 'call':
      return null;
    case 'ended':
      return <EndedScene phase={scene.phase} roomName={view!.state.roomName} />;
    case 'fault':
      return <FaultScene code={scene.code} roomName={view?.state.roomName ?? null} />;
    case 'unknown':
      return <UnknownScene roomName={view!.state.roomName} troubles={troubles} />;
  }
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
