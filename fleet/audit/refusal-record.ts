/**
 * Refused identities in the audit log: the first of a kind at once, more of them once a minute, so that a flood writes
 * no flood. Each has its line in the process's log besides.
 */
import type { AuthorityStore } from '../store/index.ts';
import { appendAudit } from './audit-log.ts';

type Refusal = { identity: string | null; network: string; code: string; reason: string };

const INTERVAL_MS = 60_000;
const MAX_KINDS = 1_000;

export class RefusalRecord {
  readonly #store: AuthorityStore;
  readonly #recordedAtMs = new Map<string, number>();

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  async record({ identity, network, code, reason }: Refusal, nowMs = performance.now()): Promise<void> {
    const kind = `${identity ?? network} ${code}`;
    if (nowMs - (this.#recordedAtMs.get(kind) ?? -INTERVAL_MS) < INTERVAL_MS) return;
    if (this.#recordedAtMs.size >= MAX_KINDS) this.#recordedAtMs.clear();
    this.#recordedAtMs.set(kind, nowMs);
    await this.#store.write((trx) =>
      appendAudit(trx, {
        kind: 'identity-refused',
        actor: identity ?? `network:${network}`,
        subject: 'broker',
        details: { code, reason: reason.slice(0, 200) },
      }),
    );
  }
}
