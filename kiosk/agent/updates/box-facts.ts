/**
 * What the box says of its software: the release that runs, root's and the guard's small files. Read anew at each look, trusted
 * as far as root wrote them; a file that is not what it should be is as good as none.
 */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import { ProofCheck, type UpdateFailure } from '#contract/room-update.ts';
import { z } from '#contract/schema.ts';
import { FeedRefusal, ReleaseId } from '#contract/update-feed.ts';

export type UpdatePaths = {
  /** shared with root: orders and proofs, gone with a restart of the box */
  runDir: string;
  /** the guard's: trial, confirmed, returned */
  stateDir: string;
  /** root's answer to an order */
  reportFile: string;
  /** the root of trust; not there: this box takes no updates */
  rootFile: string;
  /** the link to the release that runs */
  releaseDir: string;
};

export type RunningRelease = {
  /** null: not from a release */
  releaseId: string | null;
  version: string | null;
  /** its folder, though the link moves */
  folder: string | null;
};

export type Trial = { newId: string; oldId: string; attempt: number };
export type ReturnedTrial = {
  releaseId: string;
  attempt: number;
  failure: Extract<z.infer<typeof UpdateFailure>, 'proof-failed' | 'not-proven-in-time' | 'interrupted'>;
  check: ProofCheck | null;
  detail: string;
  atMs: number;
};
export type BoxFacts = {
  takesUpdates: boolean;
  runningId: string | null;
  bootId: string | null;
  /** A trial that this process saw ends well by the guard's word alone: on its way back it ends the trial before the agent. */
  isConfirmed: boolean;
  trial: Trial | null;
  confirmed: { releaseId: string; atMs: number } | null;
  returned: ReturnedTrial | null;
  /** what was written for the guard since the box started */
  proof: { releaseId: string; isPassed: boolean } | null;
};

export const UpdaterReport = z.object({
  orderId: z.string(),
  order: z.enum(['place', 'switch']),
  outcome: z.enum(['done', 'refused', 'failed']),
  refusal: FeedRefusal.nullable().catch(null),
  detail: z.string().transform((text) => text.slice(0, 300)),
  releaseId: ReleaseId.nullable(),
});
export type UpdaterReport = z.infer<typeof UpdaterReport>;

export const PROOF_FILE = 'update-proof';
const MOST_BYTES = 64 * 1024;
const SECOND_MS = 1_000;

/** At the start of the process: later, the link may lead to another release than the one that runs. */
export function runningRelease(releaseDir: string): RunningRelease {
  const none = { releaseId: null, version: null, folder: null };
  try {
    const folder = realpathSync(releaseDir);
    const text = readFileSync(join(folder, MANIFEST_FILE));
    const { version } = ReleaseManifest.parse(JSON.parse(text.toString()));
    const releaseId = ReleaseId.safeParse(basename(folder)).data ?? idOf(version, text);
    return { releaseId, version, folder };
  } catch {
    return none;
  }
}

/** Of a slot that was placed beside a damaged one, the folder has another name. */
const idOf = (version: string, manifest: Buffer): string | null =>
  ReleaseId.safeParse(`${version}-${createHash('sha256').update(manifest).digest('hex').slice(0, 16)}`).data ?? null;

export class BoxFiles {
  readonly #paths: UpdatePaths;
  readonly #runningId: string | null;
  readonly #bootId: string | null;
  #isOnTrial = false;

  constructor(paths: UpdatePaths, { releaseId }: Pick<RunningRelease, 'releaseId'>, bootIdFile = BOOT_ID_FILE) {
    this.#paths = paths;
    this.#runningId = releaseId;
    this.#bootId = textOf(bootIdFile)?.trim() ?? null;
  }

  read(): BoxFacts {
    const { stateDir, runDir, rootFile } = this.#paths;
    const trial = trialIn(linesOf(join(stateDir, 'trial')));
    const confirmed = confirmedIn(linesOf(join(stateDir, 'confirmed')));
    if (trial !== null) this.#isOnTrial = trial.newId === this.#runningId;
    else if (confirmed?.releaseId === this.#runningId) this.#isOnTrial = false;
    return {
      takesUpdates: this.#runningId !== null && textOf(rootFile, 1024 * 1024) !== null,
      runningId: this.#runningId,
      bootId: this.#bootId,
      isConfirmed: !this.#isOnTrial,
      trial,
      confirmed,
      returned: returnedIn(linesOf(join(stateDir, 'returned'))),
      proof: proofIn(textOf(join(runDir, PROOF_FILE))),
    };
  }

  /** Root's last answer. */
  report(): UpdaterReport | null {
    try {
      return UpdaterReport.safeParse(JSON.parse(textOf(this.#paths.reportFile) ?? 'null')).data ?? null;
    } catch {
      return null;
    }
  }
}

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

function textOf(path: string, mostBytes = MOST_BYTES): string | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > mostBytes ? null : text;
  } catch {
    return null;
  }
}

/** `name=value`, one a line; null: no such file */
function linesOf(path: string): Map<string, string> | null {
  const text = textOf(path);
  if (text === null) return null;
  const pairs = text.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  return new Map(pairs);
}

const idIn = (lines: Map<string, string>, name: string): string | null =>
  ReleaseId.safeParse(lines.get(name)).data ?? null;
const countIn = (lines: Map<string, string>, name: string): number => {
  const count = Number(lines.get(name));
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
};

function trialIn(lines: Map<string, string> | null): Trial | null {
  if (lines === null) return null;
  const [newId, oldId] = [idIn(lines, 'new'), idIn(lines, 'old')];
  return newId === null || oldId === null ? null : { newId, oldId, attempt: countIn(lines, 'attempt') };
}

function confirmedIn(lines: Map<string, string> | null): BoxFacts['confirmed'] {
  const releaseId = lines && idIn(lines, 'release');
  return lines && releaseId ? { releaseId, atMs: countIn(lines, 'at') * SECOND_MS } : null;
}

const FAILURES: readonly string[] = [
  'proof-failed',
  'not-proven-in-time',
  'interrupted',
] satisfies ReturnedTrial['failure'][];

function returnedIn(lines: Map<string, string> | null): ReturnedTrial | null {
  const releaseId = lines && idIn(lines, 'release');
  const failure = lines?.get('failure') ?? '';
  if (!lines || !releaseId || !FAILURES.includes(failure)) return null;
  return {
    releaseId,
    attempt: countIn(lines, 'attempt'),
    failure: failure as ReturnedTrial['failure'],
    check: ProofCheck.safeParse(lines.get('check')).data ?? null,
    detail: (lines.get('detail') ?? '').slice(0, 300),
    atMs: countIn(lines, 'at') * SECOND_MS,
  };
}

function proofIn(text: string | null): BoxFacts['proof'] {
  const [outcome, releaseId] = (text ?? '').trim().split(' ');
  if (releaseId === undefined || (outcome !== 'passed' && outcome !== 'failed')) return null;
  return { releaseId, isPassed: outcome === 'passed' };
}
