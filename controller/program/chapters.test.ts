import { expect, it } from 'vitest';
import type { DocumentHeading } from '#contract/shared-document.ts';
import { Chapters, type NewChapter, SHOWN_FOR_MS, SPEAKS_FOR_MS } from './chapters.ts';

const mina = { peerId: 'mina', displayName: 'Mina' };
const ben = { peerId: 'ben', displayName: 'Ben' };
const page = (number: number): DocumentHeading => ({
  documentId: 'report',
  title: 'Report',
  pageCount: 9,
  page: number,
  region: { x: 0, y: 0, width: 1, height: 1 },
  presenter: null,
});

type Scene = { speaker?: typeof mina | null; document?: DocumentHeading | null; forMs: number };
function play(scenes: Scene[]): NewChapter[] {
  const chapters = new Chapters();
  const made: NewChapter[] = [];
  let nowMs = 0;
  for (const { speaker = null, document = null, forMs } of scenes) {
    for (const untilMs = nowMs + forMs; nowMs < untilMs; nowMs += 250)
      made.push(...chapters.follow({ speaker, document }, nowMs));
  }
  return made;
}

it('names who speaks for a while, from the first word, once', () => {
  expect(play([{ forMs: 1_000 }, { speaker: mina, forMs: SPEAKS_FOR_MS * 3 }])).toEqual([
    { kind: 'speaker', atMs: 1_000, title: 'Mina' },
  ]);
});
it('leaves out an interjection, and who goes on after it', () => {
  const made = play([
    { speaker: mina, forMs: SPEAKS_FOR_MS + 500 },
    { speaker: ben, forMs: SPEAKS_FOR_MS - 1_000 },
    { speaker: mina, forMs: SPEAKS_FOR_MS + 500 },
    { speaker: ben, forMs: SPEAKS_FOR_MS + 500 },
  ]);
  expect(made.map(({ title }) => title)).toEqual(['Mina', 'Ben']);
});
it('names each page that stays, not those turned past, and one that comes back', () => {
  const made = play([
    { document: page(1), forMs: SHOWN_FOR_MS + 250 },
    { document: page(2), forMs: 500 },
    { document: page(3), forMs: SHOWN_FOR_MS + 250 },
    { document: page(1), forMs: SHOWN_FOR_MS + 250 },
    { document: null, forMs: 500 },
    { document: page(1), forMs: SHOWN_FOR_MS + 250 },
  ]);
  expect(made.map(({ title }) => title)).toEqual(['Report, 1', 'Report, 3', 'Report, 1', 'Report, 1']);
});
it('keeps a title within its bounds', () => {
  const [chapter] = play([{ speaker: { peerId: 'x', displayName: '가'.repeat(400) }, forMs: SPEAKS_FOR_MS + 500 }]);
  expect(chapter!.title).toHaveLength(300);
});
