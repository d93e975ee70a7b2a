/** A meeting's notes with what is the matter with them. A chunk of its own: import it when notes are opened. */
import CloudOff from 'lucide-react/icons/cloud-off';
import Eye from 'lucide-react/icons/eye';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { UserError } from '#contract/error-codes.ts';
import { Button } from '../button.tsx';
import { Icon, type LucideIcon } from '../icon.tsx';
import { ProblemWords } from '../problem-words.tsx';
import { Spinner } from '../progress.tsx';
import en from '../words/en/notes.ts';
import ko from '../words/ko/notes.ts';
import { addWords } from '../words/words.ts';
import './notes.css';
import type { NotesClient, NotesSnapshot } from './notes-client.ts';
import { NotesEditor } from './notes-editor.tsx';
import { openNotesClient } from './open-notes-client.ts';

addWords({ notes: { en, ko } });

export default function NotesPanel({ meetingId }: { meetingId: string }) {
  const [client, setClient] = useState<NotesClient | null>(null);
  useEffect(() => {
    const opened = openNotesClient(meetingId);
    setClient(opened.client);
    return opened.stop;
  }, [meetingId]);
  return client === null ? null : <Notes client={client} />;
}

function Notes({ client }: { client: NotesClient }) {
  const { t } = useTranslation('notes');
  const snapshot = useSyncExternalStore(client.subscribe, client.getSnapshot);
  const [isTooMuch, setTooMuch] = useState(false);
  const { phase, endedBy, access, refusedBy, isUnsaved } = snapshot;
  useAskBeforeLeaving(isUnsaved);
  if (phase === 'loading')
    return (
      <p role="status" className="flex items-center gap-3 py-6 text-quiet">
        <Spinner /> {t(snapshot.isUnanswered ? 'unanswered' : 'loading')}
      </p>
    );
  const canWrite = access === 'write' && refusedBy === null && phase !== 'ended';
  return (
    <div className="flex flex-col gap-3">
      {endedBy !== null && <ProblemWords problem={new UserError(endedBy)} />}
      {refusedBy !== null && (
        <Note icon={TriangleAlert}>
          {t(refusedBy === 'notes-too-large' ? 'tooLarge' : 'notSaved')}
          <Button className="mt-2 self-start" onPress={() => client.restart()}>
            {t('openAgain')}
          </Button>
        </Note>
      )}
      {isTooMuch && <Note icon={TriangleAlert}>{t('tooMuchPasted')}</Note>}
      <Standing snapshot={snapshot} />
      <NotesEditor key={client.doc.guid} client={client} canWrite={canWrite} onTooMuch={setTooMuch} />
      {canWrite && phase === 'open' && (
        <p className="text-small text-quiet">{snapshot.isUnsaved ? t('saving') : t('saved')}</p>
      )}
    </div>
  );
}

/** What is not saved goes with the page: the browser asks first, in its own words. */
function useAskBeforeLeaving(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isUnsaved]);
}

function Standing({ snapshot: { phase, access, refusedBy } }: { snapshot: NotesSnapshot }) {
  const { t } = useTranslation('notes');
  if (phase === 'offline') return <Note icon={CloudOff}>{t(access === 'write' ? 'offline' : 'stale')}</Note>;
  if (access === 'read' && refusedBy === null && phase !== 'ended') return <Note icon={Eye}>{t('readOnly')}</Note>;
  return null;
}

function Note({ icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <div role="status" className="flex gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
      <Icon of={icon} className="mt-0.5 size-5 text-warn" />
      <span className="flex min-w-0 flex-col">{children}</span>
    </div>
  );
}
