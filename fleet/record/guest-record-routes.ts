/** What guests see of a meeting afterwards: by their link alone, without an account. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import type { PageSize } from '#contract/http/documents-api.ts';
import { guestRecordApi } from '#contract/http/guest-record-api.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { type DocumentBearer, type ServedRoute, serve } from '../http/route.ts';
import type { GuestVisit, Meetings } from '../meetings/index.ts';
import type { Polls } from '../polls/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { guestDocumentBearer, guestMinutesOf, guestRecordOf } from './guest-record.ts';
import type { MinutesPdf } from './minutes-pdf.ts';

/** A page's picture as its bearer may see it. null: it is still to be made */
type PageOfDocument = (
  bearer: DocumentBearer,
  of: { documentId: string; page: number; size: PageSize },
) => Promise<{ stream: Readable } | null>;
type GuestRecordDependencies = {
  store: AuthorityStore;
  visits: Meetings['guestVisits'];
  pdf: Pick<MinutesPdf, 'of'>;
  polls: Pick<Polls, 'endedOf'>;
  documentPage: PageOfDocument;
  nowMs: () => number;
  logger: Pick<Logger, 'warn'>;
};
type Asking = { body: { invite: string; entryId?: string }; network: string; address: string };

export function guestRecordRoutes({
  store,
  visits,
  pdf,
  polls,
  documentPage,
  nowMs,
  logger,
}: GuestRecordDependencies): ServedRoute[] {
  // of what is right too: each reads rows of the meeting
  const reads = new AttemptLimit({ burst: 300, refillPerMinute: 300 });
  const refusals = new AttemptLimit({ burst: 20, refillPerMinute: 6 });
  // leafing through documents
  const pages = new AttemptLimit({ burst: 600, refillPerMinute: 600 });
  const prints = new AttemptLimit({ burst: 10, refillPerMinute: 6 });

  /** Other people's wrong links refuse nobody: only the refusals of a network are limited. */
  async function visitOf(
    { body: { invite, entryId }, network, address }: Asking,
    limit: AttemptLimit = reads,
  ): Promise<GuestVisit> {
    if (!limit.take(network)) throw new UserError('too-many-attempts');
    try {
      return await visits.of({ invite, entryId: entryId ?? null, address });
    } catch (error) {
      const { code } = toMaruError(error);
      logger.warn({ actor: `network:${network}`, code }, 'no record for this guest');
      if (!refusals.take(network)) throw new UserError('too-many-attempts');
      throw error;
    }
  }

  return serve(guestRecordApi, {
    guestRecord: async (context) => guestRecordOf(store.read, await visitOf(context), { nowMs: nowMs(), polls }),
    guestMinutesPdf: async (context) => {
      const visit = await visitOf(context);
      const { text, language } = await guestMinutesOf(store.read, visit, context.body.minutesId, nowMs());
      if (!prints.take(context.network)) throw new UserError('too-many-attempts');
      return { pdf: (await pdf.of({ text, language })).toString('base64') };
    },
    guestDocumentPage: async (context) => {
      const { documentId, page, size } = context.body;
      const visit = await visitOf(context, pages);
      const bearer = await guestDocumentBearer(store.read, visit, documentId, nowMs());
      const found = await documentPage(bearer, { documentId, page, size });
      if (found === null) throw new ProtocolError('not-found', 'no such page');
      return { picture: (await buffer(found.stream)).toString('base64') };
    },
  });
}
