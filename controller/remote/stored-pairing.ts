/** The device's memory of its room: the pairing, and whether it hangs outside the door. Storage may be refused. */
import { z } from '#contract/schema.ts';

const PAIRING = 'maru-pairing';
const DOOR = 'maru-door';
const TABLET_REMOVED = 'maru-tablet-removed';

/** `roomName` null: it came as a token alone; the room's state has the name. */
export const StoredPairing = z.object({
  controllerToken: z.string().min(1).max(200),
  roomName: z.string().nullable().default(null),
  kind: z.enum(['phone', 'tablet']).default('phone'),
});
export type StoredPairing = z.infer<typeof StoredPairing>;

/** null: nothing is stored, or storage is refused or spoilt. */
export function keptPairing(): StoredPairing | null {
  try {
    return StoredPairing.parse(JSON.parse(localStorage.getItem(PAIRING) ?? 'null'));
  } catch {
    return null;
  }
}

export function keepPairing(pairing: StoredPairing | null): void {
  keep(PAIRING, pairing === null ? null : JSON.stringify(pairing));
}

/** A room's tablet without its room: it stays IT's, also after a power cut. */
export function isRemovedTablet(): boolean {
  try {
    return localStorage.getItem(TABLET_REMOVED) !== null;
  } catch {
    return false;
  }
}

export function keepRemovedTablet(isRemoved: boolean): void {
  keep(TABLET_REMOVED, isRemoved ? '1' : null);
}

export function hangsAtDoor(): boolean {
  if (new URLSearchParams(location.search).has('door')) return true;
  try {
    return localStorage.getItem(DOOR) !== null;
  } catch {
    return false;
  }
}

/** The address changes too, so that a reload does not return to the former page. */
export function keepAtDoor(atDoor: boolean): void {
  keep(DOOR, atDoor ? '1' : null);
  const address = new URL(location.href);
  address.searchParams.delete('door');
  history.replaceState(null, '', address);
}

function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // a private window: it lasts as long as the page
  }
}
