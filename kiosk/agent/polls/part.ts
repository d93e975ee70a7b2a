/** The poll of the room's call as a part of the agent: publishes it for the room's phones. */
import type { SeenPoll } from '#contract/polls.ts';
import { projections } from '#contract/projections.ts';
import type { PartDeclaration } from '../parts/part.ts';

/** of the heading and of the field itself */
const HEADING_BYTES = 400;
const MAX_BYTES = projections.poll.maxBytes - HEADING_BYTES;

export const pollsPart: PartDeclaration = {
  name: 'polls',
  make: (host) => {
    let callId: string | null = null;
    const publish = (poll: SeenPoll | null): void => host.publish('poll', { callId, poll: poll && fitting(poll) });
    return {
      start: () => publish(null),
      stop: () => {},
      follow: ({ phase }) => {
        const now = phase.name === 'in-call' ? phase.callId : null;
        if (now === callId) return;
        callId = now;
        publish(null);
      },
      reports: {
        poll: (report) => {
          if (report.callId === callId) publish(report.poll);
        },
      },
    };
  },
};

/** Names are what there may be too many of. */
function fitting(poll: SeenPoll): SeenPoll {
  if (poll.result === null || new TextEncoder().encode(JSON.stringify(poll)).length <= MAX_BYTES) return poll;
  return { ...poll, result: { ...poll.result, answers: null } };
}
