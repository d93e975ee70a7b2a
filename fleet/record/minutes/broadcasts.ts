/** What went out live or was recorded, with where it is watched again. Who may watch it is decided there. */
import type { Language } from '#contract/schema.ts';
import { watchUrl } from '#contract/http/page-paths.ts';
import { type MinutesPart, plain, rangeIn } from './part.ts';

const words: Record<Language, { title: string; broadcast: string; recording: string }> = {
  en: { title: 'Broadcast and recording', broadcast: 'Broadcast', recording: 'Recording' },
  ko: { title: '생중계와 녹화', broadcast: '생중계', recording: '녹화' },
};

export const broadcasts: MinutesPart = async (db, { meetingId, startedAtMs, endedAtMs, language, fleetUrl }) => {
  const rows = await db
    .selectFrom('broadcast')
    .select(['broadcastId', 'kind', 'title', 'liveAtMs', 'endedAtMs'])
    .where('meetingId', '=', meetingId)
    .where('liveAtMs', '>=', startedAtMs)
    .where('liveAtMs', '<=', endedAtMs)
    .where('deletedAtMs', 'is', null)
    .orderBy('liveAtMs')
    .execute();
  if (rows.length === 0) return null;
  const { title, ...kinds } = words[language];
  const facts = rows.map(({ broadcastId, ...row }) => ({ ...row, broadcastId, url: watchUrl(fleetUrl, broadcastId) }));
  const lines = facts.map((row) => {
    const times = rangeIn(language, row.liveAtMs!, row.endedAtMs ?? endedAtMs);
    return `- ${kinds[row.kind]}, ${times}: [${plain(row.title)}](${row.url})`;
  });
  return { part: 'broadcasts', title, lines, facts };
};
