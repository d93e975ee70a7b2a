/** Documents of a meeting, for who comes with a token for them. */
import { documentsApi } from '#contract/http/documents-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { Documents } from './documents.ts';

export function documentRoutes({ documents }: { documents: Documents }): ServedRoute[] {
  return serve(documentsApi, {
    listDocuments: async ({ bearer }) => ({ documents: await documents.list(bearer) }),
    documentChanges: async ({ bearer }) => documents.feed(bearer),
    createDocument: async ({ bearer, body }) => ({ document: await documents.announce(bearer, body) }),
    document: async ({ bearer, params }) => ({ document: await documents.one(bearer, params.documentId) }),
    uploadDocument: async ({ bearer, params, query, body }) => ({
      document: await documents.receive(bearer, { ...params, ...query, stream: body.stream }),
    }),
    deleteDocument: async ({ bearer, params }) => {
      await documents.delete(bearer, params.documentId);
      return {};
    },
    documentPage: async ({ bearer, params }) => {
      const { row, file, sizeBytes } = await documents.openPage(bearer, params);
      return {
        stream: file.createReadStream(),
        contentType: 'image/webp',
        fileName: `${row.title} ${params.page}.webp`,
        sizeBytes,
        isImmutable: true,
      };
    },
  });
}
