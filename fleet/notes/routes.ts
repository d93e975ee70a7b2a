/** The notes of a meeting as a file, for its people. */
import { Readable } from 'node:stream';
import { notesApi } from '#contract/http/notes-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { writtenNotes } from './written-notes.ts';

export const notesRoutes = ({ store }: { store: AuthorityStore }): ServedRoute[] =>
  serve(notesApi, {
    notesFile: async ({ params }) => {
      const { markdown } = await writtenNotes(store.read, params.meetingId);
      return {
        stream: Readable.from([markdown]),
        contentType: 'text/markdown; charset=utf-8',
        fileName: `maru-notes-${new Date().toISOString().slice(0, 10)}.md`,
        sizeBytes: Buffer.byteLength(markdown),
      };
    },
  });
