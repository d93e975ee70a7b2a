/**
 * Who is notified of the alerts of a server that is killed: a mail address at a real SMTP server, which stays. What it
 * accepted is held against the outbox: each alert in one message, each message there, none twice but by its own id.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { FleetUnderTest } from '../../../fleet/fleet-under-test.ts';
import { MailServerUnderTest } from '../../../fleet/mail/mail-server-under-test.ts';
import type { authorityStore } from '../../../fleet/store/index.ts';
import { eventually } from '../../simulators/eventually.ts';

const ADDRESS = 'desk@maru.example';
const TARGETS = '/api/v1/alert-targets';
/** what gathers for a moment, and a try that comes again */
const DELIVERED_WITHIN_MS = 90_000;

export class NotifiedByMail {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-notified-'));
  readonly #smtp = new MailServerUnderTest();

  /** @returns options of the server's command line */
  async start(): Promise<string[]> {
    await this.#smtp.start();
    const path = join(this.#folder, 'mail.json');
    const { port } = this.#smtp;
    const settings = { host: '127.0.0.1', port, security: 'none-on-loopback', from: 'maru@maru.example' };
    writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
    return ['--mail-config', path];
  }

  async addTo(server: FleetUnderTest): Promise<void> {
    const target = { kind: 'mail', targetName: 'Desk', address: ADDRESS };
    const { status, body } = await server.api('POST', TARGETS, target, server.admin.cookie);
    if (status !== 200) throw new Error(`no target: ${status} ${JSON.stringify(body)}`);
  }

  /** Those too that still gather. */
  async allDelivered({ dataDir }: FleetUnderTest): Promise<void> {
    const database = new Database(join(dataDir, 'authority.sqlite'), { readonly: true });
    try {
      const waiting = database.prepare('select count(*) as count from notification where sent_at_ms is null');
      await eventually(
        'every message of alerts is delivered',
        () => (waiting.get() as { count: number }).count,
        (count) => count === 0,
        { timeoutMs: DELIVERED_WITHIN_MS },
      );
    } finally {
      database.close();
    }
  }

  /** @param alertIds of alerts that lasted, which somebody must have been notified of */
  async wrong(
    { read }: ReturnType<typeof authorityStore>,
    alertIds: readonly string[],
    killCount: number,
  ): Promise<string[]> {
    const wrong: string[] = [];
    const messages = await read.selectFrom('notification').select(['notificationId', 'type', 'sentAtMs']).execute();
    const members = await read.selectFrom('notificationAlert').selectAll().execute();
    const typeOf = new Map(messages.map(({ notificationId, type }) => [notificationId, type]));
    for (const type of ['alerts.opened', 'alerts.closed'] as const) {
      const notified = members.flatMap((one) => (typeOf.get(one.notificationId) === type ? [one.alertId] : []));
      const twice = notified.length - new Set(notified).size;
      if (twice > 0) wrong.push(`${type}: ${twice} alerts are in two messages`);
      if (type === 'alerts.opened')
        for (const alertId of alertIds)
          if (!notified.includes(alertId)) wrong.push(`nobody was notified of alert ${alertId}`);
    }
    const arrived = this.#smtp.mails.map(({ headers }) => {
      return headers.find(([name]) => name.toLowerCase() === 'message-id')?.[1] ?? '';
    });
    let copies = 0;
    for (const { notificationId, sentAtMs } of messages) {
      const count = arrived.filter((id) => id.includes(notificationId)).length;
      if (sentAtMs === null) wrong.push(`message ${notificationId} was never delivered`);
      else if (count === 0) wrong.push(`message ${notificationId} is marked as sent, and did not arrive`);
      copies += Math.max(0, count - 1);
    }
    if (new Set(arrived).size > messages.length) wrong.push('mails arrived that are in no outbox');
    // between the server's yes and the mark, at most once for each kill
    if (copies > killCount) wrong.push(`${copies} messages came again, of ${killCount} kills`);
    return wrong;
  }

  async stop(): Promise<void> {
    await this.#smtp.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
