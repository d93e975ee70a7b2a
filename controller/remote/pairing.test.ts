/** Refusals as they come back, and what is kept on the phone. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NoServer } from '#contract/http/answer.ts';
import { hangsAtDoor, keepAtDoor, keepPairing, keptPairing } from './stored-pairing.ts';
import { pair, pairingOfToken, tabletAddress, takeFromFragment } from './pairing.ts';
import { PREPARE_AGAIN_AFTER_MS, shouldPrepare } from './use-prepare.ts';

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
      ({ pairing, lanUrl }) => ({ ...pairing, lanUrl }),
      (error: { code: string }) => error,
    );

  it('gives the token and the room', async () => {
    answer(200, { controllerToken: 't', roomId: '0193a0b0-0000-7000-8000-000000000001', roomName: 'Maple' });
    expect(await outcome()).toEqual({ controllerToken: 't', roomName: 'Maple', kind: 'phone', lanUrl: null });
  });
  it('knows a tablet, and where the kiosk serves it', async () => {
    const told = { controllerToken: 't', roomId: '0193a0b0-0000-7000-8000-000000000001', roomName: 'Maple' };
    answer(200, { ...told, kind: 'tablet', lanUrl: 'https://maple.example' });
    expect(await outcome()).toMatchObject({ kind: 'tablet', lanUrl: 'https://maple.example' });
    answer(200, { ...told, kind: 'tablet', lanUrl: null });
    expect(await outcome()).toMatchObject({ kind: 'tablet', lanUrl: null });
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

describe('a tablet', () => {
  const here = 'https://maru.example/control';
  const address = (lanUrl: string | null, kind: 'phone' | 'tablet' = 'tablet') =>
    tabletAddress({ pairing: { controllerToken: 'a+b/c=', roomName: 'Maple', kind }, lanUrl }, here);
  it('goes on at the kiosk, with its token in the fragment alone', () => {
    expect(address('https://maple.example:7430')).toBe('https://maple.example:7430/control#tablet-token=a%2Bb%2Fc%3D');
    expect(address('https://maple.example/r/control?x=1')).toBe(
      'https://maple.example/r/control?x=1#tablet-token=a%2Bb%2Fc%3D',
    );
    expect(address('http://127.0.0.1:7430/')).toBe('http://127.0.0.1:7430/control#tablet-token=a%2Bb%2Fc%3D');
  });
  it.each([
    ['it is a phone', 'https://maple.example', 'phone'],
    ['there is no such address', null, 'tablet'],
    ['it is this very page', 'https://maru.example/', 'tablet'],
    ['the way there is open to others', 'http://maple.example', 'tablet'],
    ['it is no address of a page', 'javascript:alert(1)', 'tablet'],
    ['it is nonsense', 'maple', 'tablet'],
  ] as const)('stays where %s', (_, lanUrl, kind) => expect(address(lanUrl, kind)).toBeNull());
});

describe('what a device brings and keeps', () => {
  const page = (href: string) => {
    const url = new URL(href);
    const store = new Map<string, string>();
    const replaceState = vi.fn((_state: unknown, _title: string, to: string | URL) => {
      Object.assign(location, { href: String(to), search: new URL(String(to), href).search });
    });
    vi.stubGlobal('location', { href, hash: url.hash, pathname: url.pathname, search: url.search });
    vi.stubGlobal('history', { replaceState });
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => store.get(name) ?? null,
      setItem: (name: string, value: string) => store.set(name, value),
      removeItem: (name: string) => store.delete(name),
    });
    return { store, replaceState };
  };
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('takes code and token out of the address at once, and leaves other fragments alone', () => {
    const { replaceState } = page('https://maru.example/control?lang=ko#tablet-token=abc');
    expect(takeFromFragment()).toEqual({ code: null, mayJoin: false, tabletToken: 'abc' });
    expect(replaceState).toHaveBeenCalledWith(null, '', '/control?lang=ko');
    const other = page('https://maru.example/control#somewhere');
    expect(takeFromFragment()).toEqual({ code: null, mayJoin: false, tabletToken: null });
    expect(other.replaceState).not.toHaveBeenCalled();
  });
  it('makes a pairing of a token, and of nothing else', () => {
    expect(pairingOfToken('abc')).toEqual({ controllerToken: 'abc', roomName: null, kind: 'tablet' });
    for (const none of [null, '', 'x'.repeat(201)]) expect(pairingOfToken(none)).toBeNull();
  });
  it('keeps a pairing, reads one of the release before, and nothing spoilt', () => {
    const { store } = page('https://maru.example/control');
    keepPairing({ controllerToken: 'abc', roomName: null, kind: 'tablet' });
    expect(keptPairing()).toEqual({ controllerToken: 'abc', roomName: null, kind: 'tablet' });
    store.set('maru-pairing', '{"controllerToken":"t","roomId":"x","roomName":"Maple"}');
    expect(keptPairing()).toEqual({ controllerToken: 't', roomName: 'Maple', kind: 'phone' });
    for (const spoilt of ['{', '{"controllerToken":""}', 'null']) {
      store.set('maru-pairing', spoilt);
      expect(keptPairing()).toBeNull();
    }
  });
  it('hangs at the door by address or by setting, until it is taken down', () => {
    page('https://maru.example/control?door&lang=ko');
    expect(hangsAtDoor()).toBe(true);
    keepAtDoor(false);
    expect(hangsAtDoor()).toBe(false);
    keepAtDoor(true);
    expect(hangsAtDoor()).toBe(true);
  });
});

it('prepares a call once, and again only when the room may have let it go', () => {
  expect(shouldPrepare(null, 5)).toBe(true);
  expect(shouldPrepare(1_000, 1_000 + PREPARE_AGAIN_AFTER_MS - 1)).toBe(false);
  expect(shouldPrepare(1_000, 1_000 + PREPARE_AGAIN_AFTER_MS)).toBe(true);
});
