// @vitest-environment happy-dom
/** A guest who did not get in is offered another try where one can help, and only there. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ErrorCode } from '#contract/error-codes.ts';
import { ReportedEndReason } from '#contract/room-state.ts';
import commonEn from '#ui/words/en/common.ts';
import errorsEn from '#ui/words/en/errors.ts';
import joinEn from '#ui/words/en/join.ts';
import commonKo from '#ui/words/ko/common.ts';
import errorsKo from '#ui/words/ko/errors.ts';
import joinKo from '#ui/words/ko/join.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { EndedPage, FailedPage } from './ended-page.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
startWords({
  common: { en: commonEn, ko: commonKo },
  errors: { en: errorsEn, ko: errorsKo },
  join: { en: joinEn, ko: joinKo },
});
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  showLanguage('en');
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});

it.each<[ErrorCode, boolean]>([
  ['seats-taken', true],
  ['joined-elsewhere', true],
  ['media-failed', true],
  ['token-expired', true],
  ['invite-closed', false],
  ['invite-invalid', false],
  ['invite-expired', false],
  ['removed-from-call', false],
])('after %s: %s', (code, offered) => {
  act(() => root.render(<FailedPage code={code} onTryAgain={() => undefined} />));
  const words = document.body.textContent;
  expect(words).toContain(errorsEn[code].what);
  expect(words.includes(commonEn.retry)).toBe(offered);
});

it.each(['left', 'removed', 'ended-by-room', 'ended-by-participant', 'ended-by-fleet', 'empty', 'unknown'] as const)(
  'a meeting that ended (%s) is no fault: no code for IT',
  (reason) => {
    expect(ReportedEndReason.parse(reason)).toBe(reason);
    act(() => root.render(<EndedPage reason={reason} title={null} onJoinAgain={() => undefined} onStaff={null} />));
    expect(document.body.textContent).not.toContain(commonEn.errorCode.replace('{{code}}', ''));
  },
);

it('who leaves last does not read that it goes on', () => {
  const show = (wasLast: boolean) =>
    act(() =>
      root.render(
        <EndedPage reason="left" wasLast={wasLast} title={null} onJoinAgain={() => undefined} onStaff={null} />,
      ),
    );
  show(false);
  expect(document.body.textContent).toContain('It goes on without you.');
  show(true);
  expect(document.body.textContent).not.toContain('It goes on without you.');
  expect(document.body.textContent).toContain('You were the last one in it.');
});
