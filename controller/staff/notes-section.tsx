/** A meeting's shared notes on its page. The editor is fetched when they are opened. */
import NotebookPen from 'lucide-react/icons/notebook-pen';
import { type ComponentType, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NoServer } from '#contract/http/answer.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

export function NotesSection({ meetingId, isCancelled }: { meetingId: string; isCancelled: boolean }) {
  const { t } = useTranslation('staff');
  const [panel, setPanel] = useState<{ Panel: ComponentType<{ meetingId: string }> } | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const open = () =>
    run(async () => {
      setPanel({ Panel: await fetchedPanel() });
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
    </Card>
  );
}

/** @throws NoServer */
async function fetchedPanel(): Promise<ComponentType<{ meetingId: string }>> {
  try {
    return (await import('#ui/notes/notes-panel.tsx')).default;
  } catch {
    throw new NoServer('internal', 'the chunk of the notes cannot be fetched');
  }
}
