// @vitest-environment happy-dom
/** Links of minutes to places of a meeting's page. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useScrollToPlace } from './use-scroll-to-place.ts';

let root: Root;
let scrolled: (string | undefined)[] = [];
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  scrolled = [];
  vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function (this: Element) {
    scrolled.push((this as HTMLElement).dataset.place);
  });
  document.body.innerHTML = '<main></main>';
  root = createRoot(document.querySelector('main')!);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function Page({ place, shown }: { place: string | null; shown: string[] }) {
  useScrollToPlace(place);
  return shown.map((each) => <p key={each} data-place={each} />);
}
const show = (place: string | null, ...shown: string[]) =>
  act(async () => root.render(<Page place={place} shown={shown} />));

it('waits for a message that is fetched, and scrolls once', async () => {
  await show('chat-1');
  await show('chat-1', 'chat');
  expect(scrolled).toEqual([]);
  await show('chat-1', 'chat', 'chat-1');
  await show('chat-1', 'chat', 'chat-1', 'chat-2');
  await act(async () => vi.advanceTimersByTime(60_000));
  expect(scrolled).toEqual(['chat-1']);
});

it('shows the part of a message that does not come', async () => {
  await show('chat-1', 'chat', 'notes');
  await act(async () => vi.advanceTimersByTime(5_000));
  expect(scrolled).toEqual(['chat']);
});

it.each([null, 'nothing"]', ''])('leaves the page where it is for %j', async (place) => {
  await show(place, 'chat');
  await act(async () => vi.advanceTimersByTime(5_000));
  expect(scrolled).toEqual([]);
});
