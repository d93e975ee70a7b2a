/**
 * A box for tests of the part `updates`: its folders, the fleet's server over HTTPS with client certificates, a signed feed, and
 * root's half played by files. Root's half verifies what was fetched, as the real one does, and copies it into a slot.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import type { SelfTest } from '#contract/room-equipment.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { RoomUpdate, RoomUpdateDesired } from '#contract/room-update.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import { updateSettings } from '#contract/settings/update-settings.ts';
import { FolderFeed } from '#edge/signed-releases/folder-feed.ts';
import { ReleaseTrust } from '#edge/signed-releases/release-trust.ts';
import { FeedUnderTest, type ReleaseUnderTest } from '../../../provisioning/release/signing/feed-under-test.ts';
import { CaUnderTest } from '../certificates-under-test.ts';
import type { PartDeclaration } from '../parts/part.ts';
import { Parts } from '../parts/parts.ts';
import { servicesUnderTest } from '../parts/services-under-test.ts';
import { Projections } from '../projections.ts';
import type { RoomEventDraft } from '../room-event-outbox.ts';
import type { RoomIdentity } from '../room-identity.ts';
import type { UpdatePaths } from './box-facts.ts';
import { updatesPart } from './part.ts';

const ROOM_ID = '0193a0b0-0000-7000-8000-000000000001';
const UPDATER = 'dist/kiosk-updater-main.js';
type Settings = ReturnType<typeof updateSettings.schema.parse>;
type Order = { orderId: string; order: 'place' | 'switch'; target: string; feed: 'online' | 'medium'; attempt: number };
/** What a release's devices and page can do. */
export type Abilities = {
  camera: 'passed' | 'failed';
  microphone: 'passed' | 'failed';
  callFault: string | null;
  isBlack: boolean;
  isOnline: boolean;
  pageLeaksBytes: number;
};
const WELL: Abilities = {
  camera: 'passed',
  microphone: 'passed',
  callFault: null,
  isBlack: false,
  isOnline: true,
  pageLeaksBytes: 0,
};

/** An updater that looks at itself, and content that only this release has. */
const filesOf = (version: string, look = `{"releaseId":"' + id + '","ok":true}`) => ({
  [UPDATER]: `const id = require('node:path').basename(require('node:path').dirname(__dirname)); console.log('${look}');\n`,
  'dist/shared.js': 'the same in all releases\n'.repeat(500),
  'dist/page.js': `${version} `.repeat(20_000),
});

export class BoxUnderTest {
  readonly dir = mkdtempSync(join(tmpdir(), 'maru-updates-'));
  readonly feed = new FeedUnderTest(join(this.dir, 'feed'));
  readonly events: RoomEventDraft[] = [];
  readonly asked: { path: string; range: string | undefined }[] = [];
  /** instead of the file */
  answer: ((request: IncomingMessage, response: ServerResponse, file: Buffer) => boolean) | null = null;
  can: Abilities = { ...WELL };
  settings: Settings = updateSettings.schema.parse({ windowHours: null, fetchMegabitsPerSecond: 0 });
  agenda: object | null = null;
  room: RoomState = roomIn({ name: 'idle' });
  provenWithinMs = 60_000;
  /** ms by which the clock that nobody sets is ahead */
  aheadMs = 0;
  bootId = 'boot-1';
  projections = new Projections({ roomId: ROOM_ID, epoch: 1 });
  readonly desired: RoomUpdateDesired;
  readonly old: ReleaseUnderTest;
  readonly new: ReleaseUnderTest;
  #ca!: CaUnderTest;
  #server!: Server;
  #identity!: RoomIdentity;
  #parts: Parts | null = null;
  #alive: NodeJS.Timeout | undefined;
  #heapBytes = 50_000_000;

  constructor(of: { newLook?: string; newMadeAtMs?: number } = {}) {
    this.old = this.feed.addRelease(filesOf('1.0.0'), { version: '1.0.0', madeAtMs: Date.UTC(2026, 0, 1) });
    this.new = this.feed.addRelease(filesOf('2.0.0', of.newLook), {
      version: '2.0.0',
      madeAtMs: of.newMadeAtMs ?? Date.UTC(2026, 1, 1),
    });
    this.feed.publish([this.old, this.new]);
    this.feed.pinIn(join(this.dir, 'share'));
    for (const folder of ['run', 'guard', 'data']) mkdirSync(join(this.dir, folder));
    this.place(this.old);
    this.pointTo(this.old.releaseId);
    this.desired = this.wish();
  }

  get paths(): UpdatePaths {
    return {
      runDir: join(this.dir, 'run'),
      stateDir: join(this.dir, 'guard'),
      reportFile: join(this.dir, 'report.json'),
      rootFile: join(this.dir, 'share', 'update-root.json'),
      releaseDir: join(this.dir, 'current'),
    };
  }

  get dataDir(): string {
    return join(this.dir, 'data');
  }

  get stagedObjects(): string {
    return join(this.dataDir, 'updates', 'feed', 'objects');
  }

  wish(over: Partial<RoomUpdateDesired> = {}): RoomUpdateDesired {
    const { releaseId, target, facts } = this.new;
    return {
      protocol: 1,
      roomId: ROOM_ID,
      release: { releaseId, version: facts.version, target, feed: 'online' },
      rolloutId: null,
      mayInstall: true,
      isUrgent: false,
      deadlineMs: null,
      attempt: 0,
      nowMs: Date.now(),
      ...over,
    };
  }

  async startFleet(): Promise<void> {
    this.#ca = await CaUnderTest.create();
    const [server, client] = [
      await this.#ca.issue({ commonName: 'localhost', ofServer: true }),
      await this.#ca.issue({ commonName: ROOM_ID }),
    ];
    const ca = this.#ca.certificatePem;
    this.#server = createServer(
      { key: server.keyPem, cert: server.certificatePem, ca, requestCert: true, rejectUnauthorized: true },
      (request, response) => this.#serve(request, response),
    );
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#identity = {
      roomId: ROOM_ID,
      roomName: 'Maple',
      deviceApiUrl: `https://localhost:${(this.#server.address() as AddressInfo).port}`,
      mqttUrl: 'mqtts://localhost:1',
      caPem: ca,
      ...client,
    };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.replace('/device/v1/updates/', '');
    this.asked.push({ path, range: request.headers.range });
    const name = join(this.feed.folder, path);
    if (!existsSync(name)) return void response.writeHead(404).end();
    const file = readFileSync(name);
    if (this.answer?.(request, response, file)) return;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const head = from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {};
    response
      .writeHead(from > 0 ? 206 : 200, { 'content-length': file.length - from, ...head })
      .end(file.subarray(from));
  }

  /** The agent's part, as after a start of the process: nothing is left of the one before. */
  startAgent(): void {
    this.projections = new Projections({ roomId: ROOM_ID, epoch: 1 });
    const { projections } = this;
    const devices: PartDeclaration = {
      name: 'devices',
      make: (host) => ({
        start: () => {},
        stop: () => {},
        occasions: { 'check-up-due': () => host.publish('equipment', this.#equipment()) },
      }),
    };
    if (this.agenda !== null) projections.publish('agenda', this.agenda as never);
    const parts: Parts = new Parts({
      list: [
        updatesPart({
          dataDir: this.dataDir,
          paths: this.paths,
          identity: () => this.#identity,
          tickingMs: () => performance.now() + this.aheadMs,
          provenWithinMs: this.provenWithinMs,
          patience: { retryDelaysMs: [50], idleTimeoutMs: 1_000, rateWindowMs: 500 },
        }),
        devices,
      ],
      services: servicesUnderTest({
        logger: pino({ level: process.env.LOG ?? 'silent' }),
        settings: { value: () => this.settings } as never,
        projections,
        publish: (name, content) => projections.publish(name, content),
        isFleetOnline: () => this.can.isOnline,
        record: (draft) => this.events.push(draft),
        perform: (effect) => this.#perform(parts, effect),
      }),
      onFault: (part, code) => {
        if (code !== null) this.faults.push(`${part}: ${code}`);
      },
      onNotices: () => {},
    });
    this.#parts = parts;
    parts.notify('screen', { screenId: ROOM_ID, userAgent: null });
    parts.start(this.room);
    this.#alive = setInterval(() => {
      this.#heapBytes += this.can.pageLeaksBytes;
      parts.notify('screen-alive', { showsNothing: this.can.isBlack, heapBytes: this.#heapBytes });
    }, 200);
  }
  readonly faults: string[] = [];

  receive(desired: RoomUpdateDesired = this.desired): void {
    this.#parts!.notify('desired-update', desired);
  }
  follow(phase: object): void {
    this.room = roomIn(phase);
    this.#parts!.follow(this.room);
  }
  notify: Parts['notify'] = (occasion, value) => this.#parts!.notify(occasion, value);
  tell = (command: 'postpone-update') => this.#parts!.dispatch({ name: command });
  get shown(): RoomUpdate | null {
    return this.projections.valueOf('update');
  }
  /** "step why" */
  get at(): string {
    const { step, waitsFor } = this.shown ?? {};
    return [step, waitsFor].filter(Boolean).join(' ');
  }

  async stopAgent(): Promise<void> {
    clearInterval(this.#alive);
    await this.#parts?.stop();
    this.#parts = null;
  }

  async end(): Promise<void> {
    await this.stopAgent();
    this.#server?.closeAllConnections();
    this.#server?.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #perform(parts: Parts, effect: ScreenEffect): boolean {
    if (effect.name !== 'call-itself') return false;
    const { callFault: fault } = this.can;
    setTimeout(() => parts.onReport({ type: 'called-itself', proofId: effect.proofId, fault }), 20);
    return true;
  }

  #equipment(): ProjectionContent<'equipment'> {
    const check = (name: 'camera' | 'microphone' | 'speaker', outcome: 'passed' | 'failed') =>
      ({ name, outcome, reason: outcome === 'failed' ? 'frozen' : null }) as const;
    const { camera, microphone } = this.can;
    const selfTest: SelfTest = {
      state: 'done',
      startedAtMs: Date.now(),
      because: 'check-up',
      checks: [check('camera', camera), check('microphone', microphone), check('speaker', 'passed')],
    };
    return {
      devices: [],
      camera: null,
      presets: [],
      shownInput: null,
      selfTest,
      speakerphone: null,
      tv: { control: 'none', power: 'unknown', name: null, code: null },
      lanUrl: null,
    };
  }

  // ---- root's half

  /** null: none was given */
  takeOrder(): Order | null {
    const path = join(this.paths.runDir, 'update-order.json');
    if (!existsSync(path)) return null;
    const order = JSON.parse(readFileSync(path, 'utf8')) as Order;
    rmSync(path);
    return order;
  }

  report(order: Order, over: object = {}): void {
    const { orderId, order: which } = order;
    const report = {
      orderId,
      order: which,
      outcome: 'done',
      refusal: null,
      detail: '',
      releaseId: this.new.releaseId,
      ...over,
    };
    writeFileSync(`${this.paths.reportFile}.new`, JSON.stringify(report));
    renameSync(`${this.paths.reportFile}.new`, this.paths.reportFile);
  }

  /** From the staging folder alone, by a trust of its own. @throws FeedError */
  async placeFromStaging(order: Order): Promise<void> {
    const feed = join(this.dataDir, 'updates', 'feed');
    const trust = new ReleaseTrust({
      folder: join(this.dir, 'root-trust'),
      pinnedRoot: readFileSync(this.paths.rootFile),
    });
    const verified = await trust.verify(new FolderFeed(feed), order.feed);
    const { manifest, bytes } = await verified.manifestOf(order.target);
    const slot = join(this.dir, 'releases', this.new.releaseId);
    for (const { path, sha256 } of manifest.files) {
      const staged = join(feed, 'objects', sha256);
      const from = existsSync(staged) ? staged : join(this.dir, 'current', path);
      const content = readFileSync(from);
      if (createHash('sha256').update(content).digest('hex') !== sha256) throw new Error(`${path} is damaged`);
      mkdirSync(dirname(join(slot, path)), { recursive: true });
      writeFileSync(join(slot, path), content);
    }
    writeFileSync(join(slot, 'manifest.json'), bytes);
  }

  place({ releaseId, manifest, bytes }: ReleaseUnderTest): void {
    const slot = join(this.dir, 'releases', releaseId);
    for (const { path, sha256 } of manifest.files) {
      mkdirSync(dirname(join(slot, path)), { recursive: true });
      cpSync(join(this.feed.folder, 'objects', sha256), join(slot, path));
    }
    writeFileSync(join(slot, 'manifest.json'), bytes);
  }

  pointTo(releaseId: string): void {
    const beside = join(this.dir, 'current.new');
    symlinkSync(join('releases', releaseId), beside);
    renameSync(beside, this.paths.releaseDir);
  }

  beginTrial(attempt = 0): void {
    this.#guard('trial', `new=${this.new.releaseId}\nold=${this.old.releaseId}\nattempt=${attempt}\nboots=0\n`);
    this.pointTo(this.new.releaseId);
  }
  /** null: none yet */
  get proof(): string | null {
    const path = join(this.paths.runDir, 'update-proof');
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
  }
  confirm(): void {
    this.#guard('confirmed', `release=${this.new.releaseId}\nat=${Math.floor(Date.now() / 1_000)}\n`);
    rmSync(join(this.paths.stateDir, 'trial'));
  }
  goBack(failure: string, check: string): void {
    this.pointTo(this.old.releaseId);
    const at = Math.floor(Date.now() / 1_000);
    this.#guard(
      'returned',
      `release=${this.new.releaseId}\nattempt=0\nfailure=${failure}\ncheck=${check}\ndetail=frozen\nat=${at}\n`,
    );
    rmSync(join(this.paths.stateDir, 'trial'));
  }
  #guard(name: string, lines: string): void {
    writeFileSync(join(this.paths.stateDir, name), lines);
  }
}

function roomIn(phase: object): RoomState {
  return { phase, notices: [], camera: 'on', microphone: 'on' } as unknown as RoomState;
}
