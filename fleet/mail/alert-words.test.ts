/** Words of mails about alerts: short, in the language of their target. */
import { expect, test } from 'vitest';
import { alertWords } from './alert-words.ts';
import { alertMailOf } from './compose.ts';
import type { AlertMailMessage } from './message.ts';

const alertOf = (n: number, over: Partial<AlertMailMessage['alerts'][number]> = {}) => ({
  signal: 'camera-failing' as const,
  where: `Room ${n}`,
  sinceMs: Date.UTC(2026, 10, 29, 7, 39),
  closedAtMs: null,
  url: `https://maru.example/#/rooms/${n}`,
  ...over,
});
const messageOf = (over: Partial<AlertMailMessage> = {}): AlertMailMessage => ({
  about: 'alerts',
  to: { name: 'Desk', address: 'it@corp.example' },
  language: 'en',
  type: 'alerts.opened',
  count: over.alerts?.length ?? 1,
  consoleUrl: 'https://maru.example/#/alerts',
  alerts: [alertOf(1)],
  ...over,
});

test.each<[string, Partial<AlertMailMessage>, string, string]>([
  ['one', {}, 'Alert: Room 1: The camera sends no usable picture', '알림: Room 1: 카메라 영상을 쓸 수 없습니다'],
  ['several', { alerts: [alertOf(1), alertOf(2)] }, 'Alert: 2 alerts (Room 1 …)', '알림: Room 1 외, 모두 2건'],
  [
    'one that is over',
    { type: 'alerts.closed', alerts: [alertOf(1, { closedAtMs: 1 })] },
    'Over: Room 1: The camera sends no usable picture',
    '해소: Room 1: 카메라 영상을 쓸 수 없습니다',
  ],
  [
    'of a room that is no more',
    { alerts: [alertOf(1, { where: null })] },
    'Alert: A room that was removed: The camera sends no usable picture',
    '알림: 삭제된 회의실: 카메라 영상을 쓸 수 없습니다',
  ],
  ['a test', { type: 'test', alerts: [] }, 'Test: alerts of Maru reach you', '시험: 마루 알림이 도착합니다'],
])('%s: its subject', (_, over, english, korean) => {
  expect(alertWords(messageOf({ ...over, language: 'en' })).subject).toBe(english);
  expect(alertWords(messageOf({ ...over, language: 'ko' })).subject).toBe(korean);
});

test('the first twenty stand in it, and how many there are besides', () => {
  const alerts = Array.from({ length: 100 }, (_, n) => alertOf(n));
  const { lines } = alertWords(messageOf({ alerts, count: 500 }));
  expect(lines.filter((line) => line.startsWith('Room '))).toHaveLength(20);
  expect(lines.at(-1)).toBe('And 480 more: see the console.');
});

test('what people typed as names of rooms is text in it, and one line', () => {
  const where = '<img src=x onerror=alert(1)>\r\nBcc: all@corp.example';
  const mail = alertMailOf(messageOf({ alerts: [alertOf(1, { where })] }), { from: 'maru@maru.example' });
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.html).not.toContain('<img');
  expect(mail.html).toContain('&lt;img');
  expect(mail.envelope).toEqual({ from: 'maru@maru.example', to: ['it@corp.example'] });
});
