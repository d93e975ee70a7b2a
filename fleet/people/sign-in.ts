/**
 * Signing in, and what guessing meets: a network runs dry, an account guessed at from one network runs dry there, and
 * an account guessed at from everywhere is closed to networks that it was never used from. Its owner gets in from a network
 * where the account was used before, and on a device where it was used before, however much strangers guess.
 */
import type { Logger } from 'pino';
import { UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { OpenSession } from '../http/route.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, hashOf } from '../store/index.ts';
import type { Accounts } from './accounts.ts';
import type { KnownBrowsers } from './known-browsers.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';

export type SignInDependencies = {
  store: AuthorityStore;
  accounts: Accounts;
  passwords: Passwords;
  sessions: Sessions;
  devices: KnownBrowsers;
  logger: Logger;
};
/** `browser`: its own words; `deviceToken`: of an earlier sign-in, as the browser kept it. */
export type SignInCaller = { network: string; browser: string; deviceToken: string | null };
/** What one guess is counted by; `refuses`: whether a dry bucket refuses it too. */
type Budget = { limit: AttemptLimit; key: string; refuses: boolean };

export class SignIn {
  readonly #deps: SignInDependencies;
  readonly #byNetwork = new AttemptLimit({ burst: 20, refillPerMinute: 2 });
  readonly #byAccountAndNetwork = new AttemptLimit({ burst: 6, refillPerMinute: 1 });
  readonly #byAccount = new AttemptLimit({ burst: 60, refillPerMinute: 2 });
  readonly #byDevice = new AttemptLimit({ burst: 6, refillPerMinute: 1 });

  constructor(deps: SignInDependencies) {
    this.#deps = deps;
  }

  /** @throws UserError credentials-invalid, too-many-attempts */
  async signIn(
    userName: string,
    password: string,
    { network, browser, deviceToken }: SignInCaller,
  ): Promise<{ account: Account; token: string; deviceToken: string }> {
    const { accounts, passwords, sessions, devices } = this.#deps;
    const name = userName.trim().toLowerCase();
    const [accountId, device] = await Promise.all([accounts.idOf(name), devices.of(deviceToken)]);
    const isKnownDevice = device !== null && device.accountId === accountId;
    const budgets = isKnownDevice
      ? [{ limit: this.#byDevice, key: device.deviceId, refuses: true }]
      : await this.#budgetsOfStranger(name, accountId, network);
    const { account, provenHash } = await this.#check(accountId, password, { budgets, network });
    const token = await sessions.open(account.accountId, { method: 'password', browser, network }, async (trx) => {
      if (!(await passwords.holds(trx, account.accountId, provenHash))) throw new UserError('credentials-invalid');
      await trx
        .insertInto('knownNetwork')
        .values({ accountId: account.accountId, networkHash: hashOf(network) })
        .onConflict((c) => c.doNothing())
        .execute();
    });
    return { account, token, deviceToken: await devices.tokenFor(account.accountId, device) };
  }

  /** The password again, before what only its owner may do. Guesses are counted by session. Answers what proved it. */
  async confirm(session: OpenSession, password: string, network: string): Promise<string> {
    const budgets = [{ limit: this.#byDevice, key: session.sessionId, refuses: true }];
    return (await this.#check(session.accountId, password, { budgets, network })).provenHash;
  }

  /** The password again: for a while the session may do what wants a fresh sign-in. @throws as `signIn`; not-signed-in */
  async confirmSession(session: OpenSession, password: string, network: string): Promise<void> {
    const { passwords, sessions, store } = this.#deps;
    const provenHash = await this.confirm(session, password, network);
    const nowMs = await sessions.nowMs();
    await store.write(async (trx) => {
      if (!(await passwords.holds(trx, session.accountId, provenHash))) throw new UserError('credentials-invalid');
      await sessions.confirm(trx, session.sessionId, nowMs);
      const actor = `account:${session.accountId}`;
      await appendAudit(trx, { kind: 'sign-in-confirmed', actor, subject: `network:${network}` });
    });
  }

  /** For the browser in which an account has proven who it is by another way. */
  async deviceTokenFor(accountId: string, deviceToken: string | null): Promise<string> {
    const { devices } = this.#deps;
    return devices.tokenFor(accountId, await devices.of(deviceToken));
  }

  async #check(
    accountId: string | null,
    password: string,
    { budgets, network }: { budgets: Budget[]; network: string },
  ): Promise<{ account: Account; provenHash: string }> {
    const { accounts, passwords, store, logger } = this.#deps;
    if (budgets.some(({ limit, key, refuses }) => refuses && !limit.allows(key))) {
      logger.warn({ network, code: 'too-many-attempts' }, 'sign-in refused');
      throw new UserError('too-many-attempts');
    }
    // counted before the slow check, so that parallel guesses cannot slip through together
    for (const { limit, key } of budgets) limit.count(key);
    const provenHash = await passwords.prove(accountId, password);
    const account = provenHash !== null && accountId !== null ? await accounts.byId(accountId) : null;
    if (!account || provenHash === null) {
      logger.warn({ network, code: 'credentials-invalid' }, 'sign-in refused');
      const subject = accountId === null ? 'account:unknown' : `account:${accountId}`;
      await store.write((trx) => appendAudit(trx, { kind: 'sign-in-refused', actor: `network:${network}`, subject }));
      throw new UserError('credentials-invalid');
    }
    for (const { limit, key } of budgets) limit.giveBack(key);
    return { account, provenHash };
  }

  /** Where the account was used before, only guesses at this very account from there refuse it. */
  async #budgetsOfStranger(name: string, accountId: string | null, network: string): Promise<Budget[]> {
    const known = await this.#deps.store.read
      .selectFrom('knownNetwork')
      .select('accountId')
      // asked for a name that does not exist too, so that both answers need the same time
      .where('accountId', '=', accountId ?? '')
      .where('networkHash', '=', hashOf(network))
      .executeTakeFirst();
    const refuses = known === undefined;
    return [
      { limit: this.#byNetwork, key: network, refuses },
      { limit: this.#byAccount, key: name, refuses },
      { limit: this.#byAccountAndNetwork, key: `${name}|${network}`, refuses: true },
    ];
  }
}
