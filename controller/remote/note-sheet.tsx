/** One line for the meeting's notes from the room's phone: a note, a decision, or a task with its person and date. */
import NotebookPen from 'lucide-react/icons/notebook-pen';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAX_NOTE_LINE_LETTERS, NoteLine } from '#contract/note-line.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { DateField } from '#ui/date-field.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useSameId } from '#ui/use-same-id.ts';
import type { RoomLink } from '../link/room-link.ts';

type NoteLink = Pick<RoomLink, 'addNote'>;
type Kind = NoteLine['kind'];
const KINDS = ['note', 'decision', 'task'] as const;

export function NoteCard({ link }: { link: NoteLink }) {
  const { t } = useTranslation('remote');
  const [isOpen, setOpen] = useState(false);
  const [added, setAdded] = useState<Kind | null>(null);
  return (
    <Card className="flex flex-col gap-2 py-3!">
      <Button
        variant="quiet"
        icon={NotebookPen}
        onPress={() => {
          setAdded(null);
          setOpen(true);
        }}
      >
        {t('note.add')}
      </Button>
      <p role="status" className="text-center text-small text-quiet empty:hidden">
        {added !== null && t(`note.added.${added}`)}
      </p>
      {isOpen && (
        <NoteSheet
          link={link}
          onAdded={(kind) => {
            setAdded(kind);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </Card>
  );
}

type NoteSheetProps = { link: NoteLink; onAdded: (kind: Kind) => void; onClose: () => void };

function NoteSheet({ link, onAdded, onClose }: NoteSheetProps) {
  const { t } = useTranslation('remote');
  const [kind, setKind] = useState<Kind>('note');
  const [text, setText] = useState('');
  const [person, setPerson] = useState('');
  const [dueOn, setDueOn] = useState('');
  const [isMissing, setMissing] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const withSameId = useSameId();
  const textId = useId();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const about = { person: shownText(person) || null, dueOn: dueOn || null };
    const line = NoteLine.safeParse(kind === 'task' ? { kind, text, ...about } : { kind, text });
    setMissing(!line.success);
    if (!line.success || isPending) return;
    const isDone = await run(async () => {
      await withSameId(line.data, (id) => link.addNote(line.data, id));
      return true;
    });
    if (isDone !== null) onAdded(kind);
  };
  return (
    <Dialog title={t('note.add')} isOpen onClose={onClose}>
      <form onSubmit={(event) => void add(event)} className="flex flex-col gap-4" noValidate>
        <ToggleGroup
          label={t('note.kindLabel')}
          choices={KINDS.map((key) => ({ key, words: t(`note.kind.${key}`) }))}
          chosen={kind}
          onChoose={setKind}
        />
        <div className="flex flex-col gap-2">
          <label htmlFor={textId} className="text-base font-medium">
            {t(`note.text.${kind}`)}
          </label>
          <textarea
            id={textId}
            rows={3}
            value={text}
            maxLength={MAX_NOTE_LINE_LETTERS}
            aria-invalid={isMissing}
            aria-describedby={isMissing ? `${textId}-missing` : undefined}
            onChange={(event) => {
              setText(event.target.value);
              setMissing(false);
            }}
            className="w-full resize-none rounded-control border border-edge bg-raised px-4 py-3 text-control text-ink aria-invalid:border-fault"
          />
          {isMissing && (
            <p id={`${textId}-missing`} role="alert" className="text-small font-medium text-fault">
              {t('note.missing')}
            </p>
          )}
        </div>
        {kind === 'task' && (
          <>
            <TextField label={t('note.person')} value={person} maxLength={80} autoComplete="off" onChange={setPerson} />
            <DateField label={t('note.dueOn')} value={dueOn} onChange={setDueOn} />
          </>
        )}
        {problem?.code === 'not-possible-now' ? (
          <p role="alert" className="rounded-control bg-warn-soft p-4 text-base">
            {t('note.noMeeting')}
          </p>
        ) : (
          <ProblemWords problem={problem} />
        )}
        <Button type="submit" variant="primary" size="large" isPending={isPending}>
          {t('note.save')}
        </Button>
        <Button size="large" variant="quiet" onPress={onClose}>
          {t('note.close')}
        </Button>
      </form>
    </Dialog>
  );
}
