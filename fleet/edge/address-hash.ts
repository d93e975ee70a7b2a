/** A mail address as room and fleet server compare it: case does not count, and nothing but this leaves the room. */
import { createHash } from 'node:crypto';

/** 22 letters of base64url. It hides an address from those who look, not from those who try out addresses. */
export function addressHash(address: string): string {
  const text = `maru-address:${address.trim().toLowerCase()}`;
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
