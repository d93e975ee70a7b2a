/**
 * Signing secrets of webhooks: made here, shown once, and in the store only encrypted to a key that is a file of the data
 * directory: a copy of the database alone signs nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { writeDurably } from '#edge/durable-file.ts';

const KEY_BYTES = 32;
const SECRET_BYTES = 32;

export class WebhookSecrets {
  readonly #folder: string;
  #key: Uint8Array | null = null;

  constructor({ dataDir }: { dataDir: string }) {
    this.#folder = join(dataDir, 'webhooks');
  }

  /** A key that is lost or damaged is made anew: `open` fails for what was encrypted before, and its secret is renewed. */
  start(): void {
    const path = join(this.#folder, 'secrets.key');
    const stored = existsSync(path) ? Buffer.from(readFileSync(path, 'utf8').trim(), 'base64') : null;
    this.#key = stored?.length === KEY_BYTES ? stored : null;
    if (this.#key) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const key = randomBytes(KEY_BYTES);
    writeDurably(path, `${key.toString('base64')}\n`);
    this.#key = key;
  }

  /** `whsec_…` as standardwebhooks has it. */
  make(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  /** @returns a compact JWE */
  seal(secret: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(secret))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(this.#key!);
  }

  /** @returns null: it was encrypted with another key */
  async open(sealed: string): Promise<string | null> {
    try {
      const { plaintext } = await compactDecrypt(sealed, this.#key!);
      return new TextDecoder().decode(plaintext);
    } catch {
      return null;
    }
  }
}
