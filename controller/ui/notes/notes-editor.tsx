/** The notes as they are written: the editor with its bar. Never marks anything in a line that is being composed. */
import { Editor } from '@tiptap/core';
import BoldIcon from 'lucide-react/icons/bold';
import CheckCheck from 'lucide-react/icons/check-check';
import HeadingIcon from 'lucide-react/icons/heading';
import ListIcon from 'lucide-react/icons/list';
import ListChecks from 'lucide-react/icons/list-checks';
import ListOrdered from 'lucide-react/icons/list-ordered';
import Redo from 'lucide-react/icons/redo-2';
import Undo from 'lucide-react/icons/undo-2';
import { useEffect, useRef, useState } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { useTranslation } from 'react-i18next';
import { Button } from '../button.tsx';
import { DateField } from '../date-field.tsx';
import { Icon, type LucideIcon } from '../icon.tsx';
import { TextField } from '../text-field.tsx';
import { noteExtensions } from './note-extensions.ts';
import type { NotesClient } from './notes-client.ts';

type NotesEditorProps = { client: NotesClient; canWrite: boolean; onTooMuch: (isTooMuch: boolean) => void };
type TaskFields = { person: string; dueOn: string };
/** What the bar shows of the place of the caret. */
type AtCaret = { active: ReadonlySet<string>; task: TaskFields | null; canUndo: boolean; canRedo: boolean };

const NOWHERE: AtCaret = { active: new Set(), task: null, canUndo: false, canRedo: false };
const KINDS = ['heading', 'bold', 'bulletList', 'orderedList', 'taskList', 'decision'] as const;

export function NotesEditor({ client, canWrite, onTooMuch }: NotesEditorProps) {
  const { t } = useTranslation('notes');
  const { host, editor, atCaret } = useEditor({ client, canWrite, onTooMuch, label: t('label'), taskLabel: t('done') });
  return (
    <div className="flex flex-col gap-3">
      {canWrite && editor && <Bar editor={editor} atCaret={atCaret} />}
      {canWrite && editor && atCaret.task && <TaskOfCaret editor={editor} task={atCaret.task} />}
      <div ref={host} className="notes-editor" />
    </div>
  );
}

type EditorOptions = NotesEditorProps & { label: string; taskLabel: string };

function useEditor({ client, canWrite, onTooMuch, label, taskLabel }: EditorOptions) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [atCaret, setAtCaret] = useState(NOWHERE);
  const tooMuch = useRef(onTooMuch);
  useEffect(() => {
    tooMuch.current = onTooMuch;
  }, [onTooMuch]);
  useEffect(() => {
    const made = new Editor({
      element: host.current,
      // our CSP refuses a style element: notes.css has what it needs
      injectCSS: false,
      extensions: noteExtensions({
        doc: client.doc,
        taskLabel: (text) => `${taskLabel}: ${text}`,
        onTooMuch: () => tooMuch.current(true),
      }),
      editorProps: { attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': label } },
      onTransaction: ({ editor: changed }) => setAtCaret(caretOf(changed)),
      onUpdate: () => tooMuch.current(false),
    });
    setEditor(made);
    const stopHolding = holdWhileComposing(made, client);
    return () => {
      setEditor(null);
      stopHolding();
      made.destroy();
    };
  }, [client, label, taskLabel]);
  useEffect(() => {
    editor?.setEditable(canWrite);
    editor?.view.dom.setAttribute('aria-readonly', String(!canWrite));
  }, [editor, canWrite]);
  return { host, editor, atCaret };
}

/** after the end of a composition, in which ProseMirror reads what it has left */
const COMPOSED_MS = 60;
/** a composition that is left alone this long is ended where others wait to be shown */
const LEFT_ALONE_MS = 4_000;

/** @returns ends it */
function holdWhileComposing(editor: Editor, client: NotesClient): () => void {
  const { dom } = editor.view;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const endWhereLeftAlone = () => {
    if (!client.isHolding) {
      timer = setTimeout(endWhereLeftAlone, LEFT_ALONE_MS);
      return;
    }
    // the browser keeps the letter as it stands
    dom.blur();
    dom.focus();
  };
  const onComposing = () => {
    client.hold();
    clearTimeout(timer);
    timer = setTimeout(endWhereLeftAlone, LEFT_ALONE_MS);
  };
  const onEnd = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!editor.view.composing) client.release();
    }, COMPOSED_MS);
  };
  dom.addEventListener('compositionstart', onComposing);
  dom.addEventListener('compositionupdate', onComposing);
  dom.addEventListener('compositionend', onEnd);
  return () => {
    clearTimeout(timer);
    dom.removeEventListener('compositionstart', onComposing);
    dom.removeEventListener('compositionupdate', onComposing);
    dom.removeEventListener('compositionend', onEnd);
    client.release();
  };
}

function caretOf(editor: Editor): AtCaret {
  const task = editor.isActive('taskItem') ? editor.getAttributes('taskItem') : null;
  return {
    active: new Set(KINDS.filter((kind) => editor.isActive(kind))),
    task: task && { person: String(task.person ?? ''), dueOn: String(task.dueOn ?? '') },
    canUndo: editor.can().undo(),
    canRedo: editor.can().redo(),
  };
}

function Bar({ editor, atCaret: { active, canUndo, canRedo } }: { editor: Editor; atCaret: AtCaret }) {
  const { t } = useTranslation('notes');
  const chain = () => editor.chain().focus();
  const kinds: { key: (typeof KINDS)[number]; icon: LucideIcon; toggle: () => void }[] = [
    { key: 'decision', icon: CheckCheck, toggle: () => chain().toggleDecision().run() },
    { key: 'taskList', icon: ListChecks, toggle: () => chain().toggleTaskList().run() },
    { key: 'heading', icon: HeadingIcon, toggle: () => chain().toggleHeading({ level: 2 }).run() },
    { key: 'bold', icon: BoldIcon, toggle: () => chain().toggleBold().run() },
    { key: 'bulletList', icon: ListIcon, toggle: () => chain().toggleBulletList().run() },
    { key: 'orderedList', icon: ListOrdered, toggle: () => chain().toggleOrderedList().run() },
  ];
  return (
    <div role="toolbar" aria-label={t('bar')} className="flex flex-wrap gap-1">
      {kinds.map(({ key, icon, toggle }) => (
        <ToggleButton
          key={key}
          aria-label={key === 'decision' || key === 'taskList' ? undefined : t(`kind.${key}`)}
          isSelected={active.has(key)}
          preventFocusOnPress
          onChange={toggle}
          className="inline-flex min-h-12 min-w-12 cursor-pointer items-center justify-center gap-2 rounded-control px-3 text-base font-semibold transition-colors select-none data-hovered:bg-lifted data-selected:bg-accent-soft data-selected:text-accent"
        >
          <Icon of={icon} className="size-5" />
          {(key === 'decision' || key === 'taskList') && t(`kind.${key}`)}
        </ToggleButton>
      ))}
      <span className="flex gap-1">
        <Button
          variant="quiet"
          icon={Undo}
          aria-label={t('undo')}
          isDisabled={!canUndo}
          preventFocusOnPress
          onPress={() => chain().undo().run()}
        />
        <Button
          variant="quiet"
          icon={Redo}
          aria-label={t('redo')}
          isDisabled={!canRedo}
          preventFocusOnPress
          onPress={() => chain().redo().run()}
        />
      </span>
    </div>
  );
}

/** Of the task in which the caret stands. */
function TaskOfCaret({ editor, task }: { editor: Editor; task: TaskFields }) {
  const { t } = useTranslation('notes');
  const change = (changed: Partial<TaskFields>) =>
    editor.commands.updateAttributes(
      'taskItem',
      Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, value === '' ? null : value])),
    );
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,11.5rem),1fr))] gap-3">
      <TextField
        label={t('person')}
        value={task.person}
        maxLength={80}
        onChange={(person) => void change({ person })}
      />
      <DateField label={t('dueOn')} value={task.dueOn} onChange={(dueOn) => void change({ dueOn })} />
    </div>
  );
}
