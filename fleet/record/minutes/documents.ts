/** The documents that were shown: which pages, from when to when. They outlive the documents, which go with the meeting. */
import type { Language } from '#contract/schema.ts';
import { type MinutesPart, plain, rangeIn } from './part.ts';

const MOST_DOCUMENTS = 30;
/** of one document: who leafs to and fro */
const MOST_SHOWN = 40;
const words: Record<Language, { title: string; page: (page: number) => string }> = {
  en: { title: 'Documents shown', page: (page) => `page ${page}` },
  ko: { title: '공유한 문서', page: (page) => `${page}쪽` },
};

export const documents: MinutesPart = async (db, { meetingId, startedAtMs, endedAtMs, language }) => {
  const rows = await db
    .selectFrom('pageShown')
    .select(['documentId', 'title', 'page', 'fromMs', 'untilMs'])
    .where('meetingId', '=', meetingId)
    .where('fromMs', '>=', startedAtMs)
    .where('fromMs', '<=', endedAtMs)
    .orderBy('fromMs')
    .orderBy('shownId')
    .execute();
  if (rows.length === 0) return null;
  const byDocument = [...Map.groupBy(rows, ({ documentId }) => documentId).values()].slice(0, MOST_DOCUMENTS);
  const { title, page: pageWords } = words[language];
  const lines = byDocument.map((shown) => {
    const pages = shown
      .slice(0, MOST_SHOWN)
      .map(({ page, fromMs, untilMs }) => `${pageWords(page)} ${rangeIn(language, fromMs, untilMs)}`);
    return `- ${plain(shown[0]!.title)}: ${[...pages, ...(shown.length > MOST_SHOWN ? ['…'] : [])].join(', ')}`;
  });
  const facts = byDocument.map((shown) => ({
    documentId: shown[0]!.documentId,
    title: shown[0]!.title,
    pages: shown.map(({ page, fromMs, untilMs }) => ({ page, fromMs, untilMs })),
  }));
  return { part: 'documents', title, lines, facts };
};
