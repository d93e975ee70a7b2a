/** Messages of the chat that a host has put into the minutes, and that are in no others. */
import { MAX_MARKED_MESSAGES } from '#contract/http/record-api.ts';
import type { Language } from '#contract/schema.ts';
import { type MinutesPart, plain, timeIn } from './part.ts';

const titles: Record<Language, string> = { en: 'From the chat', ko: '채팅에서' };

export const markedChat: MinutesPart = async (db, { meetingId, language }) => {
  const facts = await db
    .selectFrom('markedMessage')
    .innerJoin('chatPost', (join) =>
      join
        .onRef('chatPost.meetingId', '=', 'markedMessage.meetingId')
        .onRef('chatPost.messageId', '=', 'markedMessage.messageId'),
    )
    .select(['chatPost.messageId', 'chatPost.displayName', 'chatPost.text', 'chatPost.atMs'])
    .where('markedMessage.meetingId', '=', meetingId)
    .where('markedMessage.minutesId', 'is', null)
    .where('chatPost.recalledAtMs', 'is', null)
    .orderBy('chatPost.number')
    .limit(MAX_MARKED_MESSAGES)
    .execute();
  if (facts.length === 0) return null;
  const lines = facts.map(({ displayName, text, atMs }) => {
    const words = text
      .split('\n')
      .filter((line) => line !== '')
      .map(plain);
    return `- ${plain(displayName)}, ${timeIn(language, atMs)}: ${words.join(' / ')}`;
  });
  return { part: 'chat', title: titles[language], lines, facts };
};
