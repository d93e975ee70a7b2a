/** Minutes as PDF: the real program process with the real Chromium, its files read by poppler. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FromPrinter, MAX_PRINT_MESSAGE_UNITS, PRINT_SOCKET, ToPrinter } from '#contract/print-link.ts';
import { MAX_MINUTES_UNITS } from '#contract/http/record-api.ts';
import { markdownWords } from '#contract/minutes-markdown.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import { MinutesPdf, type PrintedMinutes } from './minutes-pdf.ts';

const run = promisify(execFile);
/** a browser on a busy machine */
const PRINTED_WITHIN_MS = 90_000;
vi.setConfig({ testTimeout: 3 * PRINTED_WITHIN_MS });
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
let dataDir: string;
let child: ChildProcess | null = null;
let pdfs: MinutesPdf;
const logged: string[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-data-'));
});
afterEach(async () => {
  pdfs.stop();
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  child = null;
  rmSync(dataDir, { recursive: true, force: true });
});

async function startProgram(env: Record<string, string> = {}): Promise<void> {
  child = fork(join(import.meta.dirname, '../broadcasts/program/main.ts'), ['--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
  });
  await once(child, 'message');
}
function connect(printWithinMs?: number): void {
  const within = printWithinMs === undefined ? {} : { printWithinMs };
  pdfs = new MinutesPdf({ dataDir, log: (what) => void logged.push(what), ...within });
  pdfs.start();
}
/** As soon as the printer is there. */
async function printed(minutes: PrintedMinutes): Promise<Buffer> {
  const first = () => pdfs.of({ text: 'x', language: 'en' }).then(() => 'there', codeOf);
  await expect.poll(first, { timeout: PRINTED_WITHIN_MS }).toBe('there');
  return pdfs.of(minutes);
}
const codeOf = (error: unknown): string => (error as { code: string }).code;
async function poppler(program: 'pdftotext' | 'pdffonts' | 'pdfinfo', pdf: Buffer): Promise<string> {
  const file = join(dataDir, 'minutes.pdf');
  writeFileSync(file, pdf);
  const options = program === 'pdftotext' ? ['-raw', file, '-'] : [file];
  return (await run(program, options, { maxBuffer: MOST_OUTPUT_BYTES })).stdout;
}
/** Without what is drawn beside them: bullets and numbers of lists, boxes, and the numbers of pages. */
const wordsIn = (text: string): string[] =>
  text
    .normalize('NFKC')
    .replace(/^\d+ ?\/ ?\d+$/gm, '')
    .replace(/^(?:\s*(?:[-•◦▪]|\[[ x]\]|[✓□]|\d+\.)\s+)+/gm, '')
    .split(/\s+/)
    .filter((word) => word !== '');

const minutesOf = (language: 'ko' | 'en'): string =>
  language === 'ko'
    ? '# 회의록: 분기 결산\n\n- 일시: 2027년 1월 5일 화요일 14:00\n\n## 안건\n\n1. 매출 보고\n2. 채용 계획 R\\&D\n\n## 할 일\n\n- [x] 견적서 보내기 (김미나)\n- [ ] 쌀쌀한 뷁 똠방각하 확인\n\n## 메모\n\n> **→** 예산을 승인합니다\n'
    : '# Minutes: Quarter\n\n## Agenda\n\n1. Revenue\n\n## Polls\n\n- Which day? (open, 3 answered)\n  - Monday: 2 (67 %)\n  - 화요일: 1 (33 %)\n\nSee [the film](https://maru.example/watch/1)\n';

it.each(['ko', 'en'] as const)('has the words of the Markdown, and its fonts: %s', async (language) => {
  await startProgram();
  connect();
  const text = minutesOf(language);
  const pdf = await printed({ text, language });
  const markdown = markdownWords(text.replace(/\]\(https[^)]*\)/, ']')).join('\n');
  expect(wordsIn(await poppler('pdftotext', pdf))).toEqual(wordsIn(markdown.replace('[the film]', 'the film')));
  const fonts = (await poppler('pdffonts', pdf)).trim().split('\n').slice(2);
  expect(fonts.length).toBeGreaterThan(0);
  // emb sub uni: each font is in the file, and its text can be searched and copied
  expect(fonts.join('\n')).toMatch(/Pretendard-Regular\s+CID TrueType\s+Identity-H\s+yes yes yes/);
  for (const font of fonts) expect(font).toMatch(/ yes (?:yes|no)\s+yes\s+\d+\s+\d+$/);
  expect(await poppler('pdfinfo', pdf)).toMatch(/Page size:\s+59[45][\d.]* x 84[12]/);
  // the same again is the same file, printed once
  expect(await pdfs.of({ text, language })).toBe(pdf);
});

it('what is hostile is printed as the text that it is, and reaches no network', async () => {
  let requests = 0;
  const elsewhere = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  elsewhere.on('connection', () => {
    requests += 1;
  });
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  try {
    await startProgram();
    connect();
    const text = [
      `# <script>fetch('${url}/a')</script>`,
      `<img src=${url}/b onerror=alert(1)> <link rel=stylesheet href=${url}/c>`,
      `![picture](${url}/d) </style><style>@import '${url}/e'; body{display:none}</style>`,
      '\u202eekil si siht\u202c \u200b\u2066x\u2069 \ud800 end',
    ].join('\n');
    const shown = await poppler('pdftotext', await printed({ text, language: 'en' }));
    expect(shown).toContain('<script>fetch(');
    expect(shown).toContain('onerror=alert(1)>');
    expect(shown).toContain('body{display:none}');
    expect(shown).toContain('end');
    expect(requests).toBe(0);
  } finally {
    elsewhere.close();
  }
});

it('the longest minutes of the worst signs are printed, and a megabyte is refused; the next ones are printed', async () => {
  await startProgram();
  connect();
  const longest = [
    '"'.repeat(MAX_MINUTES_UNITS),
    '- \n'.repeat(MAX_MINUTES_UNITS / 3),
    '\ud800'.repeat(MAX_MINUTES_UNITS),
  ];
  for (const text of longest) expect((await printed({ text, language: 'ko' })).subarray(0, 5).toString()).toBe('%PDF-');
  await expect(pdfs.of({ text: '<'.repeat(1024 * 1024), language: 'ko' })).rejects.toMatchObject({
    code: 'printer-unavailable',
  });
  expect((await printed({ text: 'next', language: 'ko' })).length).toBeGreaterThan(0);
});

it('without Chromium it is refused at once, and a mail goes on without', async () => {
  await startProgram({ MARU_CHROMIUM: '/nonexistent/chromium' });
  connect();
  const minutes = { text: 'x', language: 'en' } as const;
  const why = () => pdfs.of(minutes).catch((error: Error) => error.message);
  await expect.poll(why).toContain('Chromium is missing');
  await expect(pdfs.of(minutes)).rejects.toMatchObject({ code: 'printer-unavailable', httpStatus: 503 });
  expect(await pdfs.within(minutes, 60_000)).toBeNull();
});

it('a browser that ends at once is an answer; nothing of it is left', async () => {
  await startProgram({ MARU_CHROMIUM: '/bin/false' });
  connect();
  const { pid } = child!;
  const why = () => pdfs.of({ text: 'x', language: 'en' }).catch((error: Error) => error.message);
  await expect.poll(why).toContain('the browser ended');
  await expect.poll(() => readdirSync(tmpdir()).filter((name) => name.includes(`program-${pid}-`))).toEqual([]);
});

it('a printer that never answers, answers nonsense or goes away is waited for no longer than a deadline', async () => {
  let answer: (printId: string) => void = () => {};
  const asked: string[] = [];
  const server = new ProcessLinkServer<ToPrinter, FromPrinter>({
    dataDir,
    socketName: PRINT_SOCKET,
    maxMessageLength: MAX_PRINT_MESSAGE_UNITS,
    parse: (raw) => ToPrinter.parse(raw),
    hello: () => ({ whyUnavailable: null }),
    onMessage: ({ printId, html }) => {
      asked.push(html);
      answer(printId);
    },
    onRefused: () => {},
  });
  await server.start();
  connect(300);
  const why = (text: string) => pdfs.of({ text, language: 'en' }).catch((error: Error) => error.message);
  await expect.poll(() => why('a')).toBe('not printed in time');
  // each recipient of a mail with them: all together wait once, also once they were given up
  answer = () => {};
  const mailed = { text: 'mailed', language: 'en' } as const;
  expect(await pdfs.within(mailed, 200)).toBeNull();
  const nextOnes = async (): Promise<number> => {
    const startedAtMs = performance.now();
    for (let n = 0; n < 20; n += 1) expect(await pdfs.within(mailed, 200)).toBeNull();
    return performance.now() - startedAtMs;
  };
  expect(await nextOnes()).toBeLessThan(1_000);
  await expect.poll(() => asked.filter((html) => html.includes('mailed')).length).toBe(1);
  answer = (printId) => server.send({ name: 'printed', printId, part: 1, partCount: 2, pdf: '' });
  expect(await why('b')).toBe('parts that make no file');
  answer = () => server.stop();
  expect(await why('c')).toBe('the printer is away');
});
