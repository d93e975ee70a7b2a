// @vitest-environment happy-dom
/** The chat's field and list by themselves: names that are offered, what is sent, and what a failure leaves behind. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PageUnderTest } from '../page-under-test.tsx';
import en from '../words/en/meeting.ts';
import ko from '../words/ko/meeting.ts';
import { ChatComposer } from './chat.tsx';

const JOON = { id: 'joon', name: 'Joon Lee' };
let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({ meeting: { en, ko } });
});
afterEach(() => page.end());

const field = () => document.querySelector<HTMLTextAreaElement>('textarea')!;
const type = (text: string) => page.type('textarea', text);
async function key(name: string, options: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    field().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...options }));
  });
}

describe('names that are offered', () => {
  const onSend = vi.fn(async () => {});
  const onEscape = vi.fn();
  beforeEach(async () => {
    onSend.mockClear();
    onEscape.mockClear();
    await page.show(
      <section aria-label="Chat" onKeyDown={({ key: pressed }) => pressed === 'Escape' && onEscape()}>
        <ChatComposer onSend={onSend} people={[JOON, { id: 'joy', name: 'Joy Han' }]} />
      </section>,
    );
    await type('Thank you @jo');
  });

  it('Enter chooses the first, and the next Enter sends', async () => {
    await key('Enter', { isComposing: true });
    expect(field().value).toBe('Thank you @jo');
    await key('Enter');
    expect([field().value, onSend.mock.calls.length]).toEqual(['Thank you @Joon Lee ', 0]);
    await key('Enter');
    expect(onSend.mock.calls[0]?.slice(0, 2)).toEqual(['Thank you @Joon Lee', { mentions: ['joon'] }]);
  });

  it('Escape puts them away, and what is around stays open', async () => {
    await key('Escape');
    expect([field().value, onEscape.mock.calls.length]).toEqual(['Thank you @jo', 0]);
    expect(page.buttons('@Joon Lee')).toEqual([]);
    await key('Escape');
    expect(onEscape).toHaveBeenCalledOnce();
  });

  it('are announced', async () => {
    expect(document.querySelector('[role=status]')!.textContent).toContain('Joon Lee, Joy Han');
    await key('Escape');
    expect(document.querySelector('[role=status]')!.textContent).toBe('');
  });
});
