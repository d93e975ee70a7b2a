/**
 * The installer, as install.sh starts it: bundled to one file, on the Node of its release. Reads top to bottom as its steps. Nothing
 * is written before all that can be checked is checked; each step is safe to run again, and what runs is switched last.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FirstAdministrator } from '#contract/process-ready.ts';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { readTree } from '../../system/placed-files.ts';
import { placedRole, putInPlace } from '../../system/placement.ts';
import { slotIdOf, Slots } from '../../system/slots.ts';
import { installDebianPackages, needDebianPackages } from './debian-packages.ts';
import { answers } from './first-look.ts';
import { endByThemselves, returnToFormer } from './former-release.ts';
import { InstallError } from './install-error.ts';
import { type FleetServer, type InstallOptions, installUsage, parseInstallOptions } from './install-options.ts';
import { COMMAND_FILE, kioskCommand, placeKioskRelease } from './kiosk-release.ts';
import { ShownSteps } from './shown-steps.ts';
import { FolderSource, type ReleaseSource, ServerSource } from './release-source.ts';
import { giveToKiosk, giveToServer, needHosts, readClaim } from './role-settings.ts';
import { endTrial, noteConfirmed, noteWhenMade, pauseUpdates, placePinnedRoot } from './update-ground.ts';
import { uninstall } from './uninstall.ts';

const HOME = '/opt/maru';
const FIRST_ADMINISTRATOR = '/var/lib/maru-fleet/first-administrator.json';
const AUTHORITY = '/var/lib/maru-fleet/authority.sqlite';
const SERVER_ANSWERS_AT = 'https://127.0.0.1:7401/device/v1/enrolments/current';
const SERVES_WITHIN_MS = 90_000;
/** It is made once the first media node has registered. */
const FIRST_ADMINISTRATOR_WITHIN_MS = 60_000;
const STEPS = 6;

const options = readCommandLine(installUsage, parseInstallOptions);
const progress = new ShownSteps(STEPS);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
process.umask(0o022);
try {
  await run(options);
} catch (error) {
  const known = error instanceof InstallError;
  process.stderr.write(`\n${known ? error.message : (error as Error).stack}\n`);
  process.stderr.write(`Not ${options.isReturn ? 'returned' : 'installed'}. It is safe to run this again.\n`);
  process.exitCode = 1;
}

async function run({ role, ...options }: InstallOptions): Promise<void> {
  const present = placedRole('/');
  if (present !== null && present !== role)
    throw new InstallError(`this machine is a ${present} already: sh install.sh --uninstall takes that away first`);
  if (options.uninstall !== null) return uninstall(role, options.uninstall === 'purge', say);
  if (options.isReturn) return goBack(options.isStarted);
  // what a person got wrong is found before anything is read or fetched
  const claim = options.claimFile === null ? null : readClaim(options.claimFile);
  if (role === 'server') needHosts('/', options.hosts);
  const work = await mkdtemp('/var/tmp/maru-work-');
  const resumeUpdates = role === 'kiosk' ? pauseUpdates() : () => {};
  try {
    await install({ ...options, role }, claim, work);
  } finally {
    resumeUpdates();
    await rm(work, { recursive: true, force: true });
  }
}

async function install(options: InstallOptions, claim: string | null, work: string): Promise<void> {
  const isFirst = !existsSync(AUTHORITY);
  const { role, fleet, releaseFolder, sumsSha256, isStarted } = options;
  progress.step(
    releaseFolder === null ? `The release, from ${fleet!.deviceApiUrl}` : 'The release: every file is checked',
  );
  const source: ReleaseSource =
    releaseFolder === null
      ? await ServerSource.open(fleet!, sumsSha256, work)
      : await FolderSource.open(releaseFolder, sumsSha256);
  await source.verify(progress.count);
  const { manifest, manifestText, id } = await readManifest(source, work);
  progress.line(
    `Maru ${manifest.version}, ${manifest.files.length} files${manifest.commit ? `, ${manifest.commit}` : ''}`,
  );

  const { debianPackages } = manifest;
  progress.step(`Packages of Debian: ${debianPackages.length}, and what they need`);
  if (source.sums.has('debian/Packages'))
    await installDebianPackages(debianPackages, source.apt, work, progress.detail);
  else needDebianPackages(debianPackages);

  progress.step(`Programs, into ${HOME}/releases`);
  const slots = new Slots(HOME);
  const running = await slots.running();
  const former = running === id ? await slots.former() : running;
  const copyObject = (sha256: string, target: string, mode: number) => source.copy(`objects/${sha256}`, target, mode);
  const slot = await slots.place({ id, manifest, manifestText, copyObject }, progress.count);
  if (role === 'server') await placeKioskRelease(source, progress.count);

  progress.step('Units, users and settings');
  if (role === 'kiosk') endTrial('/', progress.line);
  await slots.switchTo(id);
  await slots.forgetOthers(former === null ? [] : [former]);
  // its units start when all is there
  const files = readTree(join(slot, 'provisioning/system/files', role));
  const settings = (): void => {
    if (role === 'kiosk') giveToKiosk('/', { claim, fleet });
    else for (const path of giveToServer('/', options.hosts)) progress.line(`made /${path}`);
  };
  const isUpgrade = running !== null && running !== id;
  const leftRunning = role === 'server' && isUpgrade ? endByThemselves('/') : [];
  putInPlace({ role, root: '/', isStarted, leftRunning, say: progress.line, beforeStart: settings }, files);
  if (role === 'kiosk') {
    await placePinnedRoot('/', source, progress.line);
    await noteWhenMade('/', source, work);
    noteConfirmed('/', id);
  }

  const isBooted = existsSync('/run/systemd/system');
  progress.step(isStarted && isBooted ? 'Starting' : 'Nothing is started before the next boot');
  const url = role === 'kiosk' ? 'http://127.0.0.1:7420/' : SERVER_ANSWERS_AT;
  const unit = role === 'kiosk' ? 'maru-agent' : 'maru-fleet';
  if (isStarted && isBooted && !(await answers(url, unit, SERVES_WITHIN_MS))) {
    process.exitCode = 1;
    progress.line(`Everything is in place, but ${unit} does not answer: journalctl -u ${unit} says why.`);
    if (role === 'server' && isUpgrade) await goBack(isStarted);
    return;
  }

  progress.step('Done');
  if (role === 'kiosk') sayKiosk({ claim, fleet });
  else await sayServer({ isRunning: isStarted && isBooted, isFirst });
}

/** The server answers again, or what a person has to do is said. */
async function goBack(isStarted: boolean): Promise<void> {
  say('Back to the release before this one');
  const id = await returnToFormer(new Slots(HOME), { isStarted, say });
  if (!isStarted || !existsSync('/run/systemd/system')) return say(`${id} starts with the next boot.`);
  if (await answers(SERVER_ANSWERS_AT, 'maru-fleet', SERVES_WITHIN_MS)) return say(`${id} serves again.`);
  throw new InstallError(`${id} is in place, but maru-fleet does not answer: journalctl -u maru-fleet says why`);
}

async function readManifest(
  source: ReleaseSource,
  work: string,
): Promise<{ manifest: ReleaseManifest; manifestText: string; id: string }> {
  const copy = join(work, MANIFEST_FILE);
  await source.copy(MANIFEST_FILE, copy, 0o600);
  const manifestText = await readFile(copy, 'utf8');
  const manifest = ReleaseManifest.parse(JSON.parse(manifestText));
  if (manifest.role !== options.role) throw new InstallError(`this release is for a ${manifest.role}`);
  return { manifest, manifestText, id: slotIdOf(manifest, manifestText) };
}

function sayKiosk({ claim, fleet }: { claim: string | null; fleet: FleetServer | null }): void {
  if (claim !== null) progress.line('The TV shows the room as soon as its claim was accepted.');
  else if (fleet !== null) progress.line('The TV shows a code by which the console claims this kiosk.');
  else progress.line("The TV shows how a phone names the fleet server's address.");
  progress.line('The screen starts with the machine: reboot once. Log: journalctl -u maru-agent -u maru-screen');
}

async function sayServer({ isRunning, isFirst }: { isRunning: boolean; isFirst: boolean }): Promise<void> {
  const host = firstHost();
  progress.line(`The console: https://${host}:7400/`);
  if (isFirst && isRunning) await appears(FIRST_ADMINISTRATOR);
  if (existsSync(FIRST_ADMINISTRATOR) && process.stdout.isTTY) {
    const made = FirstAdministrator.parse(JSON.parse(readFileSync(FIRST_ADMINISTRATOR, 'utf8')));
    await rm(FIRST_ADMINISTRATOR);
    progress.line(
      `Sign in as ${made.userName} with ${made.oneTimePassword} and choose a password; this one is not kept.`,
    );
  } else if (isFirst) {
    // a log would keep it
    progress.line(
      `The first administrator's one-time password: ${FIRST_ADMINISTRATOR}; delete the file once it is read.`,
    );
  }
  const command = isRunning ? await kioskCommand(host) : null;
  if (command !== null)
    say(`\nA kiosk of this server, as root on its bare Debian 12 (also in ${COMMAND_FILE}):\n\n${command}\n`);
}

async function appears(path: string): Promise<void> {
  for (const until = performance.now() + FIRST_ADMINISTRATOR_WITHIN_MS; performance.now() < until; await sleep(500))
    if (existsSync(path)) return;
}

/** As IT wrote it for the fleet server. */
function firstHost(): string {
  const options = readFileSync('/etc/maru/fleet.env', 'utf8');
  const host = /--host[= ](\S+)/.exec(options)?.[1] ?? 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
