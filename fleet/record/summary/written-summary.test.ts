import { expect, test } from 'vitest';
import type { SourceLine, SummarySource } from './summary-sources.ts';
import { namedLines, questionOf, sentencesIn, summaryPart, withSummary } from './written-summary.ts';

const sourceOf = (letter: string): SummarySource => ({
  letter,
  label: { en: `Source ${letter}`, ko: `자료 ${letter}` },
  read: async () => [],
});
const line = (text: string, place = 'notes', atMs: number | null = null): SourceLine => ({ place, text, atMs });
const at = new Date(2027, 0, 5, 14, 5).getTime();
const lines = namedLines([
  { source: sourceOf('n'), lines: [line('Budget\nis\u202e approved'), line(' \u200b '), line('Hire two')] },
  { source: sourceOf('c'), lines: [line('Mina: yes', 'chat-1', at)] },
]);

test('each line has an id and is one line; what is empty has none', () => {
  expect([...lines.keys()]).toEqual(['n1', 'n2', 'c1']);
  expect(questionOf(lines, 'en').user).toBe('[n1] Budget is approved\n[n2] Hire two\n[c1] 14:05 Mina: yes');
  expect(questionOf(lines, 'ko').system).toContain('in Korean');
});

test('a long source leaves room for the others', () => {
  const long = Array.from({ length: 1_000 }, (_, n) => line(`${n} ${'x'.repeat(500)}`));
  const named = namedLines([
    { source: sourceOf('n'), lines: long },
    { source: sourceOf('c'), lines: long },
  ]);
  const counts = ['n', 'c'].map((letter) => [...named.keys()].filter((id) => id.startsWith(letter)).length);
  expect(counts[0]).toBeGreaterThan(30);
  expect(Math.abs(counts[0]! - counts[1]!)).toBeLessThan(3);
  expect(questionOf(named, 'en').user.length).toBeLessThan(50_000);
});

test.each<[string, unknown, object[]]>([
  ['nothing', null, []],
  ['a word', 'Sure!', []],
  ['other fields', { summary: 'x' }, []],
  ['sentences that are none', { sentences: [1, null, { text: 1, places: ['n1'] }, { text: 'x' }] }, []],
  ['sentences without a place', { sentences: [{ text: 'Made up', places: [] }] }, []],
  ['places that there are not', { sentences: [{ text: 'Made up', places: ['n9', 7, 'constructor'] }] }, []],
  ['an empty sentence', { sentences: [{ text: ' \u202e', places: ['n1'] }] }, []],
  [
    'one of many that rests on a line',
    {
      sentences: [
        { text: 'Lie', places: ['x1'] },
        { text: 'True\n\u202eone', places: ['n1', 'n1', 'zz', 'c1'] },
      ],
    },
    [{ text: 'True one', places: ['n1', 'c1'] }],
  ],
])('of an answer only sentences stay that name a line: %s', (_, answer, kept) => {
  expect(sentencesIn(answer, lines)).toEqual(kept);
});

test('ten sentences at most, each bounded', () => {
  const many = Array.from({ length: 500 }, () => ({ text: 'word '.repeat(10_000), places: ['n1'] }));
  const kept = sentencesIn({ sentences: many }, lines);
  expect(kept).toHaveLength(10);
  for (const { text } of kept) expect(text.length).toBeLessThanOrEqual(400);
});

test('says that a machine wrote it, and links each sentence to its places, once each', () => {
  const of = { meetingId: 'm', language: 'ko', fleetUrl: 'https://maru.example' } as const;
  const sentences = [{ text: '예산 *승인* [x](https://elsewhere.example)', places: ['n1', 'n2', 'c1'] }];
  const part = summaryPart(sentences, lines, of);
  expect(part.lines[0]).toContain('기계가 작성했습니다');
  expect(part.lines.slice(2)).toEqual([
    '- 예산 \\*승인\\* \\[x\\](https://elsewhere.example) [자료 n](https://maru.example/staff#/meetings/m/at/notes) ' +
      '[자료 c 14:05](https://maru.example/staff#/meetings/m/at/chat-1)',
  ]);
  expect(part.facts).toMatchObject([
    { places: [{ place: 'notes' }, { place: 'notes' }, { place: 'chat-1', atMs: at }] },
  ]);
});

test('stands above the other parts', () => {
  const part = { title: 'Summary', lines: ['lead', '', '- x'] };
  expect(withSummary('# Minutes\n\n- When\n\n## Attendees\n\n- Mina\n', part)).toBe(
    '# Minutes\n\n- When\n\n## Summary\n\nlead\n\n- x\n\n## Attendees\n\n- Mina\n',
  );
  expect(withSummary('# Minutes\n', part)).toBe('# Minutes\n\n## Summary\n\nlead\n\n- x\n');
});
