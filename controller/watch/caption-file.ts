/** Captions of what was spoken before this page was open, or of a replay: the server's file, read by the browser's own parser. */
import { urlOf } from '#contract/http/answer.ts';
import { broadcastsApi, type BroadcastCaption } from '#contract/http/broadcasts-api.ts';

/** Times as in the file. */
export type ReadCaptionFile = (url: string, signal: AbortSignal) => Promise<BroadcastCaption[]>;

export const captionFileUrl = (broadcastId: string): string =>
  urlOf(broadcastsApi.broadcastCaptions, { params: { broadcastId } });

const ANSWERS_WITHIN_MS = 20_000;

/** Rejects where there is no answer in time, none for this viewer, or the signal is aborted. */
export const readCaptionFile: ReadCaptionFile = (url, aborted) =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.any([aborted, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
    const track = document.createElement('track');
    track.kind = 'captions';
    track.addEventListener('load', () => resolve([...(track.track.cues ?? [])].flatMap(captionOf)));
    track.addEventListener('error', () => reject(new Error('no captions came')));
    signal.addEventListener('abort', () => {
      track.remove();
      reject(new Error('nobody waits for it'));
    });
    // a track is loaded by the video in which it stands, and this one is on no page
    document.createElement('video').append(track);
    track.src = url;
    track.track.mode = 'hidden';
  });

function captionOf(cue: TextTrackCue): BroadcastCaption[] {
  const [, displayName, text] = /^<v ([^>]*)>([\s\S]*)$/.exec((cue as VTTCue).text) ?? [];
  if (displayName === undefined || text === undefined) return [];
  const times = { fromMs: Math.round(cue.startTime * 1_000), untilMs: Math.round(cue.endTime * 1_000) };
  return [{ segmentId: cue.id, displayName: unescaped(displayName), text: unescaped(text), ...times }];
}

const SIGNS: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
const unescaped = (text: string): string => text.replace(/&(?:lt|gt|amp);/g, (sign) => SIGNS[sign]!);
