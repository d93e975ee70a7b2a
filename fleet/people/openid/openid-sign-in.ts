/**
 * Signing in by the organisation's OpenID provider, and staying signed in only as long as the provider confirms it: every few
 * minutes each session's person is asked for again, and one that could not be confirmed for 15 minutes ends. Refresh tokens
 * stay in memory: after a restart a session lives on until its time is up.
 */
import type { Logger } from 'pino';
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import { FRESH_SIGN_IN_MS } from '#contract/http/route.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../../audit/index.ts';
import { type AuthorityStore, newToken } from '../../store/index.ts';
import { endSession, type Sessions } from '../sessions.ts';
import { keepDirectoryAccount } from './directory-accounts.ts';
import type { OpenidChecks, OpenidIdentity, OpenidProvider } from './openid-provider.ts';
import type { OpenidSettings } from './openid-settings.ts';

export type OpenidDependencies = {
  store: AuthorityStore;
  sessions: Pick<Sessions, 'open' | 'of'>;
  provider: OpenidProvider;
  settings: OpenidSettings;
  clock: WallClock;
  /** an account that the directory has no more, or has signed out everywhere: it may be in no call */
  onShutOut: (accountId: string) => void;
  logger: Logger;
};
/** Where a browser goes on. */
export type OpenidReturn = 'staff' | 'console' | 'watch';
export type OpenidCaller = { network: string; browser: string };
type Attempt = { checks: OpenidChecks; returnTo: OpenidReturn; expiresAtMs: number };
type Confirmation = { accountId: string; subject: string; refreshToken: string | null; confirmedAtMs: number };

const ATTEMPT_TTL_MS = 10 * 60_000;
const MAX_ATTEMPTS = 20_000;
/** rights follow the directory within this time: a session that could not be confirmed so long ends */
export const DIRECTORY_FOLLOWED_MS = 15 * 60_000;
const CONFIRM_AFTER_MS = 5 * 60_000;
const LOOK_INTERVAL_MS = 30_000;

export class OpenidSignIn {
  readonly #deps: OpenidDependencies;
  readonly #attempts = new Map<string, Attempt>();
  /** by session id; by the monotonic clock */
  readonly #confirmations = new Map<string, Confirmation>();
  readonly #usedLogouts = new Map<string, number>();
  readonly #byNetwork = new AttemptLimit({ burst: 60, refillPerMinute: 30 });
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(deps: OpenidDependencies) {
    this.#deps = deps;
  }

  get label(): string {
    return this.#deps.settings.label;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_INTERVAL_MS);
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  /** @returns where the browser goes, and what it keeps until it is back. @throws UserError too-many-attempts; OperationalError openid-unreachable */
  async begin(
    { returnTo, isFresh }: { returnTo: OpenidReturn; isFresh: boolean },
    { network }: Pick<OpenidCaller, 'network'>,
  ): Promise<{ url: string; attempt: string }> {
    if (!this.#byNetwork.take(network)) throw new UserError('too-many-attempts');
    const { url, checks } = await this.#deps.provider.begin({ isFresh });
    const nowMs = performance.now();
    for (const [key, { expiresAtMs }] of this.#attempts) {
      if (expiresAtMs > nowMs && this.#attempts.size < MAX_ATTEMPTS) break;
      this.#attempts.delete(key);
    }
    const attempt = newToken();
    this.#attempts.set(attempt, { checks, returnTo, expiresAtMs: nowMs + ATTEMPT_TTL_MS });
    return { url, attempt };
  }

  /**
   * The browser is back from the provider. An attempt counts once.
   * @throws UserError openid-refused, forbidden, account-disabled; OperationalError openid-unreachable, storage-failed
   */
  async complete(
    attempt: string | null,
    query: string,
    caller: OpenidCaller,
  ): Promise<{ token: string; returnTo: OpenidReturn }> {
    const { store, provider, logger } = this.#deps;
    const known = attempt === null ? undefined : this.#attempts.get(attempt);
    if (attempt !== null) this.#attempts.delete(attempt);
    const refuse = async (error: UserError): Promise<never> => {
      logger.warn({ network: caller.network, code: error.code, reason: error.message }, 'sign-in by OpenID refused');
      await store.write((trx) =>
        appendAudit(trx, {
          kind: 'sign-in-refused',
          actor: `network:${caller.network}`,
          subject: 'account:unknown',
          details: { code: error.code, method: 'openid' },
        }),
      );
      throw error;
    };
    if (!known || known.expiresAtMs <= performance.now())
      return refuse(new UserError('openid-refused', 'no attempt of this browser is under way'));
    try {
      const identity = await provider.complete(query, known.checks);
      return { token: await this.#open(identity, caller), returnTo: known.returnTo };
    } catch (error) {
      if (error instanceof UserError) return refuse(error);
      throw error;
    }
  }

  async #open(identity: OpenidIdentity, { network, browser }: OpenidCaller): Promise<string> {
    const { store, sessions, settings, clock } = this.#deps;
    const { sid, authenticatedAtMs, subject, refreshToken } = identity;
    const nowMs = await clock.settledNowMs();
    const accountId = await store.write((trx) => keepDirectoryAccount(trx, identity, { settings, nowMs }));
    const token = await sessions.open(accountId, {
      method: 'openid',
      network,
      browser,
      openidSid: sid,
      // a provider that knew the browser already asked nobody to prove anything
      authenticatedAtMs: authenticatedAtMs ?? nowMs - FRESH_SIGN_IN_MS,
    });
    const session = await sessions.of(token);
    if (session)
      this.#confirmations.set(session.sessionId, {
        accountId,
        subject,
        refreshToken,
        confirmedAtMs: performance.now(),
      });
    return token;
  }

  /**
   * The provider ended a session of its own: those that were opened by it end too. One that names the person alone ends all of
   * them, and their calls. @throws UserError openid-refused; InvalidStateError token-used; OperationalError openid-unreachable
   */
  async logout(logoutToken: string): Promise<void> {
    const { provider, store, onShutOut } = this.#deps;
    const { subject, sid, tokenId, expiresAtMs } = await provider.verifyLogout(logoutToken);
    const nowMs = Date.now();
    for (const [id, endsAtMs] of this.#usedLogouts) if (endsAtMs <= nowMs) this.#usedLogouts.delete(id);
    if (this.#usedLogouts.has(tokenId)) throw new InvalidStateError('token-used');
    this.#usedLogouts.set(tokenId, expiresAtMs);
    const kept = store.write(async (trx) => {
      const ended = await trx
        .selectFrom('session')
        .innerJoin('account', 'account.accountId', 'session.accountId')
        .select(['session.sessionId', 'session.accountId'])
        .where('account.issuer', '=', this.#deps.settings.issuer)
        .where((e) => (sid === null ? e('account.subject', '=', subject) : e('session.openidSid', '=', sid)))
        .execute();
      for (const { sessionId, accountId } of ended) {
        await endSession(trx, sessionId, accountId);
        await appendAudit(trx, {
          kind: 'session-ended',
          actor: 'directory',
          subject: `account:${accountId}`,
          details: { because: 'signed out at the provider' },
        });
      }
      if (sid !== null) return undefined;
      return trx
        .selectFrom('account')
        .select('accountId')
        .where('issuer', '=', this.#deps.settings.issuer)
        .where('subject', '=', subject)
        .executeTakeFirst();
    });
    // what could not be kept counts when the provider sends it again
    const shutOut = await kept.catch((error: unknown) => {
      this.#usedLogouts.delete(tokenId);
      throw error;
    });
    if (shutOut) onShutOut(shutOut.accountId);
  }

  /** Confirms what is due, and ends what could not be confirmed in time. Never throws. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#confirmDue();
      await this.#endUnconfirmed();
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'sessions by OpenID not looked after');
    } finally {
      this.#looking = false;
    }
  }

  async #confirmDue(): Promise<void> {
    const { store } = this.#deps;
    const rows = await store.read.selectFrom('session').select('sessionId').where('method', '=', 'openid').execute();
    const alive = new Set(rows.map(({ sessionId }) => sessionId));
    for (const sessionId of this.#confirmations.keys())
      if (!alive.has(sessionId)) this.#confirmations.delete(sessionId);
    for (const [sessionId, confirmation] of this.#confirmations) {
      if (performance.now() - confirmation.confirmedAtMs >= CONFIRM_AFTER_MS)
        await this.#confirm(sessionId, confirmation);
    }
  }

  async #confirm(sessionId: string, confirmation: Confirmation): Promise<void> {
    const { provider, store, settings, clock, logger } = this.#deps;
    const { accountId, subject, refreshToken } = confirmation;
    if (refreshToken === null) return;
    try {
      const identity = await provider.renew(refreshToken, subject);
      const nowMs = await clock.settledNowMs();
      await store.write((trx) => keepDirectoryAccount(trx, identity, { settings, nowMs }));
      this.#confirmations.set(sessionId, {
        accountId,
        subject,
        refreshToken: identity.refreshToken,
        confirmedAtMs: performance.now(),
      });
    } catch (error) {
      logger.warn({ accountId, err: error }, 'a session by OpenID is not confirmed');
      if (!(error instanceof UserError)) return;
      await this.#end(sessionId, accountId, error.code);
      if (!this.#isConfirmedElsewhere(accountId)) this.#deps.onShutOut(accountId);
    }
  }

  /** The directory may refuse one browser's sign-in alone. */
  #isConfirmedElsewhere(accountId: string): boolean {
    return [...this.#confirmations.values()].some((each) => each.accountId === accountId && each.refreshToken !== null);
  }

  /** By the wall clock as it is stored, which a jump of the clock moves: also those of before a restart. */
  async #endUnconfirmed(): Promise<void> {
    const { store, clock } = this.#deps;
    const nowMs = await clock.settledNowMs();
    const late = await store.read
      .selectFrom('session')
      .innerJoin('account', 'account.accountId', 'session.accountId')
      .select(['session.sessionId', 'session.accountId'])
      .where('session.method', '=', 'openid')
      .where('account.checkedAtMs', '<=', nowMs - DIRECTORY_FOLLOWED_MS)
      .execute();
    for (const { sessionId, accountId } of late) await this.#end(sessionId, accountId, 'not confirmed');
  }

  async #end(sessionId: string, accountId: string, because: string): Promise<void> {
    await this.#deps.store.write(async (trx) => {
      if (!(await endSession(trx, sessionId, accountId))) return;
      await appendAudit(trx, {
        kind: 'session-ended',
        actor: 'directory',
        subject: `account:${accountId}`,
        details: { because },
      });
    });
    this.#confirmations.delete(sessionId);
  }
}
