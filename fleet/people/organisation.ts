/** The aggregate, put together: accounts and how they prove who they are, sessions, tokens, places. */
import type { Logger } from 'pino';
import type { WallClock } from '#edge/wall-clock.ts';
import type { AuthorityStore } from '../store/index.ts';
import { AccountChanges } from './account-changes.ts';
import { AccountImports } from './account-imports.ts';
import { AccountInvites, type AccountInvitesDependencies } from './account-invites.ts';
import { AccountList } from './account-list.ts';
import { Accounts } from './accounts.ts';
import { ApiTokens } from './api-tokens.ts';
import { KnownBrowsers, type KnownBrowserKeys } from './known-browsers.ts';
import { Passwords } from './passwords.ts';
import { PlaceChanges } from './place-changes.ts';
import { PlaceTree } from './places.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';

export type OrganisationDependencies = {
  store: AuthorityStore;
  clock: WallClock;
  keys: KnownBrowserKeys;
  fleetUrl: string;
  queueMail: AccountInvitesDependencies['queueMail'];
  /** name of the organisation's own sign-in; null: there is none */
  openid: () => { label: string } | null;
  logger: Logger;
};

export class Organisation {
  readonly accounts: Accounts;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly invites: AccountInvites;
  readonly changes: AccountChanges;
  readonly list: AccountList;
  readonly imports: AccountImports;
  readonly places: PlaceTree;
  readonly placeChanges: PlaceChanges;
  readonly apiTokens: ApiTokens;
  readonly openid: OrganisationDependencies['openid'];

  constructor({ store, clock, keys, fleetUrl, queueMail, openid, logger }: OrganisationDependencies) {
    this.openid = openid;
    this.accounts = new Accounts({ store });
    this.passwords = new Passwords({ store });
    this.sessions = new Sessions({ store, clock });
    const { accounts, passwords, sessions } = this;
    this.signIn = new SignIn({ store, accounts, passwords, sessions, devices: new KnownBrowsers({ keys }), logger });
    this.invites = new AccountInvites({ store, accounts, sessions, fleetUrl, queueMail });
    this.changes = new AccountChanges({ store, invites: this.invites });
    this.list = new AccountList({ store, nowMs: () => sessions.nowMs() });
    this.imports = new AccountImports({ store, invites: this.invites });
    this.places = new PlaceTree({ store });
    this.placeChanges = new PlaceChanges({ store, places: this.places });
    this.apiTokens = new ApiTokens({ store, places: this.places });
  }

  start(): Promise<void> {
    return this.places.start();
  }
}
