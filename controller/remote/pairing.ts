/**
 * How this device becomes a room's: the code from the TV, or from IT for a tablet, is exchanged for a token; or a token
 * comes along in the address. Owns the fragment and the request; stored-pairing.ts keeps the result. Paints nothing.
 */
import { fromWire } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { callApi } from '#ui/http-client.ts';
import { isWholeCode } from '#ui/typed-code.ts';
import { StoredPairing } from './stored-pairing.ts';

const TABLET_TOKEN = 'tablet-token';
/** Beside the code: the TV's room is in a call, and the person who scans it chooses between its controls and joining. */
const JOIN = 'join';

export type PairedRoom = {
  pairing: StoredPairing /** where the kiosk itself serves this tablet */;
  lanUrl: string | null;
};

/** The code or token of the address, removed from it at once: it must not stay in the history. */
export function takeFromFragment(): { code: string | null; mayJoin: boolean; tabletToken: string | null } {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [code, tabletToken] = [fragment.get('code'), fragment.get(TABLET_TOKEN)];
  if (code !== null || tabletToken !== null) history.replaceState(null, '', location.pathname + location.search);
  return { code, mayJoin: code !== null && fragment.has(JOIN), tabletToken };
}

/** A token that came in the address, as a pairing; null if it cannot be one. */
export function pairingOfToken(controllerToken: string | null): StoredPairing | null {
  return StoredPairing.safeParse({ controllerToken, kind: 'tablet' }).data ?? null;
}

/**
 * Where a tablet goes on from here: the kiosk's own address, with the token in its fragment. Null where there is none,
 * where it is this very page, or where the way there would show the token to others.
 */
export function tabletAddress({ pairing, lanUrl }: PairedRoom, here: string): string | null {
  if (pairing.kind !== 'tablet' || lanUrl === null || !URL.canParse(lanUrl)) return null;
  const address = new URL(lanUrl);
  const isLoopback = address.hostname === 'localhost' || address.hostname === '127.0.0.1';
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && isLoopback)) return null;
  if (address.origin === new URL(here).origin) return null;
  if (address.pathname === '/') address.pathname = pagePaths.controller;
  address.hash = new URLSearchParams({ [TABLET_TOKEN]: pairing.controllerToken }).toString();
  return address.href;
}

/** @throws MaruError `pairing-code-invalid`, `too-many-attempts`, …; NoServer where none answers. */
export async function pair(code: string): Promise<PairedRoom> {
  if (!isWholeCode(code)) throw fromWire({ code: 'pairing-code-invalid', message: 'not a code' });
  const { controllerToken, roomName, kind, lanUrl } = await callApi(roomsApi.pair, { body: { code } });
  return { pairing: { controllerToken, roomName, kind }, lanUrl };
}

/** A link into the call of the room whose TV shows the code. @throws as `pair`; `not-possible-now` where it is in none. */
export async function joinLinkOf(code: string): Promise<string> {
  const { joinUrl } = await callApi(roomsApi.askToJoin, { body: { code } });
  return joinUrl;
}
