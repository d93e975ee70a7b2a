/**
 * Signing in, and what guessing meets: a network runs dry, an account guessed at from one network runs dry there, and
 * an account guessed at from everywhere is closed to networks that it was never used from. So its owner gets in.
 */
import type { Logger } from 'pino';
import { UserError } from '#contract/error-codes.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, hashOf } from '../store/index.ts';
import type { Account, Accounts } from './accounts.ts';
import { AttemptLimit } from './attempt-limit.ts';
import type { Sessions } from './sessions.ts';

export type SignInDependencies = { store: AuthorityStore; accounts: Accounts; sessions: Sessions; logger: Logger };

export class SignIn {
  readonly #deps: SignInDependencies;
  readonly #byNetwork = new AttemptLimit({ burst: 20, refillPerMinute: 2 });
  readonly #byAccountAndNetwork = new AttemptLimit({ burst: 6, refillPerMinute: 1 });
  readonly #byAccount = new AttemptLimit({ burst: 60, refillPerMinute: 2 });

  constructor(deps: SignInDependencies) {
    this.#deps = deps;
  }

  /** @throws UserError credentials-invalid, too-many-attempts */
  async signIn(userName: string, password: string, network: string): Promise<{ account: Account; token: string }> {
    const { accounts, sessions, store } = this.#deps;
    const { account, provenHash } = await this.#check(userName, password, network);
    const token = await sessions.open(account.accountId, async (trx) => {
      if (!(await accounts.holds(trx, account.accountId, provenHash))) throw new UserError('credentials-invalid');
    });
    await store.write(async (trx) => {
      await trx
        .insertInto('knownNetwork')
        .values({ accountId: account.accountId, networkHash: hashOf(network) })
        .onConflict((c) => c.doNothing())
        .execute();
      await appendAudit(trx, {
        kind: 'signed-in',
        actor: `account:${account.accountId}`,
        subject: `network:${network}`,
      });
    });
    return { account, token };
  }

  /** The password again, before what only its owner may do. Guesses count like at the door. Answers what proved it. */
  async confirm(account: Account, password: string, network: string): Promise<string> {
    return (await this.#check(account.userName, password, network)).provenHash;
  }

  async #check(userName: string, password: string, network: string): Promise<{ account: Account; provenHash: string }> {
    const { accounts, store, logger } = this.#deps;
    const name = userName.trim().toLowerCase();
    const accountId = await accounts.idOf(name);
    if (!(await this.#mayTry(name, accountId, network))) {
      logger.warn({ network, code: 'too-many-attempts' }, 'sign-in refused');
      throw new UserError('too-many-attempts');
    }
    // counted before the slow check, so that parallel guesses cannot slip through together
    this.#byNetwork.count(network);
    this.#byAccountAndNetwork.count(`${name}|${network}`);
    this.#byAccount.count(name);
    const provenHash = await accounts.provePassword(accountId, password);
    const account = provenHash !== null && accountId !== null ? await accounts.byId(accountId) : null;
    if (!account || provenHash === null) {
      logger.warn({ network, code: 'credentials-invalid' }, 'sign-in refused');
      const subject = accountId === null ? 'account:unknown' : `account:${accountId}`;
      await store.write((trx) => appendAudit(trx, { kind: 'sign-in-refused', actor: `network:${network}`, subject }));
      throw new UserError('credentials-invalid');
    }
    this.#byNetwork.giveBack(network);
    this.#byAccountAndNetwork.giveBack(`${name}|${network}`);
    this.#byAccount.giveBack(name);
    return { account, provenHash };
  }

  async #mayTry(name: string, accountId: string | null, network: string): Promise<boolean> {
    if (!this.#byNetwork.allows(network) || !this.#byAccountAndNetwork.allows(`${name}|${network}`)) return false;
    if (this.#byAccount.allows(name) || accountId === null) return this.#byAccount.allows(name);
    const known = await this.#deps.store.read
      .selectFrom('knownNetwork')
      .select('accountId')
      .where('accountId', '=', accountId)
      .where('networkHash', '=', hashOf(network))
      .executeTakeFirst();
    return known !== undefined;
  }
}
