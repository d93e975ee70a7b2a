// @vitest-environment happy-dom
/** The notes in the call's page: opened beside the stage, and kept while they are put away, as is what they have not saved. */
import { useEffect, useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import joinEn from '#ui/words/en/join.ts';
import joinKo from '#ui/words/ko/join.ts';
import { NotesBeside, NotesButton, useCallNotes } from './call-notes.tsx';

const gone = vi.hoisted(() => vi.fn());
vi.mock('#ui/notes/notes-panel.tsx', () => ({
  default: ({ meetingId }: { meetingId: string }) => {
    useEffect(() => gone, []);
    return <p>Notes of {meetingId}</p>;
  },
}));
let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({ join: { en: joinEn, ko: joinKo } });
  gone.mockClear();
});
afterEach(() => page.end());

function Call() {
  const notes = useCallNotes(() => {});
  const [isCovered, setCovered] = useState(false);
  return (
    <>
      <NotesButton notes={notes} />
      <button type="button" onClick={() => setCovered(!isCovered)}>
        Chat
      </button>
      <NotesBeside notes={notes} meetingId="m1" isCovered={isCovered} />
    </>
  );
}
const section = () => document.querySelector('section[aria-label="Notes"]');
const isSeen = () => section()?.classList.contains('flex') ?? false;

it('are fetched on a press, and stay while they are closed or the chat covers them', async () => {
  await page.show(<Call />);
  expect(section()).toBeNull();
  await page.press('Notes');
  await page.until(() => page.text.includes('Notes of m1'));
  expect(isSeen()).toBe(true);
  await page.press('Chat');
  expect(isSeen()).toBe(false);
  await page.press('Chat');
  await page.press('Notes');
  expect([isSeen(), gone.mock.calls.length]).toEqual([false, 0]);
  await page.press('Notes');
  expect([isSeen(), gone.mock.calls.length]).toEqual([true, 0]);
});

function Sheet({ onPressed }: { onPressed: () => void }) {
  return <NotesButton notes={useCallNotes(() => {})} isLarge onPressed={onPressed} />;
}

it('are opened from the sheet of a phone held sideways, which closes', async () => {
  const pressed = vi.fn();
  await page.show(<Sheet onPressed={pressed} />);
  expect(page.button('Notes').textContent).toBe('Notes');
  await page.press('Notes');
  await page.until(() => page.button('Notes').getAttribute('aria-expanded') === 'true');
  expect(pressed).toHaveBeenCalledOnce();
});
