/** What was spoken in a meeting, for its people. */
import { Readable } from 'node:stream';
import { ProtocolError } from '#contract/error-codes.ts';
import { transcriptApi } from '#contract/http/transcript-api.ts';
import { actorOf, type Download, type ServedRoute, serve } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { deleteSegment, segmentsBefore, spokenIn, spokenTextFor } from './segments.ts';
import { transcriptText, transcriptVtt } from './transcript-files.ts';

type TranscriptRoutesDependencies = {
  store: AuthorityStore;
  /** the transcript of this meeting is not as it was */
  onChanged: (meetingId: string) => void;
};

export function transcriptRoutes({ store, onChanged }: TranscriptRoutesDependencies): ServedRoute[] {
  return serve(transcriptApi, {
    transcript: async ({ params: { meetingId }, query: { beforeNumber = null, text = null }, account }) => {
      const { rows, hasOlder } = await segmentsBefore(store.read, meetingId, { beforeNumber, text });
      return { segments: rows.map((row) => spokenTextFor(`account:${account.accountId}`, row)), hasOlder };
    },
    transcriptFile: async ({ params: { meetingId } }) => {
      const meeting = await store.read
        .selectFrom('meeting')
        .select(['title', 'language'])
        .where('meetingId', '=', meetingId)
        .executeTakeFirstOrThrow();
      const spoken = await spokenIn(store.read, { meetingId });
      return file('txt', 'text/plain', transcriptText(meeting.title, meeting.language, spoken));
    },
    transcriptCaptions: async ({ params: { meetingId, callId } }) => {
      const call = await store.read
        .selectFrom('call')
        .select(['openedAtMs', 'createdAtMs'])
        .where('callId', '=', callId)
        .where('meetingId', '=', meetingId)
        .executeTakeFirst();
      if (!call) throw new ProtocolError('not-found', 'no such call of the meeting');
      const spoken = await spokenIn(store.read, { meetingId, callId });
      return file('vtt', 'text/vtt', transcriptVtt(call.openedAtMs ?? call.createdAtMs, spoken));
    },
    deleteSpoken: async (context) => {
      const isDeleted = await store.write((trx) => deleteSegment(trx, context.params, actorOf(context)));
      if (isDeleted) onChanged(context.params.meetingId);
      return {};
    },
  });
}

const file = (extension: string, contentType: string, text: string): Download => ({
  stream: Readable.from([text]),
  contentType: `${contentType}; charset=utf-8`,
  fileName: `maru-transcript-${new Date().toISOString().slice(0, 10)}.${extension}`,
  sizeBytes: Buffer.byteLength(text),
});
