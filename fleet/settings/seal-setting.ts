/** Encrypts a secret to the key of a room's kiosk (RFC 7516, ECDH-ES): afterwards nobody but that box can read it. */
import { CompactEncrypt, decodeProtectedHeader, importJWK } from 'jose';
import { SealedSetting, type SettingsKey } from '#contract/settings/room-settings.ts';
import type { z } from '#contract/schema.ts';

/** @returns a compact JWE whose header names the key */
export async function sealSetting(key: SettingsKey, setting: z.input<typeof SealedSetting>): Promise<string> {
  const { kid, ...jwk } = key;
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(SealedSetting.parse(setting))))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid })
    .encrypt(await importJWK(jwk, 'ECDH-ES'));
}

export const isSealedFor = (sealed: string, kid: string): boolean => decodeProtectedHeader(sealed).kid === kid;
