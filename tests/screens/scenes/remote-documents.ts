/** Documents on the remote: in a call and on an idle room's TV, from the file to the pen. */
import type { Page } from 'playwright-core';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import type { RoomDocument } from '#contract/room-document.ts';
import type { RoomDrawing } from '#contract/room-drawing.ts';
import { type DocumentHeading, PAGE_UNITS, WHOLE_PAGE } from '#contract/shared-document.ts';
import {
  documentAccess,
  drawing,
  listedDocument,
  LONG_FILE_NAME,
  type PlayedDocuments,
  playDocuments,
} from '../drawn-documents.ts';
import { agenda, equipment, weeklyPlan } from '../rooms-day.ts';
import { inCall, type Link, paired, person, roomState } from './remote.ts';
import type { Scene, SizeName } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const sizes: readonly SizeName[] = ['phone', 'tablet'];
/** written from right to left, with a picture and what looks like HTML */
const ODD_TITLE = 'تقرير المبيعات 2027 📊 <b>final</b>.pdf';

const stored = (n: number, title: string, over: Partial<MeetingDocument> = {}): MeetingDocument =>
  listedDocument(n, { title, ...over });
const plan = stored(1, 'Plan 2027.pptx');

const room = { peerId: id(100), displayName: 'Maple 3F' };
const shown = (over: Partial<DocumentHeading> = {}, isPresenter = true): RoomDocument => ({
  protocol: PROTOCOL_VERSION,
  roomId: id(1),
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  document: {
    documentId: plan.documentId,
    title: plan.title,
    pageCount: 12,
    page: 3,
    region: WHOLE_PAGE,
    presenter: room,
    ...over,
  },
  isPresenter,
  isNewest: true,
  withdrawn: null,
});

const drawn = (): RoomDrawing => {
  const { document, isPresenter: _isPresenter, isNewest: _isNewest, withdrawn: _withdrawn, ...heading } = shown();
  const { documentId, page } = document!;
  return { ...heading, drawing: { documentId, page, pointer: { x: 48_000, y: 20_000 }, strokes: drawing(page) } };
};
/** After the phone has shown it. */
const isWithdrawn =
  (withdrawn: RoomDocument['withdrawn']): NonNullable<Link['after']> =>
  (_, say) =>
    void setTimeout(
      () =>
        say({
          type: 'projection',
          name: 'document',
          value: { ...shown(), revision: 2, document: null, isPresenter: false, withdrawn },
        }),
      1_500,
    );
const dialogIsThere = (page: Page) => page.getByRole('dialog').waitFor();

const people = [
  person(0, 'Maple 3F', { peerKind: 'room' }),
  person(1, 'Head office'),
  person(2, '포항 공장', { microphone: 'muted' }),
];
const calling = roomState({ phase: inCall(people) });

type Played = Link & PlayedDocuments;
function scene(name: string, { documents = [plan], ...of }: Played, act?: Scene['act'], on = sizes): Scene {
  return {
    name,
    path: '/control',
    sizes: on,
    setup: async (page) => {
      await playDocuments(page, { documents, ...of });
      await paired(page, { documentAccess: documentAccess(), ...of });
    },
    ...(act && { act }),
  };
}

const press = (names: RegExp) => (page: Page) => page.getByRole('button', { name: names }).first().click();
const openList = press(/Share a document|Show a document|문서 공유$|TV에 문서 띄우기/);
const openPage = press(/Point and draw|포인터와 펜/);
const steps =
  (...all: NonNullable<Scene['act']>[]) =>
  async (page: Page) => {
    for (const step of all) await step(page);
  };
const pageIsThere = (page: Page) => page.locator('.stage-page img').first().waitFor();
const presenting = steps(openPage, pageIsThere);
const choose = (page: Page) =>
  page.setInputFiles('input[type=file]', {
    name: 'Plan 2027.pptx',
    mimeType: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    buffer: Buffer.alloc(2_400_000),
  });
const tool = (names: RegExp) => (page: Page) => page.getByRole('radio', { name: names }).click({ force: true });
const penTool = tool(/^Pen$|^펜$/);

async function drag(page: Page, from: [number, number], to: [number, number], lifts = true): Promise<void> {
  const box = await page.locator('.stage-page').first().boundingBox();
  if (box === null) throw new Error('no page is drawn');
  const place = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...place(from));
  await page.mouse.down();
  for (let step = 1; step <= 12; step += 1) {
    const part = step / 12;
    const wave = Math.sin(part * 9) * 0.03;
    await page.mouse.move(...place([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part + wave]));
  }
  if (lifts) await page.mouse.up();
}

const many = Array.from({ length: 14 }, (_, n) =>
  stored(n + 1, n % 3 === 0 ? `분기 실적 ${n + 1}.hwp` : `Quarter ${n + 1}.pdf`, {
    pageCount: n + 1,
    isOwn: n % 2 === 0,
    mayDelete: true,
  }),
);
const states = [
  stored(2, 'Budget.xlsx', { state: 'converting', readyPages: 3, pageCount: 40 }),
  stored(3, 'Minutes.docx', { state: 'waiting', readyPages: 0, pageCount: null }),
  stored(4, 'Drawing.heic', { state: 'uploading', receivedBytes: 1_800_000, readyPages: 0, pageCount: null }),
  plan,
];
const failures = [
  stored(5, 'Contract.docx', { state: 'failed', failure: 'document-encrypted', readyPages: 0, pageCount: null }),
  stored(6, LONG_FILE_NAME, { state: 'failed', failure: 'document-too-long', readyPages: 0, pageCount: null }),
  plan,
];

export const remoteDocumentScenes: readonly Scene[] = [
  scene('document-idle', { document: shown() }),
  scene('document-idle-booked', {
    time: '09:12',
    document: shown({ page: 1 }),
    agenda: agenda([weeklyPlan()]),
    equipment: equipment(),
  }),
  scene('document-list-empty', { state: calling, documents: [] }, openList),
  scene('document-list', { state: calling, documents: states }, openList),
  scene('document-list-many', { state: calling, documents: many, document: shown() }, openList),
  scene(
    'document-list-odd-names',
    { state: calling, documents: [stored(7, ODD_TITLE), stored(8, LONG_FILE_NAME), stored(9, '한글 이름.hwp')] },
    openList,
  ),
  scene('document-uploading', { state: calling, documents: [] }, steps(openList, choose)),
  scene('document-refused', { state: calling, documents: [], upload: 'fails' }, steps(openList, choose)),
  scene('document-failed', { state: calling, documents: failures }, openList),
  scene('document-no-server', { state: calling, documentAccess: undefined as never }, openList),
  scene('document-not-permitted', { state: calling, documentAccess: null }, openList),
  scene('document-shown', { state: calling, document: shown() }),
  scene('document-shown-long', { state: calling, document: shown({ title: LONG_FILE_NAME, pageCount: null }) }),
  scene('document-shown-by-other', {
    state: calling,
    document: shown({ presenter: { peerId: id(101), displayName: 'Head office' } }, false),
  }),
  scene(
    'document-withdrawn',
    { state: calling, document: shown(), after: isWithdrawn('outsider-in-call') },
    dialogIsThere,
  ),
  scene(
    'document-withdrawn-deleted',
    { state: calling, document: shown(), after: isWithdrawn('deleted') },
    dialogIsThere,
    ['phone'],
  ),
  scene(
    'document-page-drawn-by-other',
    {
      state: calling,
      document: shown({ presenter: { peerId: id(101), displayName: 'Head office' } }, false),
      drawing: drawn(),
    },
    steps(press(/^See the page large|^쪽 크게 보기/), pageIsThere),
  ),
  scene('document-page', { state: calling, document: shown() }, presenting),
  scene('document-page-odd-name', { state: calling, document: shown({ title: ODD_TITLE }) }, presenting, ['phone']),
  scene('document-page-upright', { state: calling, document: shown(), aspect: 'sheet' }, presenting),
  scene('document-page-idle', { document: shown({ pageCount: 1, page: 1 }) }, presenting, ['phone']),
  scene('document-page-pointing', { state: calling, document: shown() }, (page) =>
    presenting(page).then(() => drag(page, [0.2, 0.3], [0.6, 0.5], false)),
  ),
  scene('document-page-pen', { state: calling, document: shown() }, async (page) => {
    await steps(presenting, penTool)(page);
    await drag(page, [0.1, 0.3], [0.6, 0.32]);
    await tool(/Highlighter|형광펜/)(page);
    await drag(page, [0.1, 0.6], [0.7, 0.6]);
    await tool(/^Blue|^파랑/)(page);
    await drag(page, [0.6, 0.7], [0.9, 0.2]);
  }),
  scene(
    'document-page-zoomed',
    {
      state: calling,
      document: shown({
        region: { x: 0, y: 8_000, width: Math.round(PAGE_UNITS / 2), height: Math.round(PAGE_UNITS / 2) },
      }),
    },
    presenting,
  ),
  scene('document-page-being-made', { state: calling, document: shown(), notReadyFrom: 3 }, (page) =>
    openPage(page).then(() => page.waitForTimeout(900)),
  ),
  scene(
    'document-page-command-failed',
    { state: calling, document: shown(), commands: 'room-not-answering' },
    steps(presenting, press(/Next document page|문서 다음 쪽/)),
  ),
  scene(
    'document-page-hand-over',
    { state: calling, document: shown() },
    steps(presenting, press(/^Hand over|^넘기기/)),
  ),
];
