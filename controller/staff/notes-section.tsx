/** A meeting's shared notes on its page. The editor is fetched when they are opened. */
import Download from 'lucide-react/icons/download';
import NotebookPen from 'lucide-react/icons/notebook-pen';
import { type ComponentType, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { notesApi } from '#contract/http/notes-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { fetchedNotesPanel } from '#ui/notes/fetched-panel.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

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
      <a
        href={urlOf(notesApi.notesFile, { params: { meetingId } })}
        download
        className="mt-3 flex min-h-12 w-fit items-center gap-2 rounded-control px-3 text-base font-medium hover:bg-lifted"
      >
        <Icon of={Download} className="size-5" />
        {t('notes.download')}
      </a>
    </Card>
  );
}
