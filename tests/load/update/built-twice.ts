/** The kiosk's software built twice in a copy of this checkout: as it is, and with a typical change of our code and of one dependency. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '../../..');
const BUILDS = ['provisioning/programs', 'kiosk/screen', 'controller'];

/** Each is a text of the file, and what it becomes. */
const changes: { file: string; from: RegExp; to: string }[] = [
  // one dependency: a release of mqtt with other words in its errors
  { file: 'node_modules/mqtt/build/lib/client.js', from: /client disconnecting/g, to: 'client is disconnecting' },
  { file: 'node_modules/mqtt/dist/mqtt.esm.js', from: /client disconnecting/g, to: 'client is disconnecting' },
  // the agent: how often its health is published, with a check before
  {
    file: 'kiosk/agent/box-health.ts',
    from: /(export class BoxHealth \{)/,
    to: '$1\n  readonly addedAtMs = Date.now();\n  isOlderThan(ageMs: number): boolean {\n    return Date.now() - this.addedAtMs > ageMs;\n  }\n',
  },
  // the TV: a rule of its style sheet, and so the names of what loads it
  { file: 'kiosk/screen/screen.css', from: /$/, to: '\n.added-by-the-bench { outline: 2px solid; }\n' },
];

export type BuiltTwice = {
  /** checkouts with what `releaseContents` reads */
  before: string;
  after: string;
  remove(): void;
};

/** @throws Error naming the change that fits no more */
export function buildTwice(): BuiltTwice {
  const folder = mkdtempSync(join(tmpdir(), 'maru-update-bench-'));
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  copyCheckout(before);
  build(before);
  execFileSync('cp', ['-al', before, after]);
  for (const { file, from, to } of changes) {
    const path = join(after, file);
    const text = readFileSync(path, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has nothing to change any more`);
    // the copies share their files until one is replaced
    rmSync(path);
    writeFileSync(path, changed);
  }
  for (const output of ['dist', 'kiosk/screen/dist', 'controller/dist'])
    rmSync(join(after, output), { recursive: true });
  build(after);
  return { before, after, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function copyCheckout(to: string): void {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: CHECKOUT, encoding: 'utf8', maxBuffer: 1 << 26 });
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(join(to, dirname(file)), { recursive: true });
    cpSync(join(CHECKOUT, file), join(to, file));
  }
  execFileSync('cp', ['-al', join(CHECKOUT, 'node_modules'), join(to, 'node_modules')]);
}

function build(checkout: string): void {
  for (const folder of BUILDS)
    execFileSync(
      process.execPath,
      ['node_modules/vite/bin/vite.js', 'build', '-c', `${folder}/vite.config.ts`, '--logLevel', 'error'],
      { cwd: checkout, env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', 'inherit'] },
    );
}
