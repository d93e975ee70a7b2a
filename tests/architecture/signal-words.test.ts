/** What is wrong in a room is called the same in a mail and in the console. */
import { expect, test } from 'vitest';
import { SignalName } from '#contract/signals.ts';
import en from '#ui/words/en/signals.ts';
import ko from '#ui/words/ko/signals.ts';
import { signalWords } from '../../fleet/mail/alert-words.ts';

test.each(SignalName.options)('%s', (name) => {
  expect(signalWords[name]).toEqual({ en: en[name].what, ko: ko[name].what });
});
