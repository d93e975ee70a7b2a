// @vitest-environment happy-dom
/** The way to documents on the remote: the names that people and checks find, and words where documents are not possible. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DocumentAccess } from '#contract/grants.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomDocument } from '#contract/room-document.ts';
import { WHOLE_PAGE } from '#contract/shared-document.ts';
import documentsEn from '#ui/words/en/documents.ts';
import remoteEn from '#ui/words/en/remote.ts';
import stageEn from '#ui/words/en/stage.ts';
import documentsKo from '#ui/words/ko/documents.ts';
import remoteKo from '#ui/words/ko/remote.ts';
import stageKo from '#ui/words/ko/stage.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { DocumentsDoor, ShareDocument, ShownDocument } from './documents-door.tsx';
import type { RemoteView } from './projection.ts';
import { ShownRoomLink } from './use-room.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const access: DocumentAccess = {
  url: 'https://maru.example',
  token: 'token',
  expiresAtMs: 4_000_000_000_000,
  meetingId: id(1),
  documents: ['present', 'view'],
};
const shown: RoomDocument = {
  protocol: PROTOCOL_VERSION,
  roomId: id(2),
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  document: {
    documentId: id(3),
    title: 'Plan.pptx',
    pageCount: 12,
    page: 3,
    region: WHOLE_PAGE,
    presenter: { peerId: id(4), displayName: 'Maple' },
  },
  isPresenter: true,
  isNewest: true,
  withdrawn: null,
};

startWords({
  remote: { en: remoteEn, ko: remoteKo },
  documents: { en: documentsEn, ko: documentsKo },
  stage: { en: stageEn, ko: stageKo },
});
let root: Root;
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  vi.stubGlobal('fetch', () => new Promise(() => {}));
  showLanguage('en');
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const ask = vi.fn();
const asking = {
  ask,
  pending: () => null,
  whenPresent: async () => true,
  problem: null,
  report: () => {},
  dismissProblem: () => {},
};

async function show(snapshot: Partial<LinkSnapshot>, inCall = true): Promise<void> {
  const of = { projections: {}, roster: null, documentAccess: access, ...snapshot } as LinkSnapshot;
  const link = { subscribe: () => () => {}, getSnapshot: () => of, command: () => Promise.resolve() };
  const view = { screen: 'idle' } as RemoteView;
  await act(async () => {
    root.render(
      <ShownRoomLink value={link as unknown as RoomLink}>
        <DocumentsDoor link={link as unknown as RoomLink} snapshot={of} view={view} asking={asking}>
          <ShareDocument inCall={inCall} />
          <ShownDocument inCall={inCall} asking={asking} />
        </DocumentsDoor>
      </ShownRoomLink>,
    );
    // the door imports it too, and goes on before this does
    await import('./documents/documents-code.ts');
  });
}

const button = (name: string) =>
  [...document.querySelectorAll('button')].filter(
    (each) => (each.getAttribute('aria-label') ?? each.textContent) === name,
  );
const press = (name: string) => act(async () => button(name)[0]!.click());

it('has one input of files beside its button, and opens the browser’s chooser at the first press', async () => {
  await show({});
  const inputs = document.querySelectorAll<HTMLInputElement>('input[type=file]');
  expect(inputs.length).toBe(1);
  for (const kind of ['.pptx', '.hwp', '.hwpx', '.heic', '.odt']) expect(inputs[0]!.accept.split(',')).toContain(kind);
  const chooses = vi.spyOn(inputs[0]!, 'click').mockImplementation(() => {});
  await press('Share a document');
  expect(chooses).toHaveBeenCalledOnce();
  await show({}, false);
  expect(button('Show a document on the TV').length).toBe(1);
});

it.each([
  [undefined, remoteEn.documents.refused['no-server']],
  [null, remoteEn.documents.refused['not-permitted']],
  [{ ...access, documents: ['view' as const] }, remoteEn.documents.refused['not-permitted']],
])('gives words in place of a dead button (%#)', async (documentAccess, words) => {
  await show({ documentAccess });
  expect(document.querySelector('input[type=file]')).toBeNull();
  await press('Share a document');
  expect(document.body.textContent).toContain(words);
});

it('steers the shown document by one button of each name, on the room’s page and on the presented page', async () => {
  await show({ projections: { document: shown } });
  const names = ['Next document page', 'Previous document page', 'Stop sharing the document'];
  const once = () => {
    for (const name of names) expect(button(name).length).toBe(1);
    expect(document.body.textContent?.match(/Document page 3 of 12/g)?.length).toBe(1);
  };
  once();
  await press('Point and draw');
  once();
  await press('Stop sharing the document');
  expect(ask).toHaveBeenCalledWith({ name: 'present', act: { act: 'stop' } }, expect.any(Function));
});

it('gives the reason once where what the room presented was withdrawn', async () => {
  const { what, meaning } = documentsEn.withdrawn['outsider-in-call'];
  await show({ projections: { document: shown } });
  const withdrawn = { ...shown, document: null, isPresenter: false, withdrawn: 'outsider-in-call' as const };
  await show({ projections: { document: withdrawn } });
  for (const words of [what, meaning]) expect(document.body.textContent).toContain(words);
  await press('Close');
  expect(document.body.textContent).not.toContain(meaning);
  await show({ projections: { document: shown } });
  await show({ projections: { document: withdrawn } });
  expect(document.body.textContent).toContain(meaning);
});
