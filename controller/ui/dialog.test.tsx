// @vitest-environment happy-dom
/** Escape closes the dialog on top, also while nothing in it has the focus. */
import { act, useState } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfirmDialog, Dialog } from './dialog.tsx';
import { PageUnderTest } from './page-under-test.tsx';

let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({});
});
afterEach(() => page.end());

const pressEscape = (target: Element) =>
  act(async () => void target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })));

function People({ closed }: { closed: string[] }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <Dialog title="People" isOpen onClose={() => closed.push('people')}>
      <button type="button" onClick={() => setAsked(true)}>
        Ask
      </button>
      <ConfirmDialog
        {...{ title: 'Remove Jonas?', body: '', action: 'Remove', isOpen: isAsked, onConfirm: () => {} }}
        onClose={() => closed.push('question')}
      />
    </Dialog>
  );
}

it('closes once on Escape where the focus is', async () => {
  const closed: string[] = [];
  await page.show(<People closed={closed} />);
  await pressEscape(document.querySelector('[role=dialog] button')!);
  expect(closed).toEqual(['people']);
});

it('closes on Escape while the focus is nowhere, as after the focused row is gone', async () => {
  const closed: string[] = [];
  await page.show(<People closed={closed} />);
  await pressEscape(document.body);
  expect(closed).toEqual(['people']);
});

it('closes only the question on top of it', async () => {
  const closed: string[] = [];
  await page.show(<People closed={closed} />);
  await page.press('Ask');
  await pressEscape(document.body);
  expect(closed).toEqual(['question']);
});
