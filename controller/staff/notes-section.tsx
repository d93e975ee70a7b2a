/** A meeting's shared notes on its page. The editor is fetched when they are opened. */
import NotebookPen from 'lucide-react/icons/notebook-pen';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { StaffLoading } from './parts.tsx';

const NotesPanel = lazy(() => import('#ui/notes/notes-panel.tsx'));

export function NotesSection({ meetingId }: { meetingId: string }) {
  const { t } = useTranslation('staff');
  const [isOpen, setOpen] = useState(false);
  return (
    <Card title={t('notes.title')}>
      {isOpen ? (
        <Suspense fallback={<StaffLoading />}>
          <NotesPanel meetingId={meetingId} />
        </Suspense>
      ) : (
        <div className="flex flex-col items-start gap-3">
          <p className="text-base text-quiet">{t('notes.lead')}</p>
          <Button icon={NotebookPen} onPress={() => setOpen(true)}>
            {t('notes.open')}
          </Button>
        </div>
      )}
    </Card>
  );
}
