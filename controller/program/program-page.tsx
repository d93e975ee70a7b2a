/** What the audience sees: the TV's own stage, or a card over it, and the mark in the corner. */
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProgramStage } from '#contract/broadcast.ts';
import type { Layout, Participant } from '#contract/room-state.ts';
import type { View } from '#contract/signaling.ts';
import { People } from '#stage/people.ts';
import { Stage } from '#stage/stage.tsx';
import type { StageWords } from '#stage/stage-person.ts';
import { useDocumentWords } from '#ui/use-document-words.ts';
import { ProgramCard, WaitingCard } from './cards.tsx';
import type { ProgramSession } from './program-session.ts';

const GAP_PX = 8;

export function ProgramPage({ session }: { session: ProgramSession }) {
  const show = useSyncExternalStore(session.show.subscribe, session.show.getSnapshot);
  const { t } = useTranslation('program');
  return (
    <main className="program">
      {show !== null && show.card !== 'end' && <ProgramOfCall session={session} stage={show.stage} />}
      {show !== null && show.card !== null && <ProgramCard show={show} card={show.card} />}
      <div className="program-mark">{show?.isLive === true && show.card !== 'end' ? t('live') : ''}</div>
      <div className="program-pulse" />
    </main>
  );
}

function ProgramOfCall({ session, stage }: { session: ProgramSession; stage: ProgramStage }) {
  const call = useSyncExternalStore(session.call.subscribe, session.call.getSnapshot);
  const { t } = useTranslation(['program', 'common', 'stage']);
  const [everybody] = useState(() => new People());
  const participants = onStage(call.participants, stage);
  const people = everybody.follow({ participants, streams: call.streams, selfPeerId: null, ownCamera: null });
  const words = useMemo(
    (): StageWords => ({
      muted: t('common:microphone.muted'),
      away: t('common:connection.away'),
      speaking: t('program:speaking'),
      handUp: t('stage:handUp'),
      guest: t('stage:guest'),
      screenOf: (name) => t('program:screenOf', { name }),
    }),
    [t],
  );
  const documentWords = useDocumentWords();
  const document = useMemo(
    () => ({ shown: session.call.document, pictures: session.pages, words: documentWords }),
    [session, documentWords],
  );
  const ask = useCallback((view: View) => session.call.show(view), [session]);
  const isPictured =
    call.document !== null || participants.some(({ camera, sharesScreen }) => camera === 'on' || sharesScreen);
  return (
    <div className="program-call">
      <Stage
        label={t('program:stage')}
        people={people}
        selfPeerId={null}
        activeSpeakerPeerId={call.activeSpeakerPeerId}
        layout={layoutOf(stage)}
        page={0}
        gapPx={GAP_PX}
        words={words}
        document={document}
        showOwn={false}
        onView={ask}
      />
      {!isPictured && <WaitingCard names={participants.map(({ displayName }) => displayName)} />}
    </div>
  );
}

const layoutOf = ({ kind }: ProgramStage): Layout => (kind === 'speakers' ? 'speaker' : 'auto');

/** Programs have no picture of their own; `one` who is gone is everyone. */
function onStage(participants: readonly Participant[], stage: ProgramStage): readonly Participant[] {
  const people = participants.filter(({ peerKind }) => peerKind !== 'program');
  const one = stage.kind === 'one' ? people.find(({ peerId }) => peerId === stage.peerId) : undefined;
  return one ? [one] : people;
}
