/**
 * Sends the mails that wait: one try a minute, five of them. A try is counted before it begins, so that a process that dies
 * within it repeats a mail at worst. A mail is made of what is true when it is sent; its log names neither address nor link.
 * Mails about alerts wait in an outbox of their own, and are sent by `sendAlerts`.
 */
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import type { Logger } from 'pino';
import type { Selectable } from 'kysely';
import { MaruError, UserError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { Language } from '#contract/schema.ts';
import type { AuthorityStore, AuthorityTables } from '../store/index.ts';
import type { MailSettings } from './mail-settings.ts';
import { alertMailOf, mailOf, mentionMailOf } from './compose.ts';
import { SUPERSEDED } from './mail-queue.ts';
import type { AlertMailMessage, MailMessage, MeetingMessage, MentionMessage, RepetitionFacts } from './message.ts';

const LOOK_EVERY_MS = 1_000;
const RETRY_AFTER_MS = 60_000;
const MAX_TRIES = 5;
/** at once, so that one that hangs does not hold the others */
const BATCH = 5;
const ANSWER_WITHIN_MS = 20_000;
/** looked at apart: minutes wait for their PDF, and nothing else waits with them */
const LANES = ['minutes', 'others'] as const;
type Lane = (typeof LANES)[number];

type Row = Selectable<AuthorityTables['mail']>;
export type MailDeliveryDependencies = {
  store: AuthorityStore;
  settings: MailSettings;
  fleetUrl: string;
  /** @throws UserError invite-invalid, invite-expired: it is void by now */
  guestLink: (meetingId: string, inviteId: string) => Promise<string>;
  /** within a deadline, and never rejects; null: there is none, and the mail leaves without it */
  minutesPdf: (minutes: { text: string; language: Language }) => Promise<Buffer | null>;
  /** by meeting, what the account was mentioned in and has not read by now; the newest first. A name that is null: a guest's */
  mentionsOf: (accountId: string) => Promise<{ meetingId: string; title: string; names: readonly (string | null)[] }[]>;
  logger: Logger;
  retryAfterMs?: number;
};

export class MailDelivery {
  readonly #deps: Required<MailDeliveryDependencies>;
  readonly #transport: Transporter;
  #timer: NodeJS.Timeout | undefined;
  readonly #looking = new Set<Lane>();
  #problem: string | null = null;

  constructor(deps: MailDeliveryDependencies) {
    this.#deps = { retryAfterMs: RETRY_AFTER_MS, ...deps };
    const { host, port, security, user, password } = deps.settings;
    this.#transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none-on-loopback',
      ...(user !== null && password !== null && { auth: { user, pass: password } }),
      connectionTimeout: ANSWER_WITHIN_MS,
      greetingTimeout: ANSWER_WITHIN_MS,
      socketTimeout: ANSWER_WITHIN_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  start(): void {
    this.#timer = setInterval(() => LANES.forEach((lane) => void this.#look(lane)), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#transport.close();
  }

  /** Why the last mail was not sent, if the mail server was to blame; null: it was sent. */
  get problem(): string | null {
    return this.#problem;
  }

  async #look(lane: Lane): Promise<void> {
    if (this.#looking.has(lane)) return;
    this.#looking.add(lane);
    try {
      const due = await this.#deps.store.read
        .selectFrom('mail')
        .selectAll()
        .where('sentAtMs', 'is', null)
        .where('failure', 'is', null)
        .where('nextTryAtMs', '<=', Date.now())
        .where('kind', lane === 'minutes' ? '=' : '<>', 'meeting-minutes')
        .orderBy('nextTryAtMs')
        .limit(BATCH)
        .execute();
      await Promise.all(due.map((row) => this.#try(row)));
    } catch (error) {
      // a store that ended with us
      if (this.#timer) this.#deps.logger.error({ err: error }, 'the queue of mails cannot be read or kept');
    } finally {
      this.#looking.delete(lane);
    }
  }

  async #try(row: Row): Promise<void> {
    const { store, retryAfterMs, logger } = this.#deps;
    const { mailId, kind } = row;
    const tries = row.tries + 1;
    const isOurs = await store.write(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('mail')
        .set({ tries, nextTryAtMs: Date.now() + retryAfterMs })
        .where('mailId', '=', mailId)
        .where('tries', '=', row.tries)
        .where('failure', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
    if (!isOurs) return;
    try {
      if (!(await this.#send(row))) {
        await this.#settle(mailId, { failure: SUPERSEDED });
        return;
      }
    } catch (error) {
      const { reason, isFinal } = failureOf(error);
      logger.warn({ mailId, kind, tries, reason }, 'mail not sent');
      if (isFinal || tries >= MAX_TRIES) await this.#settle(mailId, { failure: reason });
      return;
    }
    await this.#settle(mailId, { sentAtMs: Date.now() });
    logger.info({ mailId, kind, tries }, 'mail sent');
  }

  /** @returns false: there is nothing to send any more */
  async #send({ mailId, message }: Row): Promise<boolean> {
    const { settings, minutesPdf } = this.#deps;
    const parsed = JSON.parse(message) as MailMessage;
    if (parsed.about === 'mention') return this.#sendMention(mailId, parsed);
    const isOfMeeting = parsed.about !== 'account' && parsed.about !== 'minutes';
    const repetition = isOfMeeting ? parsed.repetition : undefined;
    const joinUrl = isOfMeeting && !repetition ? await this.#joinUrlOf(parsed) : null;
    const joinUrls = repetition ? await this.#joinUrlsOf(repetition) : new Map<string, string>();
    const pdf = parsed.about === 'minutes' ? await minutesPdf(parsed) : null;
    // withdrawn while it was printed
    if (parsed.about === 'minutes' && !(await this.#waits(mailId))) return false;
    await this.#hand(mailId, mailOf(parsed, { from: settings.from, joinUrl, joinUrls, pdf }));
    return true;
  }

  async #waits(mailId: string): Promise<boolean> {
    const of = this.#deps.store.read.selectFrom('mail').select('failure').where('mailId', '=', mailId);
    const row = await of.executeTakeFirst();
    return row?.failure === null;
  }

  async #sendMention(mailId: string, message: MentionMessage): Promise<boolean> {
    const { settings, fleetUrl, mentionsOf } = this.#deps;
    const meetings = await mentionsOf(message.accountId);
    const [newest] = meetings;
    if (!newest) return false;
    const url = `${fleetUrl}${pagePaths.staff}${meetings.length === 1 ? `#/meetings/${newest.meetingId}` : ''}`;
    await this.#hand(mailId, mentionMailOf(message, { from: settings.from, url, meetings }));
    return true;
  }

  /**
   * Now and once: whoever calls tries again.
   * @param mailId the same at each try
   * @returns null: the server has it; else why not, in a code of the network or of SMTP
   */
  async sendAlerts(mailId: string, message: AlertMailMessage): Promise<string | null> {
    try {
      await this.#hand(mailId, alertMailOf(message, { from: this.#deps.settings.from }));
      return null;
    } catch (error) {
      return failureOf(error).reason;
    }
  }

  async #hand(mailId: string, mail: SendMailOptions): Promise<void> {
    // the same at each try: a server that has it already may know it again
    const messageId = `<${mailId}@${this.#deps.settings.from.split('@')[1]}>`;
    try {
      await this.#transport.sendMail({ ...mail, messageId });
      this.#problem = null;
    } catch (error) {
      const { reason, isFinal } = failureOf(error);
      if (!isFinal) this.#problem = reason;
      throw error;
    }
  }

  /** By meeting; one whose link is void meanwhile has none. */
  async #joinUrlsOf({ occurrences }: RepetitionFacts): Promise<Map<string, string>> {
    const urls = new Map<string, string>();
    for (const { meetingId, inviteId } of occurrences) {
      const url = await this.#joinUrlOf({ about: 'invited', meetingId, inviteId }).catch((error: unknown) => {
        if (error instanceof UserError) return null;
        throw error;
      });
      if (url !== null) urls.set(meetingId, url);
    }
    return urls;
  }

  async #joinUrlOf({
    about,
    meetingId,
    inviteId,
  }: Pick<MeetingMessage, 'about' | 'meetingId' | 'inviteId'>): Promise<string | null> {
    const { guestLink, fleetUrl } = this.#deps;
    if (about === 'cancelled') return null;
    return inviteId === null ? `${fleetUrl}${pagePaths.join}?meeting=${meetingId}` : guestLink(meetingId, inviteId);
  }

  /** Nothing of its content is kept longer than it is needed. Why it was withdrawn meanwhile stays. */
  async #settle(mailId: string, outcome: { sentAtMs: number } | { failure: string }): Promise<void> {
    await this.#deps.store.write((trx) => {
      const row = trx
        .updateTable('mail')
        .set({ ...outcome, message: '' })
        .where('mailId', '=', mailId);
      return ('failure' in outcome ? row.where('failure', 'is', null) : row).execute();
    });
  }
}

/** Words of the server are left out: they may repeat addresses. `isFinal`: another try would be answered the same. */
function failureOf(error: unknown): { reason: string; isFinal: boolean } {
  if (error instanceof MaruError) return { reason: error.code, isFinal: true };
  const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
  return {
    reason: responseCode === undefined ? code : `${code} ${responseCode}`,
    isFinal: code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500,
  };
}
