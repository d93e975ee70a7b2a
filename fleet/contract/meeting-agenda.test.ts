/** What is kept of an agenda as people type it, and what is refused. */
import { expect, test } from 'vitest';
import { MAX_AGENDA_LINES, MeetingAgenda } from './meeting-agenda.ts';

test.each([
  ['', ''],
  ['  \n\t\n', ''],
  ['매출 보고\r\n\r\n  투자   계획 \r채용', '매출 보고\n투자 계획\n채용'],
  ['a\u202eb\u2028c\u200b', 'a b\nc'],
  ['<b>1</b>', '<b>1</b>'],
])('%j is kept as %j', (typed, kept) => expect(MeetingAgenda.parse(typed)).toBe(kept));

test('twenty lines of 200 letters are one, and no more', () => {
  const line = 'x'.repeat(200);
  const most = Array.from({ length: MAX_AGENDA_LINES }, () => line);
  expect(MeetingAgenda.parse(most.join('\n'))).toBe(most.join('\n'));
  expect(MeetingAgenda.safeParse([...most, 'one more'].join('\n')).success).toBe(false);
  expect(MeetingAgenda.safeParse(`${line}x`).success).toBe(false);
  expect(MeetingAgenda.safeParse('\n'.repeat(9_000)).success).toBe(false);
});
