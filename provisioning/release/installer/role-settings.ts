/** What a box is given beside its programs: a kiosk the claim and its fleet's address, a server the names by which it is reached. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '#edge/durable-file.ts';
import { Claim, FleetAddress } from '#contract/enrolment.ts';
import { InstallError } from './install-error.ts';
import type { FleetServer } from './install-options.ts';

/** As maru-agent.service names it. */
const CLAIM = 'var/lib/maru/claim.json';
/** A box without a claim asks there to be claimed; as the agent keeps what a phone named. */
const FLEET = 'var/lib/maru/fleet-address.json';
const ENVIRONMENT = { fleet: 'etc/maru/fleet.env', media: 'etc/maru/media.env' };

/** @throws InstallError where it is no claim. Its code is not repeated in the message */
export function readClaim(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InstallError(`the claim cannot be read: ${(error as Error).message}`);
  }
  try {
    Claim.parse(JSON.parse(text));
  } catch {
    throw new InstallError(
      `${path} is no claim: the console shows one as JSON, with deviceApiUrl, caSha256 and claimCode`,
    );
  }
  return text;
}

/** For the agent's user alone; the agent finds both by itself. Its user is there by now. */
export function giveToKiosk(root: string, { claim, fleet }: { claim: string | null; fleet: FleetServer | null }): void {
  const owner = idsOf('maru');
  const folder = join(root, 'var/lib/maru');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, owner.uid, owner.gid);
  const give = (path: string, text: string) => {
    writeDurably(join(root, path), text);
    chownSync(join(root, path), owner.uid, owner.gid);
  };
  if (claim !== null) give(CLAIM, claim);
  if (fleet !== null) give(FLEET, JSON.stringify(FleetAddress.parse(fleet)));
}

/** What IT wrote there stays. @returns the files that were made, from the root */
export function giveToServer(root: string, hosts: readonly string[]): string[] {
  const options = {
    fleet: hosts.map((host) => `--host ${host}`),
    media: hosts.map((host) => `--announced-address ${host}`),
  };
  const made: string[] = [];
  for (const name of ['fleet', 'media'] as const) {
    const path = join(root, ENVIRONMENT[name]);
    if (hosts.length === 0 || existsSync(path)) continue;
    mkdirSync(join(root, 'etc/maru'), { recursive: true });
    writeDurably(path, `MARU_${name.toUpperCase()}_OPTIONS=${options[name].join(' ')}\n`, 0o644);
    made.push(ENVIRONMENT[name]);
  }
  return made;
}

/** @throws InstallError: a server that nobody can name serves certificates for nothing */
export function needHosts(root: string, hosts: readonly string[]): void {
  if (hosts.length > 0 || existsSync(join(root, ENVIRONMENT.fleet))) return;
  throw new InstallError('name the server at its first installation: --host maru.example.com, or its address');
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
