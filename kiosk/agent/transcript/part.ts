/** The transcript of the room's call as a part of the agent: whether it is on, and the newest captions, for the room's phones. */
import { cutText } from '#contract/shown-text.ts';
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import type { PartDeclaration } from '../parts/part.ts';

/** of one caption, so that three of them fit */
const MOST_OF_CAPTION = { units: 600, bytes: 1_800 };
const MOST_OF_NAME = { units: 80, bytes: 160 };

export const transcriptPart: PartDeclaration = {
  name: 'transcript',
  make: (host) => {
    let callId: string | null = null;
    const publish = (
      transcript: CallTranscript,
      captions: readonly TranscriptSegment[],
      areCaptionsShown = true,
    ): void => host.publish('transcript', { callId, transcript, captions: captions.map(fitting), areCaptionsShown });
    return {
      start: () => publish(NO_TRANSCRIPT, []),
      stop: () => {},
      follow: ({ phase }) => {
        const now = phase.name === 'in-call' ? phase.callId : null;
        if (now === callId) return;
        callId = now;
        publish(NO_TRANSCRIPT, []);
      },
      reports: {
        transcript: (report) => {
          if (report.callId === callId) publish(report.transcript, report.captions, report.areCaptionsShown);
        },
      },
    };
  },
};

const fitting = (segment: TranscriptSegment): TranscriptSegment => ({
  ...segment,
  displayName: cutText(segment.displayName, MOST_OF_NAME),
  text: cutText(segment.text, MOST_OF_CAPTION),
});
