/**
 * The box's own key for secret settings: made here, kept in its data folder, never sent. The fleet encrypts to its
 * public half. A key of its own, because the certificate's is another one after each renewal.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { UserError } from '#contract/error-codes.ts';
import { z } from '#contract/schema.ts';
import { SealedSetting, type SettingsKey } from '#contract/settings/room-settings.ts';
import { KeptFile } from '../kept-file.ts';

const KeptKey = z.object({ privatePem: z.string() });

export class SettingsKeyPair {
  readonly #private: KeyObject;
  readonly publicKey: SettingsKey;

  constructor(privateKey: KeyObject) {
    this.#private = privateKey;
    const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
    const members = { crv: 'P-256' as const, kty: 'EC' as const, x: x!, y: y! };
    // RFC 7638: these members, in this order
    const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
    this.publicKey = { ...members, kid };
  }

  /** @throws Node's error where a new one cannot be kept */
  static at(path: string): SettingsKeyPair {
    const file = new KeptFile(path, KeptKey);
    const kept = file.read();
    if (kept !== null) return new SettingsKeyPair(createPrivateKey(kept.privatePem));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    file.write({ privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() });
    return new SettingsKeyPair(privateKey);
  }

  /** @throws UserError secret-unreadable: for another box, another room or another field */
  async open(sealed: string, place: { roomId: string; section: string; field: string }): Promise<string> {
    try {
      // a room without secrets does not load it
      const { compactDecrypt } = await import('jose');
      const { plaintext } = await compactDecrypt(sealed, this.#private);
      const { value, ...of } = SealedSetting.parse(JSON.parse(new TextDecoder().decode(plaintext)));
      if (of.roomId === place.roomId && of.section === place.section && of.field === place.field) return value;
    } catch {
      // its cause may quote what was decrypted
    }
    throw new UserError('secret-unreadable', 'encrypted for another box, room or field');
  }
}
