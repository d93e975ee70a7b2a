/**
 * Which certificates of ours are good, kept in memory for the broker's question at each connection, and in the store;
 * and the key of the one by which each identity came last, to which is signed what only that box may use. An identity
 * has two good ones at most: the one that it renewed by, until it comes by the renewed one, for a week at most.
 * Revoking ends what runs on them: `onRevoked` notifies the owners of connections.
 */
import type { JsonWebKey } from 'node:crypto';
import { UserError } from '#contract/error-codes.ts';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import type { IssuedCertificate } from './issuing.ts';

/** The answer to a renewal may be lost: the box asks again by the former certificate. */
const FORMER_GOOD_MS = 7 * 86_400_000;

export type CertificateRegisterDependencies = {
  store: AuthorityStore;
  /** what the broker makes known could not be kept */
  onFailed: (error: unknown) => void;
};

export class CertificateRegister {
  readonly #deps: CertificateRegisterDependencies;
  /** by identity, the oldest first: until when each serial is good */
  readonly #accepted = new Map<string, Map<string, number>>();
  readonly #keys = new Map<string, JsonWebKey>();
  readonly #revokedHandlers: ((identity: string) => void)[] = [];

  constructor(deps: CertificateRegisterDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const rows = await this.#deps.store.read
      .selectFrom('certificate')
      .select(['identity', 'serial', 'expiresAtMs'])
      .where('revokedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now())
      .orderBy('issuedAtMs')
      .execute();
    for (const { identity, serial, expiresAtMs } of rows) this.#accept(identity, serial, expiresAtMs);
  }

  /** Certificates of our CA are out there. */
  async hasIssued(): Promise<boolean> {
    return (
      (await this.#deps.store.read.selectFrom('certificate').select('serial').limit(1).executeTakeFirst()) !== undefined
    );
  }
  isAccepted(identity: string, serial: string): boolean {
    return (this.#accepted.get(identity)?.get(serial.toUpperCase()) ?? 0) > Date.now();
  }
  isEnrolled(identity: string): boolean {
    const nowMs = Date.now();
    return [...(this.#accepted.get(identity)?.values() ?? [])].some((untilMs) => untilMs > nowMs);
  }
  /** The same as it is written, for who decides by it in the same transaction. */
  async isEnrolledIn(trx: AuthorityWrite, identity: string): Promise<boolean> {
    const good = await trx
      .selectFrom('certificate')
      .select('serial')
      .where('identity', '=', identity)
      .where('revokedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now())
      .executeTakeFirst();
    return good !== undefined;
  }
  /** It has connected by this certificate, which `isAccepted` found good: those issued before it end. */
  cameBy(identity: string, { serial, publicKey }: { serial: string; publicKey: JsonWebKey }): void {
    this.#keys.set(identity, publicKey);
    const all = [...(this.#accepted.get(identity)?.keys() ?? [])];
    const former = all.slice(0, Math.max(0, all.indexOf(serial.toUpperCase())));
    if (former.length === 0) return;
    for (const each of former) this.#accepted.get(identity)!.delete(each);
    void this.#deps.store
      .write((trx) => replace(trx, identity, former, Date.now()))
      .catch((error: unknown) => this.#deps.onFailed(error));
  }
  /** null: not seen since our start, or revoked */
  keyOf(identity: string): JsonWebKey | null {
    return this.#keys.get(identity) ?? null;
  }

  /** What was revoked since then, the newest of each identity. */
  async revokedSince(sinceMs: number): Promise<{ identity: string; revokedAtMs: number }[]> {
    const rows = await this.#deps.store.read
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
    return { apply: () => this.#accept(identity, serial, expiresAtMs) };
  }

  /**
   * As `record`, for who came by `formerSerial`: that one is good for a week at most, and all others end.
   * @throws UserError enrolment-ended where it is not good any more, e.g. revoked while the new one was signed
   */
  async recordRenewed(
    trx: AuthorityWrite,
    identity: string,
    issued: IssuedCertificate,
    formerSerial: string,
  ): Promise<{ apply: () => void }> {
    const nowMs = Date.now();
    const good = await trx
      .selectFrom('certificate')
      .select(['serial', 'expiresAtMs'])
      .where('identity', '=', identity)
      .where('revokedAtMs', 'is', null)
      .where('expiresAtMs', '>', nowMs)
      .execute();
    const former = good.find(({ serial }) => serial === formerSerial.toUpperCase());
    if (!former) throw new UserError('enrolment-ended', 'the certificate is not good any more');
    const others = good.filter((each) => each !== former).map(({ serial }) => serial);
    const formerUntilMs = Math.min(former.expiresAtMs, nowMs + FORMER_GOOD_MS);
    await replace(trx, identity, others, nowMs);
    await replace(trx, identity, [former.serial], formerUntilMs);
    const recorded = await this.record(trx, identity, issued);
    return {
      apply: () => {
        this.#accepted.set(identity, new Map([[former.serial, formerUntilMs]]));
        recorded.apply();
      },
    };
  }

  /** All of an identity, within a transaction; live connections end when `apply` is called after the commit. */
  async revokeAll(
    trx: AuthorityWrite,
    identity: string,
    actor: string,
  ): Promise<{ revokedCount: number; apply: () => void }> {
    const { numUpdatedRows } = await trx
      .updateTable('certificate')
      .set({ revokedAtMs: Date.now() })
      .where('identity', '=', identity)
      .where('revokedAtMs', 'is', null)
      .executeTakeFirst();
    const revokedCount = Number(numUpdatedRows);
    if (revokedCount === 0) return { revokedCount, apply: () => {} };
    await appendAudit(trx, {
      kind: 'certificate-revoked',
      actor,
      subject: identity,
      details: { count: revokedCount },
    });
    return {
      revokedCount,
      apply: () => {
        this.#accepted.delete(identity);
        this.#keys.delete(identity);
        for (const handler of this.#revokedHandlers) handler(identity);
      },
    };
  }

  #accept(identity: string, serial: string, untilMs: number): void {
    const serials = this.#accepted.get(identity) ?? new Map<string, number>();
    serials.set(serial, untilMs);
    this.#accepted.set(identity, serials);
  }
}

/** A renewed certificate takes their place at that time. */
async function replace(trx: AuthorityWrite, identity: string, serials: string[], expiresAtMs: number): Promise<void> {
  if (serials.length === 0) return;
  await trx.updateTable('certificate').set({ expiresAtMs }).where('serial', 'in', serials).execute();
  for (const serial of serials)
    await appendAudit(trx, {
      kind: 'certificate-replaced',
      actor: 'fleet',
      subject: identity,
      details: { serial, expiresAtMs },
    });
}
