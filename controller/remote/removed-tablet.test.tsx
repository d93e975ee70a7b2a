// @vitest-environment happy-dom
/** A tablet that IT removed hangs at a wall: it asks for IT, and never for a scan of the TV, also after a power cut. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PageUnderTest, PlayedServer, refusal } from '#ui/page-under-test.tsx';
import errorsEn from '#ui/words/en/errors.ts';
import noticesEn from '#ui/words/en/notices.ts';
import en from '#ui/words/en/remote.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import ko from '#ui/words/ko/remote.ts';
import { showLanguage } from '#ui/words/words.ts';
import { FakeSocket } from '../link/fake-socket.ts';
import { Remote } from './remote.tsx';
import { keptPairing, keepPairing, type StoredPairing } from './stored-pairing.ts';

let page: PageUnderTest;
let server: PlayedServer;
let sockets: FakeSocket[];
beforeEach(() => {
  localStorage.clear();
  page = new PageUnderTest({ remote: { en, ko }, notices: { en: noticesEn, ko: noticesKo } });
  server = new PlayedServer();
  server.install();
  sockets = [];
  vi.stubGlobal(
    'WebSocket',
    class extends FakeSocket {
      constructor() {
        super();
        sockets.push(this);
      }
    },
  );
});
afterEach(() => {
  page.end();
  localStorage.clear();
});

const show = (kept: StoredPairing | null) => page.show(<Remote scannedCode={null} mayJoin={false} kept={kept} />);
async function removed(kind: StoredPairing['kind']): Promise<void> {
  const kept: StoredPairing = { controllerToken: 'abc', roomName: 'Maple', kind };
  keepPairing(kept);
  await show(kept);
  await act(async () => {
    sockets[0]!.accept();
    sockets[0]!.say({ type: 'error', error: { code: 'pairing-revoked', message: '' } });
  });
  await page.until(() => page.text.includes('Code'));
}
const asksForScan = () => /scan/i.test(page.text);

it('says that it was removed and asks for IT, in both languages', async () => {
  await removed('tablet');
  expect(page.text).toContain(en.pair.tabletRemoved);
  expect(page.text).toContain('Ask IT to add it again');
  expect([page.text.includes('Code from IT'), page.text.includes('on the TV')]).toEqual([true, false]);
  expect([asksForScan(), page.text.includes(errorsEn['pairing-revoked'].what)]).toEqual([false, false]);
  await act(async () => showLanguage('ko'));
  expect(page.text).toContain(ko.pair.tabletRemoved);
  expect(page.text).not.toContain('스캔');
});

it('still does when it is switched on again, until IT’s code brings it back', async () => {
  await removed('tablet');
  page.end();
  server.install();
  await show(keptPairing());
  expect([page.text.includes(en.pair.tabletRemoved), asksForScan()]).toEqual([true, false]);
});

it('asks for another code of IT’s where one does not work', async () => {
  await removed('tablet');
  server.answers.pair = () => refusal(403, 'pairing-code-invalid');
  await page.type('input', 'K7PW-3MXD');
  await page.press('Connect');
  await page.until(() => page.text.includes(en.pair.tabletCode.what));
  expect(asksForScan()).toBe(false);
});

it('leaves a phone its scan', async () => {
  await removed('phone');
  expect(page.text).toContain(en.pair.title);
  expect(page.text).toContain(errorsEn['pairing-revoked'].todo);
});
