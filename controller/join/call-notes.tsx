/** The meeting's shared notes in the call, for who came in with an account: the button, and beside the stage what it opens. */
import NotebookPen from 'lucide-react/icons/notebook-pen';
import X from 'lucide-react/icons/x';
import { type ComponentType, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { fetchedNotesPanel } from '#ui/notes/fetched-panel.ts';
import { useAsyncAction } from '#ui/use-async-action.ts';

type Panel = ComponentType<{ meetingId: string }>;
export type CallNotes = {
  /** null: they were not opened yet. It stays once it is there: what it has not saved would go with it */
  panel: Panel | null;
  isOpen: boolean;
  isPending: boolean;
  open: () => void;
  close: () => void;
};

/** @param onFailed its chunk could not be fetched */
export function useCallNotes(onFailed: (error: unknown) => void): CallNotes {
  const [opened, setOpened] = useState<{ Panel: Panel } | null>(null);
  const { run, isPending } = useAsyncAction();
  const [isOpen, setOpen] = useState(false);
  const open = () =>
    void run(async () => {
      try {
        if (opened === null) setOpened({ Panel: await fetchedNotesPanel() });
        setOpen(true);
      } catch (error) {
        onFailed(error);
      }
    });
  return { panel: opened?.Panel ?? null, isOpen, isPending, open, close: () => setOpen(false) };
}

type NotesButtonProps = {
  notes: CallNotes;
  /** with words, in a sheet; else an icon in the header */
  isLarge?: boolean;
  onPressed?: () => void;
};

export function NotesButton({ notes, isLarge = false, onPressed }: NotesButtonProps) {
  const { t } = useTranslation('join');
  const { isOpen, isPending, open, close } = notes;
  return (
    <Button
      size={isLarge ? 'large' : 'medium'}
      variant={isLarge ? 'plain' : 'quiet'}
      icon={NotebookPen}
      aria-label={isLarge ? undefined : t('call.notes')}
      aria-expanded={isOpen}
      isPending={isPending}
      onPress={() => {
        (isOpen ? close : open)();
        onPressed?.();
      }}
    >
      {isLarge ? t('call.notes') : undefined}
    </Button>
  );
}

type NotesBesideProps = {
  notes: CallNotes;
  meetingId: string;
  /** something else stands in its place */
  isCovered: boolean;
};

export function NotesBeside({ notes: { panel: Panel, isOpen, close }, meetingId, isCovered }: NotesBesideProps) {
  const { t } = useTranslation('join');
  const { t: common } = useTranslation('common');
  if (Panel === null) return null;
  return (
    <section
      aria-label={t('call.notes')}
      className={`${!isOpen || isCovered ? 'hidden' : 'flex'} min-h-0 flex-col gap-3 overflow-y-auto bg-raised p-4 pb-[max(1rem,env(safe-area-inset-bottom))] text-ink max-sm:fixed max-sm:inset-0 max-sm:z-30 sm:mr-3 sm:mb-2 sm:w-80 sm:rounded-card sm:shadow-card lg:w-96`}
    >
      <div className="flex items-center gap-3">
        <h2 className="flex-1 text-base font-semibold">{t('call.notes')}</h2>
        <Button variant="quiet" icon={X} aria-label={common('close')} className="-mr-2" onPress={close} />
      </div>
      <Panel meetingId={meetingId} />
    </section>
  );
}
