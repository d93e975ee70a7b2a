/**
 * Mails to people who were mentioned while they are away: one mail for all that they have not read, once nobody has seen a page of
 * theirs for a while. `mail/` limits and sends them.
 */
import type { Logger } from 'pino';
import type { queueMentionMail } from '../mail/index.ts';
import type { AuthorityStore } from '../store/index.ts';

const LOOK_EVERY_MS = 30_000;
const AWAY_AFTER_MS = 5 * 60_000;
/** of one look */
const MOST_ACCOUNTS = 100;

export type MentionMailsDependencies = {
  store: AuthorityStore;
  /** a page of the person is open, or was within that time */
  isHere: (accountId: string, withinMs: number) => boolean;
  queue: typeof queueMentionMail;
  logger: Logger;
  lookEveryMs?: number;
  awayAfterMs?: number;
};

export class MentionMails {
  readonly #deps: Required<MentionMailsDependencies>;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** of the last look: the next one goes on behind it */
  #lastAccountId = '';

  constructor(deps: MentionMailsDependencies) {
    this.#deps = { lookEveryMs: LOOK_EVERY_MS, awayAfterMs: AWAY_AFTER_MS, ...deps };
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), this.#deps.lookEveryMs);
  }
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const accountId of await this.#away())
        await this.#mail(accountId).catch((error: unknown) => this.#failed(error, accountId));
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#looking = false;
    }
  }

  #failed(error: unknown, accountId?: string): void {
    // a store that ended with us
    if (this.#timer) this.#deps.logger.error({ err: error, accountId }, 'mails about mentions not queued');
  }

  async #away(): Promise<string[]> {
    const { store, isHere, awayAfterMs } = this.#deps;
    const rows = await store.read
      .selectFrom('chatMention')
      .select('accountId')
      .distinct()
      .where('mailedAtMs', 'is', null)
      .where('atMs', '<=', Date.now() - awayAfterMs)
      .where('accountId', 'not in', (e) =>
        e
          .selectFrom('entry')
          .innerJoin('call', 'call.callId', 'entry.callId')
          .select('entry.accountId')
          .where('call.endedAtMs', 'is', null)
          .where('entry.accountId', 'is not', null)
          .where('entry.joinedAtMs', 'is not', null)
          .where('entry.leftAtMs', 'is', null)
          .$castTo<{ accountId: string }>(),
      )
      .orderBy('accountId')
      .execute();
    const away = rows.map(({ accountId }) => accountId).filter((accountId) => !isHere(accountId, awayAfterMs));
    // those who wait for the end of their hour stay among them
    const at = away.findIndex((accountId) => accountId > this.#lastAccountId);
    const looked = [...away.slice(Math.max(at, 0)), ...away.slice(0, Math.max(at, 0))].slice(0, MOST_ACCOUNTS);
    this.#lastAccountId = looked.at(-1) ?? '';
    return looked;
  }

  /** In one transaction: what is read or recalled before it is in no mail, and nothing is mailed twice. */
  async #mail(accountId: string): Promise<void> {
    const { store, queue } = this.#deps;
    await store.write(async (trx) => {
      const newest = await trx
        .selectFrom('chatMention')
        .innerJoin('chatPost', (j) =>
          j
            .onRef('chatPost.meetingId', '=', 'chatMention.meetingId')
            .onRef('chatPost.messageId', '=', 'chatMention.messageId'),
        )
        .select('chatPost.person')
        .where('chatMention.accountId', '=', accountId)
        .where('chatMention.mailedAtMs', 'is', null)
        .orderBy('chatMention.atMs', 'desc')
        .executeTakeFirst();
      if (!newest || !(await queue(trx, { accountId, sender: newest.person }))) return;
      await trx
        .updateTable('chatMention')
        .set({ mailedAtMs: Date.now() })
        .where('accountId', '=', accountId)
        .where('mailedAtMs', 'is', null)
        .execute();
    });
  }
}
