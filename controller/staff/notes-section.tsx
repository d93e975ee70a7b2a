/** A meeting's shared notes on its page. The editor is fetched when they are opened. */
import NotebookPen from 'lucide-react/icons/notebook-pen';
import { type ComponentType, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { notesApi } from '#contract/http/notes-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { fetchedNotesPanel } from '#ui/notes/fetched-panel.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { FileLink } from './file-link.tsx';

export function NotesSection({ meetingId, isCancelled }: { meetingId: string; isCancelled: boolean }) {
  const { t } = useTranslation('staff');
  const [panel, setPanel] = useState<{ Panel: ComponentType<{ meetingId: string }> } | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const open = () =>
    run(async () => {
      setPanel({ Panel: await fetchedNotesPanel() });
    });
  return (
    <Card title={t('notes.title')} place="notes">
      {panel ? (
        <panel.Panel meetingId={meetingId} />
      ) : (
        <div className="flex flex-col items-start gap-3">
          <p className="text-base text-quiet">{t(isCancelled ? 'notes.leadCancelled' : 'notes.lead')}</p>
          <Button icon={NotebookPen} isPending={isPending} onPress={() => void open()}>
            {t('notes.open')}
          </Button>
          <ProblemWords problem={problem} />
        </div>
      )}
      <div className="mt-1">
        <FileLink href={urlOf(notesApi.notesFile, { params: { meetingId } })} edge="left">
          {t('notes.download')}
        </FileLink>
      </div>
    </Card>
  );
}
