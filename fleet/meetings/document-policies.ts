/** What each meeting permits with documents, stored with it, and what that lets rooms and guests do. */
import { DEFAULT_DOCUMENT_POLICY, DocumentPolicy } from '#contract/document-policy.ts';
import { ProtocolError } from '#contract/error-codes.ts';
import type { DocumentRight } from '#contract/grants.ts';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityStore } from '../store/index.ts';

export class DocumentPolicies {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** null: there is no such meeting, or it is over for good */
  async of(meetingId: string): Promise<DocumentPolicy | null> {
    const row = await this.#store.read
      .selectFrom('meeting')
      .select('documentPolicy')
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    return row ? policyIn(row) : null;
  }

  /** @throws ProtocolError not-found */
  async set(meetingId: string, policy: DocumentPolicy, actor: string): Promise<void> {
    const text = JSON.stringify(policy);
    await this.#store.write(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('meeting')
        .set({ documentPolicy: text })
        .where('meetingId', '=', meetingId)
        .where('endedAtMs', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new ProtocolError('not-found', 'no such meeting');
      const subject = `meeting:${meetingId}`;
      await appendAudit(trx, { kind: 'document-policy-changed', actor, subject, details: { policy: text } });
    });
  }
}

export function policyIn({ documentPolicy }: { documentPolicy: string | null }): DocumentPolicy {
  return documentPolicy === null ? DEFAULT_DOCUMENT_POLICY : DocumentPolicy.parse(JSON.parse(documentPolicy));
}

/** As what somebody gets a meeting's documents; a program draws them for viewers, who get pictures of its own. */
export type DocumentReader = 'insider' | 'guest' | 'program';

/** What somebody may do with a meeting's documents. */
export function documentRightsBy(
  { sharedBy, guestsView, hasWatermark }: DocumentPolicy,
  reader: DocumentReader,
): readonly DocumentRight[] {
  if (reader === 'program') return ['view', 'view-unmarked'];
  const isGuest = reader === 'guest';
  if (isGuest && !guestsView) return [];
  const mayPresent = !isGuest || sharedBy === 'everyone';
  return [...(mayPresent ? (['present'] as const) : []), 'view', ...(hasWatermark ? [] : (['view-unmarked'] as const))];
}
