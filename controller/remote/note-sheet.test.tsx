// @vitest-environment happy-dom
/** A line for the meeting's notes from the phone: what is sent, what is asked for first, and what a refusal says. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { InvalidStateError, OperationalError } from '#contract/error-codes.ts';
import type { NoteLine } from '#contract/note-line.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import en from '#ui/words/en/remote.ts';
import ko from '#ui/words/ko/remote.ts';
import { NoteCard } from './note-sheet.tsx';

let page: PageUnderTest;
let sent: NoteLine[];
let ids: string[];
let refusal: Error | null;
beforeEach(async () => {
  page = new PageUnderTest({ remote: { en, ko } });
  sent = [];
  ids = [];
  refusal = null;
  const addNote = async (line: NoteLine, id: string): Promise<void> => {
    sent.push(line);
    ids.push(id);
    if (refusal) throw refusal;
  };
  await page.show(<NoteCard link={{ addNote }} />);
  await page.press('Add a note');
});
afterEach(() => page.end());

it('adds a note, and says so', async () => {
  await page.type('textarea', '안건을 확인함');
  await page.press('Add');
  expect(sent).toEqual([{ kind: 'note', text: '안건을 확인함' }]);
  await page.until(() => page.text.includes('The note is in the meeting’s notes.'));
  expect(document.querySelector('textarea')).toBeNull();
});

it('adds a task with its person and date, and a decision without', async () => {
  await page.press('Task');
  await page.type('textarea', 'Write to the dealers');
  await page.fill('Who does it', 'Joon');
  await page.type('input[type=date]', '2026-12-24');
  await page.press('Decision');
  await page.press('Task');
  await page.press('Add');
  expect(sent).toEqual([{ kind: 'task', text: 'Write to the dealers', person: 'Joon', dueOn: '2026-12-24' }]);
  await page.press('Add a note');
  await page.press('Decision');
  await page.type('textarea', 'Prices stay');
  await page.press('Add');
  expect(sent.at(-1)).toEqual({ kind: 'decision', text: 'Prices stay' });
});

it('wants words first', async () => {
  await page.type('textarea', ' \n');
  await page.press('Add');
  expect(sent).toEqual([]);
  expect(page.text).toContain('Please write something.');
});

it('a room in a meeting of others is refused in words, and what was written stays', async () => {
  refusal = new InvalidStateError('not-possible-now');
  await page.type('textarea', 'Prices stay');
  await page.press('Add');
  await page.until(() => page.text.includes('The room is in a meeting of others'));
  expect(document.querySelector('textarea')?.value).toBe('Prices stay');
});

it('has the same id where its answer was lost and it is sent again, and another once it is changed', async () => {
  refusal = new OperationalError('room-not-answering');
  await page.type('textarea', 'Prices stay');
  await page.press('Add');
  await page.press('Add');
  await page.type('textarea', 'Prices rise');
  await page.press('Add');
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});
