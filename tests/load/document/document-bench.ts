/**
 * The document bench: from the upload's last byte until the TV has painted the first page, beside the commands that a
 * person would type for the same picture; page turns on TV and guest in frames; processor time for each page.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { DocumentAccess } from '#contract/grants.ts';
import { documentsApi, MAX_UPLOAD_PART_BYTES, type MeetingDocument } from '#contract/http/documents-api.ts';
import { pathOf } from '#contract/http/route.ts';
import { Scene } from '../../e2e/scene.ts';
import { pair, Phone } from '../../simulators/phone/phone.ts';
import { CpuWatch } from '../processes.ts';
import { type BenchReport, pairwise } from '../report.ts';
import { convert, makeSamples, type Samples } from './samples.ts';
import { WarmOffice } from './warm-office.ts';

export type DocumentBenchOptions = { runs: number; seed: number; only: string | null };
type Kind = 'docx' | 'pptx' | 'pdf';

const TV_SIZE = { viewport: { width: 1920, height: 1080 } };
const LIMITS: Record<Kind, number> = { docx: 0.5, pptx: 0.5, pdf: 1.5 };
const TURNS = 40;
/** the spare that waits for the next document starts anew after each */
const SETTLING_MS = 12_000;
const GIVE_UP_MS = 120_000;

export async function documentBench({ runs, seed, only }: DocumentBenchOptions): Promise<BenchReport> {
  const report: BenchReport = { bench: 'document', seed, figures: [], bareTimes: {} };
  const wanted = (part: string): boolean => only === null || only === part;
  progress('making the documents');
  const samples = await makeSamples(seed);
  const scene = await Scene.start();
  try {
    const room = await Room.open(scene);
    for (const kind of ['docx', 'pptx', 'pdf'] as const)
      if (wanted(kind)) await firstPage(report, { kind, room, samples, runs });
    if (wanted('turns')) await turns(report, room, samples);
  } finally {
    await scene.close();
    samples.remove();
  }
  return report;
}

type FirstPage = { kind: Kind; room: Room; samples: Samples; runs: number };

async function firstPage(report: BenchReport, { kind, room, samples, runs }: FirstPage): Promise<void> {
  const [ours, peer, floor, cpu]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let run = 0; run < runs; run += 1) {
    progress(`${kind}, pair ${run + 1} of ${runs}`);
    await sleep(SETTLING_MS);
    const measureOurs = async (): Promise<void> => {
      const watch = new CpuWatch(room.converterPid);
      const { tookMs, document } = await room.firstPageOf(samples[kind]);
      ours.push(tookMs);
      const { pageCount } = await room.converted(document.documentId);
      cpu.push(watch.end() / pageCount!);
      await room.remove(document.documentId);
    };
    const measurePeer = async (): Promise<void> => void peer.push(typedMs(kind, samples[kind]));
    for (const measure of run % 2 === 0 ? [measureOurs, measurePeer] : [measurePeer, measureOurs]) await measure();
    if (kind !== 'pdf') floor.push(await WarmOffice.firstPageMs(samples[kind]));
  }
  report.figures.push({
    name: `${kind}FirstPageRatio`,
    values: pairwise(ours, peer),
    limit: LIMITS[kind],
    note: kind === 'pdf' ? 'to pdftoppm' : 'to soffice --convert-to pdf and pdftoppm, cold',
  });
  report.figures.push({
    name: `${kind}CpuSecondsPerPage`,
    values: cpu,
    note: 'all sizes, with the sandboxes and the next spare',
  });
  report.bareTimes[`${kind}: upload complete to painted`] = ours;
  report.bareTimes[`${kind}: as typed`] = peer;
  if (floor.length > 0) report.bareTimes[`${kind}: warm LibreOffice alone`] = floor;
}

/** The picture of the first page, as a person makes it. */
function typedMs(kind: Kind, path: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'maru-bench-typed-'));
  try {
    const startedAtMs = performance.now();
    let pdf = path;
    if (kind !== 'pdf') {
      convert(folder, path, 'pdf');
      pdf = join(folder, `${basename(path, `.${kind}`)}.pdf`);
    }
    const size = ['-scale-to-x', '1920', '-scale-to-y', '-1'];
    execFileSync('pdftoppm', ['-png', '-f', '1', '-l', '1', ...size, pdf, join(folder, 'page')], { stdio: 'ignore' });
    return performance.now() - startedAtMs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function turns(report: BenchReport, room: Room, samples: Samples): Promise<void> {
  progress('page turns');
  const guest = await room.scene.guest(1, { context: TV_SIZE });
  await guest.join('Mina');
  await guest.expectInCall();
  const { document } = await room.firstPageOf(samples.pdf);
  const { pageCount } = await room.converted(document.documentId);
  const frames: number[] = [];
  const waits: Record<'TV' | 'guest', number[]> = { TV: [], guest: [] };
  const viewers = { TV: room.tv, guest: guest.page };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const page = (turn % (pageCount! - 1)) + 2;
    const painted = Object.entries(viewers).map(
      async ([name, viewer]) => [name, await paintedPage(viewer, page)] as const,
    );
    // the watchers are in the pages before the turn is asked for
    await sleep(200);
    const askedAtMs = performance.timeOrigin + performance.now();
    await room.phone.command({ name: 'present', act: { act: 'turn-page', page } });
    for (const [name, { atMs, frameMs }] of await Promise.all(painted)) {
      waits[name as 'TV' | 'guest'].push(atMs - askedAtMs);
      if (name === 'TV') frames.push((atMs - askedAtMs) / frameMs);
    }
    // a person looks at a page before the next
    await sleep(400);
  }
  report.figures.push({
    name: 'pageTurnFrames',
    values: frames,
    note: 'from the phone’s tap until the TV has painted',
  });
  report.figures.push({ name: 'pageTurnMs', values: waits.TV, limit: 100, note: 'TV, on loopback' });
  report.figures.push({ name: 'pageTurnGuestMs', values: waits.guest, limit: 100, note: 'guest, on loopback' });
}

type Painted = { atMs: number /** between two frames of that page */; frameMs: number };

/** When that page is on the viewer's display: two frames after its picture stands there decoded. */
function paintedPage(viewer: Page, page: number): Promise<Painted> {
  return viewer.evaluate(
    ({ wanted, giveUpMs }) =>
      new Promise<Painted>((resolve, reject) => {
        const startedAtMs = performance.now();
        const frames: number[] = [];
        const isThere = (): boolean =>
          [...document.querySelectorAll<HTMLImageElement>('[aria-label="Shared document"] img')].some(
            (img) =>
              wanted.test(img.alt) &&
              img.complete &&
              img.naturalWidth > 0 &&
              img.checkVisibility({ opacityProperty: true }),
          );
        const look = (nowMs: number): void => {
          frames.push(nowMs);
          if (nowMs - startedAtMs > giveUpMs) reject(new Error(`not painted: ${wanted}`));
          else if (!isThere()) requestAnimationFrame(look);
          else
            requestAnimationFrame(() =>
              requestAnimationFrame(() =>
                resolve({
                  atMs: performance.timeOrigin + performance.now(),
                  frameMs: (frames.at(-1)! - frames[0]!) / Math.max(1, frames.length - 1),
                }),
              ),
            );
        };
        requestAnimationFrame(look);
      }),
    { wanted: new RegExp(`document page ${page}( of \\d+)?$`), giveUpMs: GIVE_UP_MS },
  );
}

/** A room in a call with its TV, and a phone without a screen that shares documents. */
class Room {
  readonly scene: Scene;
  readonly tv: Page;
  readonly phone: Phone;
  readonly #access: () => DocumentAccess;

  private constructor(scene: Scene, tv: Page, phone: Phone, access: () => DocumentAccess) {
    this.scene = scene;
    this.tv = tv;
    this.phone = phone;
    this.#access = access;
  }

  static async open(scene: Scene): Promise<Room> {
    const { fleetUrl } = scene.product.addresses;
    const tv = await scene.tv({ context: TV_SIZE });
    const { controllerToken: token } = await pair({ fleetUrl, code: scene.firstCode });
    let access: DocumentAccess | null = null;
    const phone = new Phone({
      fleetUrl,
      token,
      onMessage: (message) => {
        if (message.type === 'document-access') access = message.access;
      },
    });
    await phone.connect();
    await phone.command({ name: 'join-call' });
    await phone.until(({ phase }) => phase.name === 'in-call');
    await tv.stage.waitFor();
    for (const deadlineMs = Date.now() + 10_000; access === null; await sleep(20))
      if (Date.now() > deadlineMs) throw new Error('no access to documents');
    return new Room(scene, tv.page, phone, () => access!);
  }

  get converterPid(): number {
    return this.scene.product.pid('converter');
  }

  /** Shown as soon as its first page is there, as a phone does it. */
  async firstPageOf(path: string): Promise<{ tookMs: number; document: MeetingDocument }> {
    const content = readFileSync(path);
    const body = JSON.stringify({ fileName: basename(path), sizeBytes: content.length });
    const { createDocument, uploadDocument } = documentsApi;
    let { document } = createDocument.response.parse(
      await this.#ask('POST', createDocument.path, body, 'application/json'),
    );
    const { documentId } = document;
    const pages = this.#follow(documentId);
    for (let offset = 0; offset < content.length; offset += MAX_UPLOAD_PART_BYTES) {
      const part = content.subarray(offset, offset + MAX_UPLOAD_PART_BYTES);
      const url = `${pathOf(uploadDocument.path, { documentId })}?offset=${offset}`;
      ({ document } = uploadDocument.response.parse(await this.#ask('PUT', url, part, 'application/octet-stream')));
    }
    const uploadedAtMs = performance.timeOrigin + performance.now();
    const painted = paintedPage(this.tv, 1);
    document = await pages;
    const { title, pageCount } = document;
    await this.phone.command({ name: 'present', act: { act: 'show', documentId, title, pageCount, page: 1 } });
    return { tookMs: (await painted).atMs - uploadedAtMs, document };
  }

  async converted(documentId: string): Promise<MeetingDocument> {
    const { document: route } = documentsApi;
    for (const deadlineMs = Date.now() + GIVE_UP_MS; Date.now() < deadlineMs; await sleep(200)) {
      const { document } = route.response.parse(await this.#ask('GET', pathOf(route.path, { documentId })));
      if (document.state === 'failed') throw new Error(`failed: ${document.failure}`);
      if (document.state === 'ready') return document;
    }
    throw new Error('not converted in time');
  }

  async remove(documentId: string): Promise<void> {
    await this.phone.command({ name: 'present', act: { act: 'stop' } });
    await this.#ask('DELETE', pathOf(documentsApi.deleteDocument.path, { documentId }));
  }

  /** Resolves with the document once its first page is there, by the stream of changes. */
  async #follow(documentId: string): Promise<MeetingDocument> {
    const { documentChanges } = documentsApi;
    const { url, token } = this.#access();
    const ending = new AbortController();
    const answer = await fetch(new URL(documentChanges.path, url), {
      headers: { authorization: `Bearer ${token}` },
      signal: ending.signal,
    });
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1];
        if (!event.includes('event: documents') || data === undefined) continue;
        const { documents } = documentChanges.events.documents.parse(JSON.parse(data));
        const found = documents.find((each) => each.documentId === documentId);
        if (found?.state === 'failed') throw new Error(`failed: ${found.failure}`);
        if (!found || found.readyPages < 1) continue;
        ending.abort();
        return found;
      }
    }
    throw new Error('the stream of documents ended');
  }

  async #ask(method: string, path: string, body?: string | Buffer, contentType?: string): Promise<unknown> {
    const { url, token } = this.#access();
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

const progress = (what: string): void => console.error(`  ${what}`);
