import { expect, test } from 'vitest';
import { mailOf, mentionMailOf } from './compose.ts';
import type { MeetingMessage } from './message.ts';

const FROM = 'meetings@maru.example';
const meeting = (changes: Partial<MeetingMessage> = {}): MeetingMessage => ({
  about: 'invited',
  to: { name: 'Mina', address: 'mina@corp.example' },
  meetingId: 'm',
  title: 'Plans',
  hostName: 'Joon',
  startsAtMs: Date.UTC(2026, 11, 1, 1),
  endsAtMs: Date.UTC(2026, 11, 1, 2),
  roomNames: [],
  sequence: 0,
  inviteId: null,
  calendar: null,
  ...changes,
});

test('names of a directory and titles are one line of a hundred letters at most', () => {
  const hostName = `Joon\r\nBcc: all@corp.example\u202e${'x'.repeat(500)}`;
  const to = { name: `Mina\u2028\u0000${'y'.repeat(500)}`, address: 'mina@corp.example' };
  const mail = mailOf(meeting({ hostName, to, title: 'Plans\r\n\r\nHello' }), { from: FROM, joinUrl: null });
  const names = [(mail.from as { name: string }).name, (mail.to as { name: string }).name, mail.subject!];
  for (const name of names) {
    expect(name).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u);
    expect(name.length).toBeLessThanOrEqual(130);
  }
  expect(names[0]).toMatch(/^Joon Bcc: all@corp\.example ?x+…$/);
  expect(names[0]).toHaveLength(100);
  expect(mail.envelope).toEqual({ from: FROM, to: ['mina@corp.example'] });
});

test('HTML shows what people typed as they typed it', () => {
  const { html } = mailOf(meeting({ title: '<script>alert("1")</script> & more' }), {
    from: FROM,
    joinUrl: 'https://maru.example/join?a=1&b="',
  });
  expect(html).not.toContain('<script>');
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more');
  expect(html).toContain('href="https://maru.example/join?a=1&amp;b=&quot;"');
});

test('only a guest reads that the link is for one person', () => {
  const from = { from: FROM, joinUrl: 'https://maru.example/join' };
  expect(mailOf(meeting({ inviteId: 'i' }), from).text).toContain('for Mina alone');
  expect(mailOf(meeting(), from).text).not.toContain('alone');
});

test.each([
  ['ko', '회의록: Plans', 'Joon 님이 회의록을 보냅니다.'],
  ['en', 'Minutes: Plans', 'Joon sends you the minutes of this meeting.'],
] as const)('minutes are read without the signs of Markdown, and enclosed with them: %s', (language, subject, lead) => {
  const text = '# Plans\n\n## Agenda\n\n1. Price\\_list \\<b\\>\n';
  const to = { name: 'Mina', address: 'mina@corp.example' };
  const message = { about: 'minutes', to, title: 'Plans', hostName: 'Joon\r\nBcc: x', language, text } as const;
  const mail = mailOf({ ...message, hostName: 'Joon' }, { from: FROM, joinUrl: null });
  expect(mail.subject).toBe(subject);
  expect(mail.text).toBe(`${lead}\n\nPlans\n\nAgenda\n\n1. Price_list <b>\n\n`);
  expect(mail.html).toContain('1. Price_list &lt;b&gt;');
  const names = language === 'ko' ? ['회의록.pdf', '회의록.md'] : ['minutes.pdf', 'minutes.md'];
  expect(mail.attachments).toMatchObject([{ filename: names[1], content: text }]);
  const pdf = Buffer.from('%PDF-1.4');
  expect(mailOf(message, { from: FROM, joinUrl: null, pdf }).attachments).toMatchObject([
    { filename: names[0], contentType: 'application/pdf', content: pdf },
    { filename: names[1], content: text },
  ]);
  expect((mailOf(message, { from: FROM, joinUrl: null }).from as { name: string }).name).toBe('Joon Bcc: x');
});

test('a guest is no name in a mail about mentions: who came by a link chose it', () => {
  const to = { name: 'Mina', address: 'mina@corp.example' };
  const textOf = (names: (string | null)[], language: 'ko' | 'en') =>
    mentionMailOf(
      { about: 'mention', to, accountId: 'mina', language },
      { from: FROM, url: 'https://maru.example/staff', meetings: [{ title: 'Plans', names }] },
    ).text;
  expect(textOf([null], 'en')).toContain('A guest mentioned you in the chat of “Plans”.');
  expect(textOf(['Joon', null], 'en')).toContain('Joon, a guest mentioned you');
  expect(textOf([null], 'ko')).toContain('외부 참가자가 ‘Plans’ 회의의 채팅에서');
  expect(textOf([null, '박준'], 'ko')).toContain('외부 참가자, 박준 님이 ‘Plans’');
});

test('of meetings that repeat, one with a title and room of its own is named by them', () => {
  const at = { startsAtMs: Date.UTC(2026, 11, 1, 1), endsAtMs: Date.UTC(2026, 11, 1, 2) };
  const one = { meetingId: 'm', inviteId: null, plannedMs: at.startsAtMs, ...at };
  const own = { ...one, meetingId: 'n', title: 'Party\n', roomNames: ['Oak', 'Elm'] };
  const repetition = {
    every: 'week',
    timeZone: 'Asia/Seoul',
    durationMinutes: 60,
    plannedMs: [at.startsAtMs],
  } as const;
  const message = meeting({ repetition: { ...repetition, plannedMs: [at.startsAtMs], occurrences: [one, own] } });
  const { text } = mailOf(message, { from: FROM, joinUrl: null });
  expect(text).toMatch(/10:00–11:00\n\n.* 10:00–11:00 · Party · Oak, Elm\n/);
  expect(text).toContain('2 meetings, every week, at the time of Asia/Seoul');
  const last = meeting({ repetition: { ...repetition, plannedMs: [at.startsAtMs], occurrences: [one] } });
  const { text: left } = mailOf(last, { from: FROM, joinUrl: null });
  expect(left).toContain('At the time of Asia/Seoul');
  expect(left).not.toMatch(/every week|매주/);
});
