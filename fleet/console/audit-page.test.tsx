// @vitest-environment happy-dom
/** The audit log: what is in the address decides what is asked for; each entry in words, with names where there are any. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditKind, type AuditRow } from '#contract/http/audit-api.ts';
import { refusal } from '#ui/page-under-test.tsx';
import en from '#ui/words/en/audit.ts';
import { showLanguage } from '#ui/words/words.ts';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  server = new ServerUnderTest();
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

const entry = (seq: number, over: Partial<AuditRow> = {}): AuditRow => ({
  seq,
  atMs: 1_700_000_000_000,
  kind: 'signed-in',
  actor: { key: `account:${idOf(1)}`, name: 'Mina' },
  subject: { key: 'network:192.0.2.1', name: null },
  details: {},
  ...over,
});
const log = (rows: readonly AuditRow[], nextCursor: string | null = null, total = rows.length) => ({
  body: { rows, nextCursor, total, counts: { all: 9 } },
});
async function show(hash: string): Promise<void> {
  location.hash = hash;
  await page.show(<Console />);
}
const asked = () =>
  Object.fromEntries(server.asked.findLast(({ name }) => name === 'listAudit')?.url.searchParams ?? []);

it('has each entry in words of both languages, with names, and keys where there is no name', async () => {
  const removed = entry(2, {
    kind: 'guest-removed',
    actor: { key: `peer:${idOf(77)}`, name: null },
    subject: { key: 'haunted:1', name: null },
    details: { inviteId: null, peerId: 'p1' },
  });
  server.answers.listAudit = () => log([entry(3), removed, { ...entry(1), kind: 'weather' as never }]);
  await show('/audit');
  await page.until(() => page.text.includes('Mina'));
  expect(page.text).toContain('Signed in');
  expect(page.text).toContain('Network 192.0.2.1');
  expect(page.text).toContain('Guest removed from a callParticipant …000077 → haunted:1peerId: p1');
  expect(page.text).toContain('An entry that this page does not know');
  await act(async () => showLanguage('ko'));
  await page.until(() => page.text.includes('외부 참가자 내보내기'));
});

it('has words for every kind', () => {
  expect(Object.keys(en.kinds).sort()).toEqual([...AuditKind.options, 'unknown'].sort());
});

it('asks for what the address says, and a filter that is changed is in the address and in the file', async () => {
  server.answers.listAudit = () => log([entry(1)]);
  await show('/audit?kind=signed-in&subject=192.0.2&kind2=x&from=2026-03-02&to=2026-03-02');
  await page.until(() => page.text.includes('Mina'));
  const [from, to] = [new Date(2026, 2, 2).getTime(), new Date(2026, 2, 3).getTime()];
  expect(asked()).toEqual({ kind: 'signed-in', subject: '192.0.2', from: `${from}`, to: `${to}` });
  await page.fill('Who', 'min');
  await page.until(() => asked().actor === 'min');
  expect(location.hash).toContain('actor=min');
  const file = document.querySelector<HTMLAnchorElement>('a[download]')!;
  expect(file.getAttribute('href')).toContain('/api/v1/audit.csv?kind=signed-in&actor=min&subject=192.0.2');
  await page.press('Clear filters');
  await page.until(() => Object.keys(asked()).length === 0);
  expect(location.hash).toBe('#/audit');
});

it('shows what is older, and that nothing matches, is there, or can be had', async () => {
  server.answers.listAudit = ({ searchParams }) =>
    searchParams.has('cursor') ? log([entry(1)], null, 2) : log([entry(2)], 'older', 2);
  await show('/audit');
  await page.until(() => page.text.includes('1 of 2'));
  await page.press('Show older');
  await page.until(() => document.querySelectorAll('tbody tr').length === 2);
  expect(page.buttons('Show older')).toEqual([]);
  server.answers.listAudit = () => log([]);
  await page.fill('Who', 'nobody');
  await page.until(() => page.text.includes('Nothing matches these filters'));
  server.answers.listAudit = () => refusal(403, 'forbidden');
  await page.fill('Who', 'somebody');
  await page.until(() => page.text.includes('You may not do this'));
});

it('is not offered to who may not see it', async () => {
  server.account = accountOf('operator');
  await show('/audit');
  await page.until(() => page.text.includes('No rooms yet'));
  expect(page.text).not.toContain('Audit log');
  expect(server.askedFor('listAudit')).toBe(0);
});
