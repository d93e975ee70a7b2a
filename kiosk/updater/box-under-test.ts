/** A box in a folder, with releases of few files, a signed feed, and a systemctl that does what the units would. */
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { ReleaseManifest } from '#contract/release.ts';
import { PINNED_ROOT_FILE } from '#contract/update-feed.ts';
import { SYNCED_QUICKLY } from '../../provisioning/system/guard-under-test.ts';
import { Slots } from '../../provisioning/system/slots.ts';
import {
  FeedUnderTest,
  type FilesUnderTest,
  type ReleaseUnderTest,
} from '../../provisioning/release/signing/feed-under-test.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/kiosk-updater-main.js');
const ENDS_WITHIN_MS = 60_000;

export type ReportUnderTest = {
  orderId: string;
  order: string | null;
  outcome: string;
  refusal: string | null;
  detail: string;
  releaseId: string | null;
};
export type OrderUnderTest = {
  target: string;
  order: 'place' | 'switch';
  feed?: 'online' | 'medium';
  attempt?: number;
};

/** What a release has beside what a test gives it: two programs that differ and one that does not, and a unit. */
export function filesOf(name: string, more: FilesUnderTest = {}): FilesUnderTest {
  return {
    'node_modules/node/bin/node': { content: '#!/bin/sh\nexit 0\n', mode: '0755' },
    'dist/kiosk-agent-main.js': `// ${name}\n`.repeat(2_000),
    'dist/shared.js': 'export {};\n',
    'provisioning/system/files/kiosk/etc/systemd/system/maru-agent.service': `[Service]\nExecStart=/bin/true ${name}\n`,
    'provisioning/system/files/kiosk/etc/systemd/system/maru-guard.service': `[Service]\nExecStart=/bin/false ${name}\n`,
    ...more,
  };
}

export class UpdatedBox {
  readonly root = mkdtempSync(join(SYNCED_QUICKLY, 'maru-box-'));
  readonly feed: FeedUnderTest;
  readonly home: string;
  readonly state = join(this.root, 'state');
  readonly staging = join(this.root, 'staging');
  readonly order = join(this.root, 'run/update-order.json');
  readonly report = join(this.root, 'report/report.json');
  readonly proof = join(this.root, 'run/update-proof');

  /** @param home where releases lie; another disk in some tests */
  constructor(home?: string) {
    this.home = home ?? join(this.root, 'opt');
    for (const folder of ['state', 'run', 'report', 'bin', 'machine/usr/local/share/maru', 'pinned'])
      mkdirSync(join(this.root, folder), { recursive: true });
    mkdirSync(join(this.home, 'releases'), { recursive: true });
    this.feed = new FeedUnderTest(join(this.root, 'feed'));
    this.feed.pinIn(join(this.root, 'pinned'));
    this.#makeSystemctl();
  }

  /** As the unit maru-placement.service is started; all else is noted alone. */
  #makeSystemctl(): void {
    const placement = [process.execPath, PROGRAM, '--place-system-files', ...this.#paths()].join("' '");
    writeFileSync(
      join(this.root, 'bin/systemctl'),
      `#!/bin/sh
printf '%s\\n' "$*" >> '${join(this.root, 'systemctl.log')}'
case "$*" in
  'restart maru-placement.service') test -e '${this.state}/trial' || exit 0; test ! -e '${this.root}/placement-fails' || exit 1; exec '${placement}' ;;
esac
`,
      { mode: 0o755 },
    );
  }

  #paths(): string[] {
    return [
      `--root=${join(this.root, 'machine')}`,
      `--home=${this.home}`,
      `--staging-dir=${this.staging}`,
      `--order-file=${this.order}`,
      `--proof-file=${this.proof}`,
      `--report-file=${this.report}`,
      `--state-dir=${this.state}`,
      `--pinned-root=${join(this.root, 'pinned', PINNED_ROOT_FILE)}`,
    ];
  }

  /** As an installer leaves it: the release runs, and counts as proven. */
  async installed(release: ReleaseUnderTest): Promise<void> {
    const slots = new Slots(this.home);
    const { manifest, bytes, releaseId } = release;
    await slots.place(
      {
        id: releaseId,
        manifest,
        manifestText: bytes.toString(),
        copyObject: async (sha256, target) => cpSync(join(this.feed.folder, 'objects', sha256), target),
      },
      () => {},
    );
    await slots.switchTo(releaseId);
    this.place('maru-guard.service', '[Service]\nExecStart=/bin/sh /usr/local/lib/maru/guard.sh\n');
    writeFileSync(
      join(this.root, 'machine/usr/local/share/maru/kiosk.placed'),
      'etc/systemd/system/maru-guard.service\n',
    );
    writeFileSync(join(this.state, 'confirmed'), `release=${releaseId}\nat=1\n`);
  }

  place(unit: string, text: string): void {
    mkdirSync(join(this.root, 'machine/etc/systemd/system'), { recursive: true });
    writeFileSync(join(this.root, 'machine/etc/systemd/system', unit), text);
  }
  unit(name: string): string {
    return readFileSync(join(this.root, 'machine/etc/systemd/system', name), 'utf8');
  }

  /** What the agent has after a fetch. */
  stage(): void {
    rmSync(this.staging, { recursive: true, force: true });
    cpSync(this.feed.folder, this.staging, { recursive: true });
  }

  /** @returns its id */
  give({ target, order, feed = 'online', attempt = 0 }: OrderUnderTest): string {
    const orderId = randomUUID();
    writeFileSync(this.order, JSON.stringify({ orderId, order, target, feed, attempt }));
    return orderId;
  }

  /** What systemd would start for an order that is there. */
  run(): { status: number | null; words: string } {
    return this.runWith(this.#paths());
  }

  runWith(args: readonly string[]): { status: number | null; words: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      encoding: 'utf8',
      env: this.environment,
      timeout: ENDS_WITHIN_MS,
    });
    return { status, words: `${stdout}${stderr}` };
  }

  /** `--look` of a program that belongs to that release. */
  look(release: string): { status: number | null; look: unknown } {
    const { status, words } = this.runWith(['--look', `--release-dir=${release}`, ...this.#paths()]);
    return { status, look: status === 0 ? JSON.parse(words) : null };
  }

  /** As maru-placement.service does at a start of the box. @returns whether it went well */
  placeSystemFilesOfTrial(): boolean {
    if (this.stateText('trial') === null) return true;
    return this.runWith(['--place-system-files', ...this.#paths()]).status === 0;
  }

  prove(line: string): void {
    writeFileSync(this.proof, line);
  }

  /** The same behind another command, as strace. */
  runBehind(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number | null> {
    const [program, ...args] = [...command, process.execPath, PROGRAM, ...this.#paths()];
    const child = spawn(program!, args, { stdio: 'ignore', env: { ...this.environment, ...env } });
    return new Promise((resolve) => child.once('close', resolve));
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${join(this.root, 'bin')}:${process.env.PATH}` };
  }

  /** Gives the order, and has it obeyed. */
  obey(order: OrderUnderTest): ReportUnderTest {
    const orderId = this.give(order);
    const ran = this.run();
    const report = this.reported();
    if (report?.orderId !== orderId) throw new Error(`no report: ${ran.status} ${ran.words}`);
    return report;
  }

  reported(): ReportUnderTest | null {
    return existsSync(this.report) ? (JSON.parse(readFileSync(this.report, 'utf8')) as ReportUnderTest) : null;
  }

  get current(): string {
    return readlinkSync(join(this.home, 'current')).replace('releases/', '');
  }
  get slots(): string[] {
    return readdirSync(join(this.home, 'releases')).sort();
  }
  get systemctl(): string[] {
    const path = join(this.root, 'systemctl.log');
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  }
  /** null: it is not there */
  stateText(name: string): string | null {
    const path = join(this.state, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  /** The first of a release's files that is not whole on the box; null: all are. */
  async damaged({ releaseId, manifest }: { releaseId: string; manifest: ReleaseManifest }): Promise<string | null> {
    return new Slots(this.home).firstDamaged(releaseId, manifest);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
