/** What a power cut took from the disk though the store counts on it: looked for once, at the start. */
import type { Logger } from 'pino';
import type { AuthorityStore } from '../store/index.ts';
import type { DocumentFiles } from './document-files.ts';
import type { DocumentRow } from './document-rows.ts';

type Dependencies = { store: AuthorityStore; files: DocumentFiles; logger: Logger };

/** An upload begins again; what cannot be made or shown any more fails. @throws OperationalError storage-failed */
export async function mendLostFiles({ store, files, logger }: Dependencies): Promise<void> {
  const rows = await store.read.selectFrom('document').selectAll().where('state', '!=', 'failed').execute();
  for (const row of rows) {
    if (await isThere(row, files)) continue;
    const { documentId, state } = row;
    logger.error({ documentId, state }, 'a document is not on the disk as it was left');
    if (state === 'uploading') await files.create(documentId);
    else await files.remove(documentId);
    const changes =
      state === 'uploading'
        ? ({ receivedBytes: 0 } as const)
        : ({ state: 'failed', failure: 'storage-failed', heldBytes: 0 } as const);
    await store.write((trx) => trx.updateTable('document').set(changes).where('documentId', '=', documentId).execute());
  }
}

async function isThere(row: DocumentRow, files: DocumentFiles): Promise<boolean> {
  const { documentId, state, pageCount, receivedBytes } = row;
  return state === 'ready'
    ? (await files.readyPages(documentId)) === pageCount
    : (await files.originalBytes(documentId)) >= receivedBytes;
}
