/** Lines that are added from outside of the editor, and what is read from notes: decisions, tasks, Markdown. */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { NoteLine } from '#contract/note-line.ts';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import { appendLine, markTaskIn, openTasksIn, outcomesIn } from './note-lines.ts';
import { markdownOf } from './notes-markdown.ts';

const notes = (): Y.XmlFragment => new Y.Doc().getXmlFragment(NOTES_FRAGMENT);
type Part = string | Y.XmlElement;
function block(nodeName: string, attributes: Record<string, unknown>, ...parts: Part[]): Y.XmlElement {
  const element = new Y.XmlElement<Record<string, never>>(nodeName);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value as never);
  element.insert(
    0,
    parts.map((part) => (typeof part === 'string' ? new Y.XmlText(part) : part)),
  );
  return element as unknown as Y.XmlElement;
}
const line = (text: string): Y.XmlElement => block('paragraph', {}, text);

test('lines come in their order, and tasks one below the other', () => {
  const fragment = notes();
  appendLine(fragment, { kind: 'note', text: '안건을 확인함' });
  appendLine(fragment, { kind: 'decision', text: 'Prices stay' });
  appendLine(fragment, { kind: 'task', text: 'Write to the dealers', person: '준', dueOn: '2026-12-24' });
  appendLine(fragment, { kind: 'task', text: 'Book the room', person: null, dueOn: null });
  expect(markdownOf(fragment)).toBe(
    '안건을 확인함\n\n> **→** Prices stay\n\n- [ ] Write to the dealers (준, 2026-12-24)\n- [ ] Book the room\n',
  );
  expect(outcomesIn(fragment)).toEqual({
    decisions: ['Prices stay'],
    tasks: [
      { text: 'Write to the dealers', person: '준', dueOn: '2026-12-24', isDone: false },
      { text: 'Book the room', person: null, dueOn: null, isDone: false },
    ],
  });
});

test('an empty last line, in which somebody may be about to write, stays the last', () => {
  const fragment = notes();
  fragment.insert(0, [line('Agenda'), line('')]);
  appendLine(fragment, { kind: 'note', text: 'From the phone' });
  expect(fragment.toString()).toBe(
    '<paragraph>Agenda</paragraph><paragraph>From the phone</paragraph><paragraph></paragraph>',
  );
});

test('headings, bold and lists in lists are Markdown; what looks like markup is not', () => {
  const fragment = notes();
  const nested = block('bulletList', {}, block('listItem', {}, line('second')));
  fragment.insert(0, [
    block('heading', { level: 2 }, 'Prices'),
    block('bulletList', {}, block('listItem', {}, line('first'), nested)),
    block('orderedList', {}, block('listItem', {}, line('one')), block('listItem', {}, line('two'))),
    line('# no heading, *no* <b>bold</b>'),
    line('1. no list'),
    line('bold'),
    line(''),
    block('of-later', {}, 'what we do not know'),
  ]);
  const bold = (fragment.get(5) as Y.XmlElement).get(0) as Y.XmlText;
  bold.format(0, 4, { bold: {} });
  expect(markdownOf(fragment)).toBe(
    [
      '## Prices',
      '- first\n  - second',
      '1. one\n2. two',
      '\\# no heading, \\*no\\* \\<b\\>bold\\</b\\>',
      '1\\. no list',
      '**bold**',
      'what we do not know\n',
    ].join('\n\n'),
  );
});

test('a task that is done, and one without words', () => {
  const fragment = notes();
  const done = block('taskItem', { checked: true, person: 'Mina' }, line('Call'));
  fragment.insert(0, [block('taskList', {}, done, block('taskItem', { checked: false }, line('')))]);
  expect(outcomesIn(fragment).tasks).toEqual([{ text: 'Call', person: 'Mina', dueOn: null, isDone: true }]);
  expect(markdownOf(notes())).toBe('');
});

test('a task’s day is a day, and its person and words stand on one line', () => {
  const fragment = notes();
  const item = (person: string, dueOn: string, text: string) => block('taskItem', { person, dueOn }, line(text));
  fragment.insert(0, [
    block(
      'taskList',
      {},
      item('Mina\n\n# Kim', '2026-12-24)\n\n<img src=x>', 'Call\u2028them\r\n'),
      item('\n', 'soon', 'x'),
    ),
    block('decision', {}, 'Prices\n# stay'),
  ]);
  expect(outcomesIn(fragment)).toEqual({
    decisions: ['Prices # stay'],
    tasks: [
      { text: 'Call them', person: 'Mina # Kim', dueOn: null, isDone: false },
      { text: 'x', person: null, dueOn: null, isDone: false },
    ],
  });
});

test('lists in lists in lists are read to a depth, and what is deeper as words of it, in time', () => {
  const fragment = notes();
  const most = 4_000;
  let parent: Y.XmlFragment = fragment;
  fragment.doc!.transact(() => {
    for (let n = 0; n < most; n += 1) {
      const list = block('bulletList', {}, block('listItem', {}, line(`n${n}.`), block('decision', {}, `d${n}.`)));
      parent.insert(parent.length, [list]);
      parent = list.get(0) as Y.XmlElement;
    }
  });
  const begunMs = performance.now();
  const lines = markdownOf(fragment).split('\n');
  const { decisions } = outcomesIn(fragment);
  expect(performance.now() - begunMs).toBeLessThan(2_000);
  expect(lines[2]).toBe('  - n1.');
  expect(lines.at(-2)).toContain(`n${most - 1}.  d${most - 1}.`);
  expect(lines.length).toBeLessThan(100);
  expect(decisions.slice(0, 2)).toEqual(['d0.', 'd1.']);
  expect(decisions.length).toBeLessThan(50);
});

test('much blank space in bold words costs no more than it is long', () => {
  const fragment = notes();
  fragment.insert(0, [line(`a${' '.repeat(100_000)}b`)]);
  ((fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText).format(0, 100_002, { bold: {} });
  const begunMs = performance.now();
  expect(markdownOf(fragment)).toHaveLength(100_002 + 5);
  expect(performance.now() - begunMs).toBeLessThan(1_000);
});

test('a line is cleaned: one line, nothing hidden; without words it is none', () => {
  expect(NoteLine.parse({ kind: 'note', text: 'a\nb\u202e\u200b' })).toEqual({ kind: 'note', text: 'a b' });
  for (const text of ['', ' \n ', '\u200b', 'x'.repeat(1_001)])
    expect(NoteLine.safeParse({ kind: 'note', text }).success).toBe(false);
  expect(NoteLine.safeParse({ kind: 'task', text: 'x', person: null, dueOn: '2026-13-01' }).success).toBe(false);
});

test('open tasks are marked by what yjs names them, and only while they have their words', () => {
  const fragment = notes();
  appendLine(fragment, { kind: 'task', text: 'Write to the dealers', person: '준', dueOn: '2026-12-24' });
  appendLine(fragment, { kind: 'task', text: 'Book the room', person: null, dueOn: null });
  const [first, second] = openTasksIn(fragment);
  expect([first!.text, second!.text]).toEqual(['Write to the dealers', 'Book the room']);
  expect(markTaskIn(fragment, { ...first!, isDone: true })).toBe(true);
  expect(openTasksIn(fragment)).toEqual([second]);
  // in another copy of the document it is the same one
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(fragment.doc!));
  const copied = copy.getXmlFragment(NOTES_FRAGMENT);
  expect(markTaskIn(copied, { ...first!, isDone: false })).toBe(true);
  expect(openTasksIn(copied)).toEqual([first, second]);
  expect(markTaskIn(copied, { ...first!, text: 'Book the room', isDone: true })).toBe(false);
  expect(markTaskIn(copied, { ...first!, taskId: '1-1', isDone: true })).toBe(false);
  expect(openTasksIn(copied)).toEqual([first, second]);
});

test('a task that is long is shown by its beginning, and marked by it', () => {
  const fragment = notes();
  const text = `${'가'.repeat(498)}😀 and more`;
  fragment.insert(0, [block('taskItem', { person: 'x'.repeat(5_000) }, line(text)), block('taskItem', {}, line(''))]);
  const [task, ...others] = openTasksIn(fragment);
  expect(others).toEqual([]);
  expect(task).toMatchObject({ text: `${'가'.repeat(498)}…`, person: `${'x'.repeat(99)}…` });
  expect(markTaskIn(fragment, { ...task!, isDone: true })).toBe(true);
  expect(openTasksIn(fragment)).toEqual([]);
});
