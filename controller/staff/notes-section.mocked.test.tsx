// @vitest-environment happy-dom
/** The notes' chunk that cannot be fetched: the page stays, with words. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PageUnderTest } from '#ui/page-under-test.tsx';
import { NotesSection } from './notes-section.tsx';
import { idOf, staffPage } from './staff-under-test.tsx';

vi.mock('#ui/notes/notes-panel.tsx', () => {
  throw new Error('no chunk');
});
let page: PageUnderTest;
beforeEach(() => {
  page = staffPage();
});
afterEach(() => page.end());

it('a press on "Open the notes" that gets no chunk leaves the page, and may be tried again', async () => {
  await page.show(<NotesSection meetingId={idOf(103)} isCancelled={false} />);
  await act(async () => page.button('Open the notes').click());
  await page.until(() => page.text.includes('The server does not answer'));
  expect(page.button('Open the notes').disabled).toBe(false);
});
