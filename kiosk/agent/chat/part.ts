/** The chat of the room's call as a part of the agent: publishes its newest words for the room's phones, as many as fit. */
import type { ChatMessage } from '#contract/chat.ts';
import { projections } from '#contract/projections.ts';
import type { PartDeclaration } from '../parts/part.ts';

/** of the heading and of the field itself */
const HEADING_BYTES = 400;
const MAX_BYTES = projections.chat.maxBytes - HEADING_BYTES;

export const chatPart: PartDeclaration = {
  name: 'chat',
  make: (host) => {
    let callId: string | null = null;
    const publish = (messages: readonly ChatMessage[]): void =>
      host.publish('chat', { callId, takesAbout: true, messages: newestWithin(messages, MAX_BYTES) });
    return {
      start: () => publish([]),
      stop: () => {},
      follow: ({ phase }) => {
        const now = phase.name === 'in-call' ? phase.callId : null;
        if (now === callId) return;
        callId = now;
        publish([]);
      },
      reports: {
        chat: (report) => {
          if (report.callId === callId) publish(report.messages);
        },
      },
    };
  },
};

/** The newest that fit, in their order. */
export function newestWithin(messages: readonly ChatMessage[], maxBytes: number): ChatMessage[] {
  let bytes = 0;
  const from = messages.findLastIndex((message) => {
    bytes += new TextEncoder().encode(JSON.stringify(message)).length + 1;
    return bytes > maxBytes;
  });
  return messages.slice(from + 1);
}
