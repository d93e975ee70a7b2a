// @vitest-environment happy-dom
/** Escape closes the dialog on top, also while nothing in it has the focus; the second press of a double press closes none. */
import { act, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('the second press of a double press', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const pressOutside = () =>
    act(async () => {
      for (const name of ['pointerdown', 'pointerup', 'click'])
        document.body.dispatchEvent(
          name === 'click'
            ? new MouseEvent(name, { bubbles: true })
            : new PointerEvent(name, { bubbles: true, button: 0, pointerType: 'mouse' }),
        );
    });
  const question = (closed: string[]) => (
    <ConfirmDialog
      {...{ title: 'Remove Jonas?', body: '', action: 'Remove', isOpen: true, onConfirm: () => {} }}
      onClose={() => closed.push('question')}
    />
  );
  const takesPresses = () => document.querySelector('.pointer-events-none') === null;

  it('does not close what the first one opened, and a later one does', async () => {
    const closed: string[] = [];
    await page.show(question(closed));
    await pressOutside();
    expect(closed).toEqual([]);
    await act(async () => vi.advanceTimersByTime(400));
    await pressOutside();
    expect(closed).toEqual(['question']);
  });

  it('does not answer a question that came under the finger', async () => {
    await page.show(question([]));
    expect(takesPresses()).toBe(false);
    await act(async () => vi.advanceTimersByTime(400));
    expect(takesPresses()).toBe(true);
  });
});
