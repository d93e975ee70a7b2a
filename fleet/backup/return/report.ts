/** What a person reads after a return: what the copy cannot know, and what comes next. */
import type { BackupPart, Manifest } from '../manifest.ts';
import { ALSO_FOLDER } from '../kept-files.ts';
import { sizeText } from '../shown-progress.ts';
import type { FormerData } from '../former-data/former-data.ts';
import type { Ended, GoodAgain } from './after-return.ts';
import type { Returned } from './return-backup.ts';

const NAMED_AT_MOST = 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ENDED_WORDS: Partial<Record<keyof Ended, string>> = {
  session: 'sign-ins (people sign in again)',
  pairing: 'phones, laptops and, with --strict, tablets (the code on the TV pairs them again)',
  claim: 'claims that were not used',
  tabletCode: 'codes for tablets that were not used',
  accountInvite: 'one-time links of accounts (make new ones)',
  viewing: 'viewers of broadcasts (their pages come again)',
  mail: 'mails that waited: most of them were sent since (a host may send an invitation again)',
  rollout: 'rollouts: paused, until somebody resumes them',
  notification: 'messages about alerts that waited: most of them were sent since',
  roomAction: 'acts on rooms that were under way',
  broadcast: 'recordings whose files are not here: listed as deleted',
  apiToken: 'API tokens',
  invite: 'links of guests',
};

export function checkReport(from: string, manifest: Manifest): string {
  const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return [
    `${from} is whole: ${manifest.files.length} files, ${sizeText(sizeBytes)}, made ${timeText(manifest.createdAtMs)} by release ${manifest.serverVersion}.`,
    ...absentParts(manifest),
    'Nothing was written.',
    '',
  ].join('\n');
}

/** `onDisk`: folders of recordings in the data directory */
export function returnReport(dataDir: string, returned: Returned, nowMs: number, onDisk: readonly string[]): string {
  const { manifest, ended, goodAgain, auditEntries, erasedAgain, unreadableErasures } = returned;
  const since = timeText(manifest.createdAtMs);
  const outsiders = manifest.files.filter(({ path }) => path.startsWith(`${ALSO_FOLDER}/`));
  return [
    `${dataDir} is the fleet of ${since}, ${ageText(nowMs - manifest.createdAtMs)} ago (release ${manifest.serverVersion}).`,
    auditEntries === null
      ? 'WARNING: the chain of the audit log was broken already when the backup was made.'
      : `The chain of the audit log holds: ${auditEntries} entries, and one for this return.`,
    '',
    'What was done since then is not in it. Ended, because some of it was ended or used since:',
    ...endedLines(ended),
    '',
    `As good as they were at ${since}. REVOKE AGAIN WHAT WAS REVOKED SINCE, before you open the network:`,
    ...goodAgainLines(goodAgain),
    ...(erasedAgain === null
      ? [
          'NO LIST OF DELETIONS (erasures.jsonl) was there: records and people that were deleted since then are back. Delete them again.',
        ]
      : [
          `${erasedAgain} records, people and messages that were deleted since then are in it again: the start deletes them before anybody can read.`,
        ]),
    ...(unreadableErasures > 0
      ? [
          `WARNING: ${unreadableErasures} lines of the list of deletions cannot be read: what they name may be back. Look for another copy of it.`,
        ]
      : []),
    'A kiosk that was claimed, or that renewed its certificate, since then is refused: make a new claim for its room.',
    '',
    'What comes next:',
    ...[
      'Never start the former machine again: two fleets would give different answers to the same rooms.',
      ...outsiders.map(({ path, from }) => `Put ${dataDir}/${path} back to ${from}, if it belongs to this machine.`),
      'Let the name of the server lead to this machine, on the same ports: kiosks know no other.',
      `Start it as before, with --data-dir ${dataDir}; with the units: systemctl start maru-fleet maru-media.`,
      'Sign in to the console, look through what was revoked since, and make a new backup.',
    ].map((step, at) => `  ${at + 1}. ${step}`),
    ...absentParts(manifest),
    ...(onDisk.length > 0
      ? [
          `  ${onDisk.length} folders of recordings are in ${dataDir}/broadcasts. The start removes those that this fleet does not know: copy what was recorded since first.`,
        ]
      : []),
    '',
  ].join('\n');
}

/** `former` null: the former release reads what is there. */
export function formerDataReport(former: FormerData | null, nowMs: number): string {
  if (former === null) return 'The former release reads the data as it is: nothing is lost.\n';
  const { copy, ended, goodAgain, setAside, isTelemetrySetAside } = former;
  const since = timeText(copy.madeAtMs);
  return [
    `The data is that of ${since}, ${ageText(nowMs - copy.madeAtMs)} ago, from before the upgrade. What the newer release wrote lies in ${setAside}.`,
    ...(isTelemetrySetAside ? ['Events of rooms are there, too; rooms report their state again.'] : []),
    '',
    'What was done since then is not in it. Ended, because some of it was ended or used since:',
    ...endedLines(ended),
    '',
    `As good as they were at ${since}. Revoke again what was revoked since:`,
    ...goodAgainLines(goodAgain),
    '',
  ].join('\n');
}

function endedLines(ended: Ended): string[] {
  const lines = (Object.entries(ended) as [keyof Ended, number][]).map(
    ([table, count]) => `  ${count} ${ENDED_WORDS[table] ?? table}`,
  );
  return lines.length === 0 ? ['  nothing'] : lines;
}

const goodAgainLines = (goodAgain: GoodAgain): string[] => [
  `  the kiosks of ${goodAgain.rooms} rooms: they come back by themselves, a stolen one too`,
  `  ${goodAgain.accounts} accounts, with the passwords and roles of then`,
  `  ${goodAgain.guestLinks} links of guests`,
  ...named('tablets', goodAgain.tablets),
  ...named('API tokens', goodAgain.apiTokens),
  ...named('targets of alerts', goodAgain.alertTargets),
];

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length - NAMED_AT_MOST;
  return [
    `  ${names.length} ${what}:`,
    ...names.slice(0, NAMED_AT_MOST).map((name) => `    ${name}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

const absentParts = ({ parts }: Manifest): string[] =>
  (['documents', 'recordings', 'telemetry'] as BackupPart[])
    .filter((part) => !parts.includes(part))
    .map((part) => `Not in the backup: ${part}.`);

const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function ageText(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days`;
  if (ms >= 2 * HOUR_MS) return `${Math.floor(ms / HOUR_MS)} hours`;
  return `${Math.max(0, Math.floor(ms / MINUTE_MS))} minutes`;
}
