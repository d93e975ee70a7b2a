/** Shared notes in browsers: two people write at once, a decision and a task, a right that ends in an open editor, and Korean that is composed while somebody else writes at the caret. */
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { XmlElement, XmlText } from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import type { NotesClient } from '../../controller/ui/notes/notes-client.ts';
import { type NotesPerson, NotesScene, textOf } from '../integration/notes-scene.ts';

let scene: NotesScene;
let browser: Browser;
let [mina, joon]: NotesPerson[] = [];
const contexts: BrowserContext[] = [];
const WITHIN = { timeout: 15_000, interval: 50 };

beforeAll(async () => {
  scene = await NotesScene.start();
  [mina, joon] = [await scene.person('Mina Kim'), await scene.person('Joon Park')];
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
});
afterAll(async () => {
  await browser?.close();
  await scene?.stop();
});

async function openNotes(who: NotesPerson, meetingId: string): Promise<{ page: Page; editor: Locator }> {
  const context = await browser.newContext({ locale: 'en-GB' });
  contexts.push(context);
  const [name, value] = who.cookie.split(';')[0]!.split('=') as [string, string];
  await context.addCookies([{ name, value, url: scene.fleet.ready.fleetUrl }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error));
  const editors: string[] = [];
  page.on('request', (request) => {
    if (/notes-panel.*\.js$/.test(request.url())) editors.push(request.url());
  });
  await page.goto(new URL(`/staff#/meetings/${meetingId}`, scene.fleet.ready.fleetUrl).href);
  await page.getByRole('heading', { name: 'Notes', exact: true }).waitFor();
  // the editor is fetched when it is wanted
  expect(editors).toEqual([]);
  await page.getByRole('button', { name: 'Open the notes' }).click();
  const editor = page.getByRole('textbox', { name: 'Notes of the meeting' });
  await editor.waitFor();
  expect(editors.length).toBe(1);
  return { page, editor };
}

test('two write at once, with a decision and a task', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const [one, other] = [await openNotes(mina!, meetingId), await openNotes(joon!, meetingId)];
  await one.editor.click();
  await one.page.keyboard.type('Prices stay.');
  await one.page.getByRole('button', { name: 'Decision' }).click();
  await other.editor.getByText('Prices stay.').waitFor();
  await one.page.keyboard.press('Enter');
  await one.page.getByRole('button', { name: 'Task' }).click();
  await one.page.keyboard.type('Write to the dealers');
  await one.page.getByRole('textbox', { name: 'Who does it' }).fill('Joon');
  await one.page.getByLabel('Until when').fill('2026-12-24');
  await other.editor.locator('li[data-person="Joon"][data-dueon="2026-12-24"]').waitFor();
  await other.editor.getByRole('checkbox').check();
  await one.editor.locator('li[data-checked="true"]').waitFor();
  const keys = (who: typeof one, text: string) => who.page.keyboard.type(text, { delay: 20 });
  await other.editor.getByText('Prices stay.').click();
  await other.page.keyboard.press('End');
  await one.editor.getByText('Write to the dealers', { exact: true }).click();
  await one.page.keyboard.press('End');
  await Promise.all([keys(one, ' and to the press'), keys(other, ' Until spring.')]);
  for (const { editor } of [one, other]) {
    await editor.getByText('Write to the dealers and to the press', { exact: true }).waitFor();
    await editor.getByText('Prices stay. Until spring.').waitFor();
  }
  await one.page.getByText('Saved. Everybody').waitFor();
});

test('who is taken from the meeting while they write is told at once, keeps the words on the page, and changes nothing', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const [host, other] = [await openNotes(mina!, meetingId), await openNotes(joon!, meetingId)];
  await other.editor.click();
  await other.page.keyboard.type('Before.');
  await host.editor.getByText('Before.').waitFor();
  await host.page.getByRole('button', { name: 'Change', exact: true }).click();
  await host.page.getByRole('button', { name: 'Do not invite Joon Park' }).click();
  let typed = 'Before.';
  const saving = host.page.getByRole('button', { name: 'Save changes' }).click();
  await vi.waitFor(async () => {
    typed += ' more';
    await other.page.keyboard.type(' more');
    expect(await other.editor.getAttribute('aria-readonly')).toBe('true');
  }, WITHIN);
  await saving;
  await other.page.getByText('What you wrote last is not saved').waitFor();
  // the last words may have met an editor that was closed already
  const kept = (await other.editor.textContent()) ?? '';
  expect(kept.startsWith('Before. more')).toBe(true);
  expect(typed.startsWith(kept)).toBe(true);
  // whatever came after the right had ended is in nobody else's notes
  await host.page.getByRole('button', { name: 'Open the notes' }).click();
  await host.editor.getByText(/^Before\./).waitFor();
  const shared = (await host.editor.textContent()) ?? '';
  expect(kept.startsWith(shared)).toBe(true);
  expect(shared.length).toBeLessThan(kept.length);
});

/** What the input method shows (null: it is done), and the line after it. */
const STEPS = [
  ['ㅎ', '줄ㅎ'],
  ['하', '줄하'],
  ['한', '줄한'],
  [null, '줄한'],
  ['ㄱ', '줄한ㄱ'],
  ['그', '줄한그'],
  ['글', '줄한글'],
  [null, '줄한글'],
] as const;
const lettersOf = (text: string): string => text.replace(/\d/g, '');

test('Korean that is composed while somebody else writes right behind the caret loses no letter', async () => {
  const meetingId = await scene.meetingWith(mina!, joon!);
  const remote = scene.open(joon!, meetingId).client;
  const { page, editor } = await openNotes(mina!, meetingId);
  await editor.click();
  await page.keyboard.type('줄');
  await vi.waitFor(() => expect(textOf(remote)).toContain('줄'), WITHIN);
  const devtools = await page.context().newCDPSession(page);
  let count = 0;
  for (const [jamo, line] of STEPS) {
    if (jamo === null) await devtools.send('Input.insertText', { text: line.at(-1)! });
    else await devtools.send('Input.imeSetComposition', { text: jamo, selectionStart: 1, selectionEnd: 1 });
    // right behind the caret, so once the letter has come
    await vi.waitFor(() => expect(lettersOf(lineOf(remote).toString())).toBe(line), WITHIN);
    lineOf(remote).insert(lineOf(remote).toString().indexOf(line.at(-1)!) + 1, String(count));
    count += 1;
    await vi.waitFor(() => expect(remote.getSnapshot().isUnsaved).toBe(false), WITHIN);
  }
  await vi.waitFor(async () => {
    const shown = (await editor.textContent()) ?? '';
    expect(lettersOf(shown)).toBe('줄한글');
    expect(shown.replace(/\D/g, '').length).toBe(count);
    expect(lineOf(remote).toString()).toBe(shown);
  }, WITHIN);
});

function lineOf({ doc }: NotesClient): XmlText {
  const line = doc.getXmlFragment(NOTES_FRAGMENT).get(0);
  const text = line instanceof XmlElement ? line.get(0) : null;
  if (!(text instanceof XmlText)) throw new Error('no line');
  return text;
}
