/** Codes as people type them, refusals as they come back, and what is kept on the phone. */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { formatTypedCode, isWholeCode, NoServer, pair } from './pairing.ts';
import { PREPARE_AGAIN_AFTER_MS, shouldPrepare } from './use-prepare.ts';

describe('a typed code', () => {
  it.each([
    ['', ''],
    ['k7', 'K7'],
    ['k7pw', 'K7PW'],
    ['k7pw3', 'K7PW-3'],
    [' k7pw 3mxd ', 'K7PW-3MXD'],
    ['K7PW-3MXDZZZ', 'K7PW-3MXD'],
    ['k.7_p/w—3', 'K7PW-3'],
  ])('%j is shown as %j', (typed, shown) => expect(formatTypedCode(typed)).toBe(shown));

  it('survives case, spaces and dashes anywhere', () => {
    const letters = fc.array(fc.constantFrom(...PAIRING_CODE_ALPHABET), { minLength: 8, maxLength: 8 });
    void fc.assert(
      fc.property(
        letters,
        fc.array(fc.constantFrom('', ' ', '-', '  '), { minLength: 8, maxLength: 8 }),
        (code, gaps) => {
          const typed = code.map((letter, index) => letter.toLowerCase() + gaps[index]).join('');
          const shown = formatTypedCode(typed);
          expect(shown.replace('-', '')).toBe(code.join(''));
          expect(isWholeCode(shown)).toBe(true);
        },
      ),
    );
  });
});

describe('pairing', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const answer = (status: number, body: unknown) =>
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Response.json(body as object, { status })),
    );
  const outcome = () =>
    pair('K7PW-3MXD').then(
      (pairing) => pairing.roomName,
      (error: { code: string }) => error,
    );

  it('gives the token and the room', async () => {
    answer(200, { controllerToken: 't', roomId: '0193a0b0-0000-7000-8000-000000000001', roomName: 'Maple' });
    expect(await outcome()).toBe('Maple');
  });
  it('tells the server’s refusal by its code', async () => {
    answer(429, { error: { code: 'too-many-attempts', message: '' } });
    expect(await outcome()).toMatchObject({ code: 'too-many-attempts' });
  });
  it('tells a server that is not there, or is not ours, from a refusal', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))),
    );
    expect(await outcome()).toBeInstanceOf(NoServer);
    answer(502, 'Bad gateway');
    expect(await outcome()).toBeInstanceOf(NoServer);
  });
  it('does not ask about what cannot be a code', async () => {
    const fetch = vi.fn();
    vi.stubGlobal('fetch', fetch);
    await expect(pair('nope')).rejects.toMatchObject({ code: 'pairing-code-invalid' });
    expect(fetch).not.toHaveBeenCalled();
  });
});

it('prepares a call once, and again only when the room may have let it go', () => {
  expect(shouldPrepare(null, 5)).toBe(true);
  expect(shouldPrepare(1_000, 1_000 + PREPARE_AGAIN_AFTER_MS - 1)).toBe(false);
  expect(shouldPrepare(1_000, 1_000 + PREPARE_AGAIN_AFTER_MS)).toBe(true);
});
