// @vitest-environment happy-dom
/** The laptop's page in its steps: the code is checked before it is sent, and each step and problem has its words. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Observable } from '#call/observable.ts';
import commonEn from '#ui/words/en/common.ts';
import errorsEn from '#ui/words/en/errors.ts';
import shareEn from '#ui/words/en/share.ts';
import commonKo from '#ui/words/ko/common.ts';
import errorsKo from '#ui/words/ko/errors.ts';
import shareKo from '#ui/words/ko/share.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import type { LaptopState, Problem } from './laptop.ts';
import { SharePage } from './share-page.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
startWords({
  common: { en: commonEn, ko: commonKo },
  errors: { en: errorsEn, ko: errorsKo },
  share: { en: shareEn, ko: shareKo },
});
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  showLanguage('en');
  Object.defineProperty(navigator, 'mediaDevices', { value: { getDisplayMedia: () => {} }, configurable: true });
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});

function draw(state: LaptopState) {
  const laptop = { state: new Observable(state), pair: vi.fn(), share: vi.fn(), stop: vi.fn() };
  act(() => root.render(<SharePage laptop={laptop} />));
  return laptop;
}
const words = () => document.body.textContent;
const button = (name: string) => [...document.querySelectorAll('button')].find((each) => each.textContent === name)!;
function type(text: string): void {
  const input = document.querySelector('input')!;
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!;
  act(() => {
    set!.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
const submit = () =>
  act(() => {
    document.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });

it('sends a whole code alone', () => {
  const laptop = draw({ step: 'code', isPending: false, problem: null });
  type('k7pw');
  submit();
  expect([laptop.pair.mock.calls, words().includes(commonEn.code.incomplete)]).toEqual([[], true]);
  type('k7pw 3mxd');
  submit();
  expect(laptop.pair.mock.calls).toEqual([['K7PW-3MXD']]);
});

it('shares under the typed name, else as a laptop in the page’s language', () => {
  const laptop = draw({ step: 'ready', roomName: 'Maple', waitsFor: null, problem: null });
  expect(words()).toContain('Connected to Maple');
  submit();
  type('  Mina ');
  submit();
  // nothing that a person could read
  type(' \u200b\u3164 ');
  submit();
  act(() => showLanguage('ko'));
  type('');
  submit();
  expect(laptop.share.mock.calls).toEqual([['Laptop'], ['Mina'], ['Laptop'], ['노트북']]);
});

it('stops at a press while it shares, and shows a broken line and a network that blocks', () => {
  const laptop = draw({ step: 'sharing', roomName: 'Maple', isReconnecting: true, isBlocked: true });
  expect(words()).toContain(shareEn.sharing.reconnecting);
  expect(words()).toContain(shareEn.sharing.blocked);
  act(() => button(shareEn.sharing.stop).click());
  expect(laptop.stop).toHaveBeenCalledOnce();
});

it.each(Object.keys(shareEn.problem) as Exclude<Problem['kind'], 'error'>[])('has words for %s', (kind) => {
  draw({ step: 'ready', roomName: 'Maple', waitsFor: null, problem: { kind } });
  expect(words()).toContain(shareEn.problem[kind].todo);
  act(() => showLanguage('ko'));
  expect(words()).toContain(shareKo.problem[kind].todo);
});

it('has the words of a refusal by its code', () => {
  draw({ step: 'code', isPending: false, problem: { kind: 'error', code: 'too-many-attempts' } });
  expect(words()).toContain(errorsEn['too-many-attempts'].what);
});

it('does not ask for a code where the browser cannot share', () => {
  Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
  draw({ step: 'code', isPending: false, problem: null });
  expect(words()).toContain(shareEn.impossible.what);
  expect(document.querySelector('input')).toBeNull();
});
