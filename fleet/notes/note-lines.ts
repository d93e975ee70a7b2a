/** Lines with a meaning in the notes: adding one from outside of the editor, and reading decisions and tasks. */
import * as Y from 'yjs';
import type { NoteLine } from '#contract/note-line.ts';

/** An update that adds one: its text of at most four bytes a letter, and what yjs writes around it. */
export const MOST_BYTES_OF_LINE = 8 * 1024;
/** An update that marks a task. */
export const MOST_BYTES_OF_MARK = 256;

/** a list in a list in a list; what is deeper is read as words of this depth */
export const MOST_NOTES_DEPTH = 20;
const LINE_BREAKS = /[\n\v\f\r\u0085\u2028\u2029]+/g;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type NotedTask = {
  text: string;
  /** as it was typed; null: nobody is named */
  person: string | null;
  /** `2026-11-30`; null: no day is named */
  dueOn: string | null;
  isDone: boolean;
};
export type NotesOutcomes = { decisions: string[]; tasks: NotedTask[] };

/** At the end; before an empty line there, in which somebody may be about to write. */
export function appendLine(notes: Y.XmlFragment, line: NoteLine): void {
  const last = notes.length > 0 ? notes.get(notes.length - 1) : undefined;
  const isEmptyEnd = last instanceof Y.XmlElement && last.nodeName === 'paragraph' && wordsOf(last) === '';
  const at = isEmptyEnd ? notes.length - 1 : notes.length;
  if (line.kind !== 'task') {
    notes.insert(at, [withText(line.kind === 'note' ? 'paragraph' : 'decision', line.text)]);
    return;
  }
  const before = at > 0 ? notes.get(at - 1) : undefined;
  if (before instanceof Y.XmlElement && before.nodeName === 'taskList') {
    before.push([taskItem(line)]);
    return;
  }
  const list = new Y.XmlElement('taskList');
  list.insert(0, [taskItem(line)]);
  notes.insert(at, [list]);
}

/** In the order of the notes; what is empty is left out. */
export function outcomesIn(notes: Y.XmlFragment): NotesOutcomes {
  const outcomes: NotesOutcomes = { decisions: [], tasks: [] };
  for (const element of elementsIn(notes)) {
    if (element.nodeName === 'decision') {
      const text = wordsOf(element);
      if (text !== '') outcomes.decisions.push(text);
    } else if (element.nodeName === 'taskItem') {
      const task = taskIn(element);
      if (task.text !== '') outcomes.tasks.push(task);
    }
  }
  return outcomes;
}

/** `taskId`: of the element, for as long as the editor keeps it. Long words are cut off. */
export type OpenTask = { taskId: string; text: string; person: string | null; dueOn: string | null };

const MOST_TASK_UNITS = 500;
const MOST_PERSON_UNITS = 100;

/** Those that are not done, in the order of the notes. */
export function openTasksIn(notes: Y.XmlFragment): OpenTask[] {
  return taskItemsIn(notes).flatMap((item) => {
    const { text, person, dueOn, isDone } = taskIn(item);
    if (isDone || text === '') return [];
    return {
      taskId: taskIdOf(item),
      text: cutOff(text, MOST_TASK_UNITS),
      person: person === null ? null : cutOff(person, MOST_PERSON_UNITS),
      dueOn,
    };
  });
}

/** @param text as `openTasksIn` shows it @returns false: no such task, or another one stands there now */
export function markTaskIn(
  notes: Y.XmlFragment,
  { taskId, text, isDone }: Pick<OpenTask, 'taskId' | 'text'> & { isDone: boolean },
): boolean {
  const item = taskItemsIn(notes).find((each) => taskIdOf(each) === taskId);
  if (!item || cutOff(taskIn(item).text, MOST_TASK_UNITS) !== text) return false;
  if (taskIn(item).isDone !== isDone) (item as Y.XmlElement<{ checked: boolean }>).setAttribute('checked', isDone);
  return true;
}

const taskItemsIn = (notes: Y.XmlFragment): Y.XmlElement[] =>
  [...elementsIn(notes)].filter(({ nodeName }) => nodeName === 'taskItem');

/** What yjs names it by, in every copy of the document. */
function taskIdOf({ _item }: Y.XmlElement): string {
  const { client, clock } = _item!.id;
  return `${client}-${clock}`;
}

/** Not within a letter. */
function cutOff(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\uD800-\uDBFF]/.test(text[most - 2]!) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** Its own line, without the lists below it. */
export function taskIn(item: Y.XmlElement): NotedTask {
  const attributes = item.getAttributes() as Record<string, unknown>;
  const { person, dueOn } = attributes;
  const name = typeof person === 'string' ? person.replace(LINE_BREAKS, ' ').trim() : '';
  const own = item.toArray().filter((child) => child instanceof Y.XmlElement && child.nodeName === 'paragraph');
  return {
    text: own.map((child) => wordsOf(child as Y.XmlElement)).join(' '),
    person: name === '' ? null : name,
    dueOn: typeof dueOn === 'string' && DAY.test(dueOn) ? dueOn : null,
    isDone: attributes.checked === true,
  };
}

/** Without marks, on one line; blocks stand apart. Of any depth: no call for each. */
export function wordsOf(element: Y.XmlElement): string {
  const words: string[] = [];
  const left: unknown[] = [element];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string') words.push(next);
    else if (next instanceof Y.XmlText) words.push(plainText(next));
    else if (next instanceof Y.XmlElement) {
      // the last one is read first
      if (next !== element) left.push(' ');
      for (const child of next.toArray().reverse()) left.push(child);
      if (next !== element) left.push(' ');
    }
  }
  return words.join('').replace(LINE_BREAKS, ' ').trim();
}

const plainText = (text: Y.XmlText): string =>
  (text.toDelta() as { insert: unknown }[]).map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');

function* elementsIn(parent: Y.XmlFragment, depth = 0): Generator<Y.XmlElement> {
  for (const child of parent.toArray()) {
    if (!(child instanceof Y.XmlElement)) continue;
    yield child;
    // an item stands in its list: two elements a level
    if (depth < 2 * MOST_NOTES_DEPTH) yield* elementsIn(child, depth + 1);
  }
}

function withText(nodeName: string, text: string): Y.XmlElement {
  const element = new Y.XmlElement(nodeName);
  element.insert(0, [new Y.XmlText(text)]);
  return element;
}

function taskItem({ text, person, dueOn }: Extract<NoteLine, { kind: 'task' }>): Y.XmlElement {
  const item = new Y.XmlElement<{ checked: boolean; person: string; dueOn: string }>('taskItem');
  item.setAttribute('checked', false);
  if (person !== null) item.setAttribute('person', person);
  if (dueOn !== null) item.setAttribute('dueOn', dueOn);
  item.insert(0, [withText('paragraph', text)]);
  return item as unknown as Y.XmlElement;
}
