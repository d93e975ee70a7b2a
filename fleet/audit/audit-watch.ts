/**
 * Verifies the chain of the audit log at the server's start and each day. Its head is kept in a file beside the database, and in the
 * process's log: a chain whose tail was cut off is whole by itself, and not as long as it was.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from '#contract/schema.ts';
import { writeDurably } from '#edge/durable-file.ts';
import type { AuthorityStore } from '../store/index.ts';
import { type AuditVerdict, verifyAudit } from './audit-log.ts';

/** In the data directory. A copy of another time has none: what it holds is where its chain goes on. */
export const AUDIT_HEAD_FILE = 'audit-head.json';
const AuditHead = z.object({ seq: z.number().int().nonnegative(), hash: z.string() });
type AuditHead = z.infer<typeof AuditHead>;

const VERIFIED_EACH_MS = 24 * 60 * 60_000;
const ANCHORED_EACH_MS = 60_000;

export type AuditWatchOptions = {
  store: AuthorityStore;
  dataDir: string;
  logger: Pick<Logger, 'info' | 'error'>;
  /** after each look; what it throws is logged */
  onVerdict: (verdict: AuditVerdict) => Promise<void>;
  verifiedEachMs?: number;
  anchoredEachMs?: number;
};

export class AuditWatch {
  readonly #options: AuditWatchOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #isIntact = true;
  /** one look at a time */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: AuditWatchOptions) {
    this.#options = options;
  }

  /** Verifies now, and from then on. */
  start(): void {
    const { verifiedEachMs = VERIFIED_EACH_MS, anchoredEachMs = ANCHORED_EACH_MS } = this.#options;
    void this.#next(() => this.#verify());
    this.#timers.push(setInterval(() => void this.#next(() => this.#verify()), verifiedEachMs).unref());
    this.#timers.push(setInterval(() => void this.#next(() => this.#anchor()), anchoredEachMs).unref());
  }

  /** Anchors what was appended last. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#next(() => this.#anchor());
  }

  #next(look: () => Promise<void>): Promise<void> {
    this.#looking = this.#looking
      .then(look)
      .catch((error: unknown) => this.#options.logger.error({ err: error }, 'the audit log was not looked at'));
    return this.#looking;
  }

  async #verify(): Promise<void> {
    const { store, logger, onVerdict } = this.#options;
    const chain = await verifyAudit(store);
    const verdict = chain.intact ? await this.#againstAnchor(chain) : chain;
    this.#isIntact = verdict.intact;
    if (verdict.intact) {
      await this.#anchor();
      logger.info({ entries: verdict.entries, head: (await this.#head())?.hash }, 'the audit log is whole');
    } else logger.error({ firstBrokenSeq: verdict.firstBrokenSeq }, 'entries of the audit log were changed or removed');
    await onVerdict(verdict);
  }

  /** What the anchor names has to be there. */
  async #againstAnchor(chain: AuditVerdict & { intact: true }): Promise<AuditVerdict> {
    const anchor = this.#readAnchor();
    if (anchor === null || anchor.seq === 0) return chain;
    const row = await this.#options.store.read
      .selectFrom('audit')
      .select('hash')
      .where('seq', '=', anchor.seq)
      .executeTakeFirst();
    if (row?.hash === anchor.hash) return chain;
    return { intact: false, firstBrokenSeq: row ? anchor.seq : chain.entries + 1 };
  }

  /** Never over one that the chain contradicts: it is the proof. */
  async #anchor(): Promise<void> {
    if (!this.#isIntact) return;
    const head = await this.#head();
    const former = this.#readAnchor();
    if (head === undefined || head.hash === former?.hash || head.seq < (former?.seq ?? 0)) return;
    writeDurably(join(this.#options.dataDir, AUDIT_HEAD_FILE), `${JSON.stringify(head)}\n`);
  }

  #head(): Promise<AuditHead | undefined> {
    const { read } = this.#options.store;
    return read.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  }

  /** null: there is none, or nobody can read it */
  #readAnchor(): AuditHead | null {
    try {
      return AuditHead.parse(JSON.parse(readFileSync(join(this.#options.dataDir, AUDIT_HEAD_FILE), 'utf8')));
    } catch {
      return null;
    }
  }
}
