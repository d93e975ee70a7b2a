/** What a server that was killed has lost, doubled or broken: its databases held against all that it had acknowledged. */
import { verifyAudit } from '../../../fleet/audit/index.ts';
import { authorityStore, telemetryStore } from '../../../fleet/store/index.ts';
import type { Acknowledged } from './fleet-under-kills.ts';

const onFatal = (error: Error): never => {
  throw error;
};

/** In words, one for each; empty: nothing. While no server runs on the folder. */
export async function lostInTheFleet(dataDir: string, acknowledged: Acknowledged): Promise<string[]> {
  const [authority, telemetry] = [authorityStore({ dataDir, onFatal }), telemetryStore({ dataDir, onFatal })];
  await Promise.all([authority.start(), telemetry.start()]);
  try {
    return [
      ...acknowledged.console.problems,
      ...(await lostEvents(telemetry, acknowledged)),
      ...(await lostHelp(authority, acknowledged)),
      ...(await lostConsoleWrites(authority, acknowledged)),
      ...(await wrongAlerts(authority, acknowledged)),
      ...(await wrongNotifications(authority, acknowledged)),
      ...(await brokenAudit(authority)),
    ];
  } finally {
    await Promise.all([authority.stop(), telemetry.stop()]);
  }
}

type Authority = ReturnType<typeof authorityStore>;
type Telemetry = ReturnType<typeof telemetryStore>;

/** Each event once, in the order in which it happened. */
async function lostEvents({ read }: Telemetry, { events }: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  for (const [roomId, ids] of events) {
    const rows = await read
      .selectFrom('roomEvent')
      .select('eventId')
      .where('roomId', '=', roomId)
      .orderBy('position')
      .execute();
    const kept = rows.map(({ eventId }) => eventId);
    if (kept.join() === ids.join()) continue;
    const missing = ids.filter((id) => !kept.includes(id)).length;
    lost.push(`room ${roomId}: of ${ids.length} acknowledged events ${missing} are missing, ${kept.length} are kept`);
  }
  return lost;
}

async function lostHelp({ read }: Authority, { helpIds }: Acknowledged): Promise<string[]> {
  const rows = await read.selectFrom('helpRequest').select('helpId').execute();
  const kept = rows.map(({ helpId }) => helpId);
  return helpIds.filter((id) => !kept.includes(id)).map((id) => `call for help ${id} is not there`);
}

async function lostConsoleWrites({ read }: Authority, { console: writes }: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  const rooms = await read.selectFrom('room').select(['roomId', 'roomName']).execute();
  for (const [roomName, { roomId }] of writes.rooms)
    if (!rooms.some((row) => row.roomId === roomId && row.roomName === roomName))
      lost.push(`room "${roomName}" is gone`);
  const versions = await read
    .selectFrom('settingsVersion')
    .select(['revision', 'own'])
    .where('scopeKind', '=', 'organisation')
    .execute();
  const valueAt = new Map(
    versions.map(({ revision, own }) => [revision, JSON.parse(own).watch?.temperatureMaxCelsius]),
  );
  for (const [revision, value] of writes.settings)
    if (valueAt.get(revision) !== value)
      lost.push(`revision ${revision} of the settings was ${value}, and is ${valueAt.get(revision)}`);
  const alerts = await read.selectFrom('alert').select(['alertId', 'acknowledgedNote']).execute();
  const noteOf = new Map(alerts.map(({ alertId, acknowledgedNote }) => [alertId, acknowledgedNote]));
  for (const [alertId, possible] of writes.notes) {
    if (!noteOf.has(alertId)) lost.push(`alert ${alertId} is gone`);
    else if (possible.length === 1 && !possible.includes(noteOf.get(alertId) ?? ''))
      lost.push(`alert ${alertId} was acknowledged with "${possible[0]}", and has "${noteOf.get(alertId)}"`);
  }
  return lost;
}

/** One for each fault and episode; each opened and closed once by the audit log too. */
async function wrongAlerts({ read }: Authority, { lasting, episodes }: Acknowledged): Promise<string[]> {
  const wrong: string[] = [];
  const alerts = await read.selectFrom('alert').selectAll().orderBy('openedAtMs').execute();
  const idsOf = (roomId: string, signal: string): string[] =>
    alerts.filter((alert) => alert.roomId === roomId && alert.signal === signal).map(({ alertId }) => alertId);
  for (const { roomId, signal } of lasting) {
    const { length } = idsOf(roomId, signal);
    if (length !== 1) wrong.push(`${signal}: one fault that lasts, and ${length} alerts`);
  }
  const seen = idsOf(episodes.roomId, episodes.signal);
  if (seen.join() !== episodes.alertIds.join())
    wrong.push(`${episodes.signal}: ${episodes.alertIds.length} episodes, and ${seen.length} alerts`);
  const audit = await read
    .selectFrom('audit')
    .select(['kind', 'subject', 'details'])
    .where('kind', 'in', ['alert-opened', 'alert-closed'])
    .execute();
  for (const kind of ['alert-opened', 'alert-closed'] as const) {
    const written = audit.filter((entry) => entry.kind === kind).length;
    const happened =
      kind === 'alert-opened' ? alerts.length : alerts.filter((alert) => alert.closedAtMs !== null).length;
    if (written !== happened) wrong.push(`${happened} times ${kind}, and ${written} in the audit log`);
  }
  return wrong;
}

async function wrongNotifications(authority: Authority, acknowledged: Acknowledged): Promise<string[]> {
  const { notified, lasting, killCount } = acknowledged;
  const alerts = await authority.read.selectFrom('alert').select(['alertId', 'roomId', 'signal']).execute();
  const lasted = alerts.filter((alert) =>
    lasting.some(({ roomId, signal }) => alert.roomId === roomId && alert.signal === signal),
  );
  // an episode that was over before its message left is nobody's business
  const alertIds = lasted.map(({ alertId }) => alertId);
  return notified.wrong(authority, alertIds, killCount);
}

async function brokenAudit(authority: Authority): Promise<string[]> {
  const verdict = await verifyAudit(authority);
  return verdict.intact ? [] : [`the audit log is broken from entry ${verdict.firstBrokenSeq} on`];
}
