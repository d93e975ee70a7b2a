// @vitest-environment happy-dom
/** What a meeting permits with documents, in the console: shown as it is, saved as it is chosen, kept where that is refused. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';
import { DocumentPolicyCard } from './document-policy-card.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(async () => {
  server = new ServerUnderTest();
  server.answers.documentPolicy = () => ({ body: { policy: { ...DEFAULT_DOCUMENT_POLICY, isKept: true } } });
  server.answers.setDocumentPolicy = () => ({ body: {} });
  server.install();
  page = new ConsoleUnderTest();
  await page.show(<DocumentPolicyCard meetingId={idOf(7)} />);
  await page.until(() => page.text.includes('Who may share'));
});
afterEach(() => page.end());

const group = (label: string): HTMLElement => document.querySelector(`[role=radiogroup][aria-label="${label}"]`)!;
const chosen = (label: string): string => group(label).querySelector('[aria-checked=true]')!.textContent;
async function choose(label: string, words: string): Promise<void> {
  const choice = [...group(label).querySelectorAll('button')].find(({ textContent }) => textContent === words)!;
  await act(async () => choice.click());
}
const shown = () =>
  ['Who may share', 'Guests see documents', 'Kept after the meeting', 'Viewer’s name on each page'].map(chosen);

it('shows the policy as it is', () => {
  expect(shown()).toEqual(['Everyone in the meeting', 'Yes', 'Yes', 'No']);
});

it('saves each choice, with the others as they are', async () => {
  await choose('Who may share', 'The room alone');
  await page.until(() => server.askedFor('setDocumentPolicy') === 1);
  await choose('Guests see documents', 'No');
  await page.until(() => server.askedFor('setDocumentPolicy') === 2);
  const { url, body } = server.asked.at(-1)!;
  expect(url.pathname).toBe(`/api/v1/meetings/${idOf(7)}/document-policy`);
  expect(body).toEqual({ sharedBy: 'room-only', guestsView: false, isKept: true, hasWatermark: false });
  expect(shown()).toEqual(['The room alone', 'No', 'Yes', 'No']);
});

it('keeps what is in force where the server refuses, and says why', async () => {
  server.answers.setDocumentPolicy = () => refusal(403, 'forbidden');
  await choose('Guests see documents', 'No');
  await page.until(() => page.text.includes('You may not do this'));
  expect(shown()).toEqual(['Everyone in the meeting', 'Yes', 'Yes', 'No']);
});
