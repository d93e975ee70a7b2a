/** A meeting's notes beside their own link: as a file, for its people. */
import { Id, z } from '../schema.ts';
import { ofPeople, type RouteTable } from './route.ts';

export const notesApi = {
  notesFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/notes/file.md',
    access: ofPeople,
    summary: 'The shared notes as a Markdown file, as they are saved now',
    params: z.strictObject({ meetingId: Id }),
    contentTypes: ['text/markdown'],
  },
} as const satisfies RouteTable;
