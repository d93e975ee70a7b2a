/**
 * The aggregate: documents of meetings, from their announcement to their pages. What a document's bytes do on the disk is
 * uploads.ts and document-files.ts, how it becomes pages conversions.ts, when it goes retention.ts.
 */
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { OperationalError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import { MAX_DOCUMENT_BYTES, type MeetingDocument, PAGE_SIZES, type PageSize } from '#contract/http/documents-api.ts';
import type { DocumentBearer, EventFeed } from '../http/route.ts';
import type { Meetings } from '../meetings/index.ts';
import { type AuthorityStore, newId } from '../store/index.ts';
import { type Converter, type ConverterHandlers, Conversions } from './conversions.ts';
import { DocumentChanges } from './document-feed.ts';
import { DocumentFiles } from './document-files.ts';
import { asMeetingDocument, type DocumentRow, documentFor, documentsOf, insertDocument } from './document-rows.ts';
import { mendLostFiles } from './lost-files.ts';
import { Uploads } from './uploads.ts';
import { watermarked } from './watermark.ts';

export type DocumentsDependencies = {
  store: AuthorityStore;
  meetings: Pick<Meetings, 'commandNodes'>;
  dataDir: string;
  newConverter: (handlers: ConverterHandlers) => Converter;
  /** of all meetings together */
  quotaBytes: number;
  logger: Logger;
};
/** `title`: of the document. `isImmutable`: the same each time */
export type DocumentPage = { title: string; stream: Readable; sizeBytes: number; isImmutable: boolean };

/** the store is not written for each page that is fetched */
const USE_RECORDED_AFTER_MS = 60_000;

export class Documents {
  readonly files: DocumentFiles;
  readonly changes = new DocumentChanges();
  readonly #deps: DocumentsDependencies;
  readonly #uploads: Uploads;
  readonly #conversions: Conversions;

  constructor(deps: DocumentsDependencies) {
    const { store, meetings, dataDir, newConverter, quotaBytes, logger } = deps;
    this.#deps = deps;
    this.files = new DocumentFiles({ dataDir });
    this.#uploads = new Uploads({ store, files: this.files });
    this.#conversions = new Conversions({
      store,
      files: this.files,
      newConverter,
      onChanged: (documentId) => void this.#notify(documentId),
      onCounted: (documentId, pageCount) => meetings.commandNodes({ name: 'count-pages', documentId, pageCount }),
      quotaBytes,
      logger,
    });
  }

  async start(): Promise<void> {
    await this.files.start();
    const { store, logger } = this.#deps;
    // a disk that fails keeps nobody from meeting
    await mendLostFiles({ store, files: this.files, logger })
      .then(() => this.removeOrphans())
      .catch((error: unknown) => logger.error({ err: error }, 'documents on the disk not looked after'));
    await this.#conversions.start();
  }
  stop(): void {
    this.#conversions.stop();
  }

  /** Why this machine makes no pages, in English, for IT; null: as far as we know it does. */
  get whyUnavailable(): string | null {
    return this.#conversions.whyUnavailable;
  }

  async list({ meetingId, holder }: DocumentBearer): Promise<MeetingDocument[]> {
    const rows = await documentsOf(this.#deps.store.read, meetingId);
    return rows.map((row) => this.#shown(row, holder));
  }

  feed(
    bearer: DocumentBearer,
  ): (wake: () => void) => EventFeed<{ name: 'documents'; data: { documents: MeetingDocument[] } }> {
    return this.changes.feedOf(bearer.meetingId, () => this.list(bearer));
  }

  /** @throws ProtocolError not-found */
  async one(bearer: DocumentBearer, documentId: string): Promise<MeetingDocument> {
    return this.#shown(await this.#row(bearer, documentId), bearer.holder);
  }

  /** @throws UserError document-empty, document-too-large, quota-exceeded; OperationalError storage-failed, converter-unavailable */
  async announce(
    { meetingId, holder }: DocumentBearer,
    { fileName, sizeBytes }: { fileName: string; sizeBytes: number },
  ): Promise<MeetingDocument> {
    if (sizeBytes === 0) throw new UserError('document-empty');
    if (sizeBytes > MAX_DOCUMENT_BYTES)
      throw new UserError('document-too-large', `more than ${MAX_DOCUMENT_BYTES} bytes`);
    const { store, quotaBytes } = this.#deps;
    if (this.whyUnavailable !== null) throw new OperationalError('converter-unavailable', this.whyUnavailable);
    await this.files.requireRoomFor(sizeBytes);
    this.#conversions.prepare();
    const documentId = newId();
    const announced = { documentId, meetingId, uploader: holder, fileName, sizeBytes };
    const row = await store.write((trx) => insertDocument(trx, announced, quotaBytes));
    try {
      await this.files.create(documentId);
    } catch (error) {
      await this.#forget(documentId);
      await this.files.remove(documentId);
      throw error;
    }
    this.changes.changed(meetingId);
    return this.#shown(row, holder);
  }

  /** @throws as Uploads.receive; UserError forbidden: another's */
  async receive(
    bearer: DocumentBearer,
    part: { documentId: string; offset: number; stream: Parameters<Uploads['receive']>[0]['stream'] },
  ): Promise<MeetingDocument> {
    const { uploader } = await this.#row(bearer, part.documentId);
    if (uploader !== bearer.holder) throw new UserError('forbidden', 'somebody else uploads it');
    const row = await this.#uploads.receive({ ...part, bearer });
    if (row.state === 'waiting') await this.#conversions.begin(row);
    this.changes.changed(row.meetingId);
    return this.#shown(row, bearer.holder);
  }

  /** Rooms delete any of the meeting, a guest its own. @throws ProtocolError not-found; UserError forbidden */
  async delete(bearer: DocumentBearer, documentId: string): Promise<void> {
    const row = await this.#row(bearer, documentId);
    if (bearer.isGuest && row.uploader !== bearer.holder) throw new UserError('forbidden', 'somebody else shared it');
    await this.remove(row);
  }

  /**
   * A page's picture, for this holder; the TV's where a smaller one is not made yet.
   * @returns null: it is still to be made
   * @throws ProtocolError not-found; UserError too-many-attempts
   */
  async page(
    bearer: DocumentBearer,
    { documentId, page, size }: { documentId: string; page: number; size: PageSize },
  ): Promise<DocumentPage | null> {
    const { documents, displayName } = bearer;
    const row = await this.#row(bearer, documentId);
    const wanted = await this.files.openPage(documentId, page, size);
    const isSmaller = PAGE_SIZES[size].width < PAGE_SIZES.tv.width;
    const file = wanted ?? (isSmaller ? await this.files.openPage(documentId, page, 'tv') : null);
    if (!file) {
      const comes = row.state !== 'ready' && row.state !== 'failed' && page <= (row.pageCount ?? page);
      if (comes) return null;
      throw new ProtocolError('not-found', 'no such document');
    }
    void this.#recordUse(row);
    const { title } = row;
    if (documents.includes('view-unmarked'))
      return {
        title,
        stream: file.createReadStream(),
        sizeBytes: (await file.stat()).size,
        isImmutable: wanted !== null,
      };
    const picture = await file.readFile().finally(() => file.close());
    // a guest has a name once it has joined the call
    if (displayName === '') return null;
    const marked = await watermarked(picture, displayName);
    if (!marked) throw new UserError('too-many-attempts', 'too many pages with a name at once');
    return { title, stream: Readable.from([marked]), sizeBytes: marked.length, isImmutable: false };
  }

  /**
   * From an idle room's own meeting into the one that starts there: what its TV shows, what the same person shared besides, and
   * what is on its way from the room's phones.
   */
  async takeAlong(
    { roomId, shownDocumentId }: { roomId: string; shownDocumentId: string | null },
    fromMeetingId: string,
    toMeetingId: string,
  ): Promise<void> {
    const { numUpdatedRows } = await this.#deps.store.write(async (trx) => {
      const shown = (await documentsOf(trx, fromMeetingId)).find(({ documentId }) => documentId === shownDocumentId);
      return trx
        .updateTable('document')
        .set({ meetingId: toMeetingId })
        .where('meetingId', '=', fromMeetingId)
        .where((e) =>
          e.or([
            e.and([
              e('state', 'in', ['uploading', 'waiting', 'converting']),
              e('uploader', 'in', e.selectFrom('pairing').select('pairingId').where('roomId', '=', roomId)),
            ]),
            ...(shown ? [e('uploader', '=', shown.uploader)] : []),
          ]),
        )
        .executeTakeFirst();
    });
    if (numUpdatedRows > 0n) for (const meetingId of [fromMeetingId, toMeetingId]) this.changes.changed(meetingId);
  }

  /** With all that is on the disk; no call shows it any more. */
  async remove({ documentId, meetingId }: Pick<DocumentRow, 'documentId' | 'meetingId'>): Promise<void> {
    try {
      await this.#forget(documentId);
    } catch (error) {
      if (toMaruError(error).code !== 'storage-failed') throw error;
      // a full disk has room to record it once the files are gone
      await this.#removeFiles(documentId);
      await this.#forget(documentId);
    }
    this.#deps.meetings.commandNodes({ name: 'withdraw-document', documentId });
    this.changes.changed(meetingId);
    await this.#removeFiles(documentId);
  }

  /** All of a meeting, as `remove`. @param upToMs those that were announced later stay; null: all of them */
  async removeAllOf(meetingId: string, upToMs: number | null): Promise<void> {
    const rows = await documentsOf(this.#deps.store.read, meetingId);
    for (const row of rows) if (upToMs === null || row.createdAtMs <= upToMs) await this.remove(row);
  }

  async #removeFiles(documentId: string): Promise<void> {
    await Promise.all([this.#uploads.stop(documentId), this.#conversions.cancel(documentId)]);
    await this.files.remove(documentId);
  }

  /** What an end of ours in between has left on the disk: folders without a document, originals beside all pages. */
  async removeOrphans(): Promise<void> {
    // the folders first: a document is in the store before it has one
    const folders = await this.files.documentIds();
    const rows = await this.#deps.store.read.selectFrom('document').select(['documentId', 'state']).execute();
    const states = new Map(rows.map(({ documentId, state }) => [documentId, state]));
    for (const documentId of folders) {
      const state = states.get(documentId) ?? 'failed';
      if (state === 'ready') await this.files.removeOriginal(documentId);
      if (state === 'failed') await this.files.remove(documentId);
    }
  }

  async #row(bearer: DocumentBearer, documentId: string): Promise<DocumentRow> {
    const row = await documentFor(this.#deps.store.read, bearer, documentId);
    if (!row) throw new ProtocolError('not-found', 'no such document');
    return row;
  }

  #shown(row: DocumentRow, holder: string): MeetingDocument {
    return asMeetingDocument(row, this.#conversions.readyPages(row.documentId), holder);
  }

  async #forget(documentId: string): Promise<void> {
    await this.#deps.store.write((trx) => trx.deleteFrom('document').where('documentId', '=', documentId).execute());
  }

  async #notify(documentId: string): Promise<void> {
    const { store, logger } = this.#deps;
    await store.read
      .selectFrom('document')
      .select('meetingId')
      .where('documentId', '=', documentId)
      .executeTakeFirst()
      .then((row) => row && this.changes.changed(row.meetingId))
      .catch((error: unknown) => logger.error({ err: error, documentId }, 'change of a document not sent'));
  }

  async #recordUse({ documentId, usedAtMs }: DocumentRow): Promise<void> {
    const { store, logger } = this.#deps;
    const nowMs = Date.now();
    if (Math.abs(nowMs - usedAtMs) < USE_RECORDED_AFTER_MS) return;
    await store
      .write((trx) =>
        trx.updateTable('document').set({ usedAtMs: nowMs }).where('documentId', '=', documentId).execute(),
      )
      .catch((error: unknown) => logger.warn({ err: error, documentId }, 'use of a document not recorded'));
  }
}
