/** Documents of a meeting, for who comes with a token for them. */
import { documentsApi } from '#contract/http/documents-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { Documents } from './documents.ts';

export function documentRoutes({ documents }: { documents: Documents }): ServedRoute[] {
  return serve(documentsApi, {
    listDocuments: async ({ meeting }) => ({ documents: await documents.list(meeting) }),
    documentChanges: async ({ meeting }) => documents.feed(meeting),
    createDocument: async ({ meeting, body }) => ({ document: await documents.announce(meeting, body) }),
    document: async ({ meeting, params }) => ({ document: await documents.one(meeting, params.documentId) }),
    uploadDocument: async ({ meeting, params, query, body }) => ({
      document: await documents.receive(meeting, { ...params, ...query, stream: body.stream }),
    }),
    deleteDocument: async ({ meeting, params }) => {
      await documents.delete(meeting, params.documentId);
      return {};
    },
    documentPage: async ({ meeting, params }) => {
      const found = await documents.page(meeting, params);
      if (found === null) return null;
      const { title, ...page } = found;
      return { ...page, contentType: 'image/webp', fileName: `${title} ${params.page}.webp` };
    },
  });
}
