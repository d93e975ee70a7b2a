/**
 * Which certificates of ours are good, kept in memory for the broker's question at each connection, and in the store;
 * and the key of the one by which each identity came last, to which is signed what only that box may use.
 * Revoking one ends what runs on it: `onRevoked` tells whoever holds connections.
 */
import type { JsonWebKey } from 'node:crypto';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import type { IssuedCertificate } from './issuing.ts';

export class CertificateRegister {
  readonly #store: AuthorityStore;
  readonly #accepted = new Map<string, Set<string>>();
  readonly #keys = new Map<string, JsonWebKey>();
  readonly #revokedHandlers: ((identity: string) => void)[] = [];

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  async start(): Promise<void> {
    const rows = await this.#store.read
      .selectFrom('certificate')
      .select(['identity', 'serial'])
      .where('revokedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now())
      .execute();
    for (const { identity, serial } of rows) this.#accept(identity, serial);
  }

  /** Certificates of our CA are out there. */
  async hasIssued(): Promise<boolean> {
    return (
      (await this.#store.read.selectFrom('certificate').select('serial').limit(1).executeTakeFirst()) !== undefined
    );
  }
  isAccepted(identity: string, serial: string): boolean {
    return this.#accepted.get(identity)?.has(serial.toUpperCase()) ?? false;
  }
  isEnrolled(identity: string): boolean {
    return this.#accepted.has(identity);
  }
  /** It has connected by a certificate of this key, which `isAccepted` found good. */
  cameBy(identity: string, publicKey: JsonWebKey): void {
    this.#keys.set(identity, publicKey);
  }
  /** null: not seen since our start, or revoked */
  keyOf(identity: string): JsonWebKey | null {
    return this.#keys.get(identity) ?? null;
  }

  /** What was revoked since then, the newest of each identity. */
  async revokedSince(sinceMs: number): Promise<{ identity: string; revokedAtMs: number }[]> {
    const rows = await this.#store.read
      .selectFrom('certificate')
      .select(['identity', (e) => e.fn.max('revokedAtMs').as('revokedAtMs')])
      .where('revokedAtMs', '>', sinceMs)
      .groupBy('identity')
      .execute();
    return rows.map(({ identity, revokedAtMs }) => ({ identity, revokedAtMs: revokedAtMs ?? 0 }));
  }
  onRevoked(handler: (identity: string) => void): void {
    this.#revokedHandlers.push(handler);
  }

  /** Within the transaction that it belongs to; `apply` is to be called once that is committed. */
  async record(trx: AuthorityWrite, identity: string, issued: IssuedCertificate): Promise<{ apply: () => void }> {
    const { serial, issuedAtMs, expiresAtMs } = issued;
    await trx
      .insertInto('certificate')
      .values({ serial, identity, issuedAtMs, expiresAtMs, revokedAtMs: null })
      .execute();
    await appendAudit(trx, {
      kind: 'certificate-issued',
      actor: 'fleet',
      subject: identity,
      details: { serial, expiresAtMs },
    });
    return { apply: () => this.#accept(identity, serial) };
  }

  /** All of an identity, within a transaction; live connections end when `apply` is called after the commit. */
  async revokeAll(trx: AuthorityWrite, identity: string, actor: string): Promise<{ apply: () => void }> {
    const { numUpdatedRows } = await trx
      .updateTable('certificate')
      .set({ revokedAtMs: Date.now() })
      .where('identity', '=', identity)
      .where('revokedAtMs', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return { apply: () => {} };
    await appendAudit(trx, {
      kind: 'certificate-revoked',
      actor,
      subject: identity,
      details: { count: Number(numUpdatedRows) },
    });
    return {
      apply: () => {
        this.#accepted.delete(identity);
        this.#keys.delete(identity);
        for (const handler of this.#revokedHandlers) handler(identity);
      },
    };
  }

  async revoke(identity: string, actor: string): Promise<void> {
    const revoked = await this.#store.write((trx) => this.revokeAll(trx, identity, actor));
    revoked.apply();
  }

  #accept(identity: string, serial: string): void {
    const serials = this.#accepted.get(identity) ?? new Set();
    serials.add(serial);
    this.#accepted.set(identity, serials);
  }
}
