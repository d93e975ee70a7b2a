import { expect, it } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import { fromMediasoup } from './media-errors.ts';

const named = (name: string) => Object.assign(new Error('why'), { name });

it.each([
  ['TypeError', named('TypeError'), 'bad-message'],
  ['UnsupportedError', named('UnsupportedError'), 'bad-message'],
  ['WorkerClosedError', named('WorkerClosedError'), 'media-failed'],
  ['another error', named('Error'), 'not-possible-now'],
  ['what is no error', 'why', 'not-possible-now'],
])('%s is translated', (_, thrown, code) => {
  expect(fromMediasoup(thrown)).toMatchObject({ code, message: expect.stringContaining('why') });
});

it('an error of our own stays what it is', () => {
  const own = new UserError('forbidden', 'why');
  expect(fromMediasoup(own)).toBe(own);
});
