/** For tests of people: the aggregate on a store of its own in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { pino } from 'pino';
import type { Account } from '#contract/http/people-api.ts';
import type { RoleGrant } from '#contract/http/permissions.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import type { InviteMail } from './account-invites.ts';
import { Organisation } from './organisation.ts';

export const PASSWORD = 'correct horse battery';
export const ADMINISTRATOR: RoleGrant = { role: 'administrator', scope: { kind: 'organisation' } };
export const MEMBER: RoleGrant = { role: 'member', scope: { kind: 'organisation' } };

export class PeopleUnderTest {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'maru-people-'));
  store: AuthorityStore = this.#newStore();
  mails: InviteMail[] = [];
  sendsMail = false;
  people: Organisation = this.#newPeople();

  async start(): Promise<void> {
    await this.store.start();
    await this.people.start();
  }
  async stop(): Promise<void> {
    await this.store.stop();
    rmSync(this.dataDir, { recursive: true });
  }
  /** @param meanwhile while nobody has the files open */
  async restart(meanwhile: () => void): Promise<void> {
    await this.store.stop();
    meanwhile();
    this.store = this.#newStore();
    this.people = this.#newPeople();
    await this.start();
  }

  account(userName: string, ...grants: RoleGrant[]): Promise<Account> {
    return this.people.accounts.create({ userName, password: PASSWORD, grants, mustChangePassword: false });
  }
  signIn(userName: string, password = PASSWORD): Promise<{ token: string }> {
    return this.people.signIn.signIn(userName, password, {
      network: 'office',
      browser: 'a browser',
      deviceToken: null,
    });
  }
  async session(userName: string): Promise<NonNullable<Awaited<ReturnType<Organisation['sessions']['of']>>>> {
    return (await this.people.sessions.of((await this.signIn(userName)).token))!;
  }
  async room(roomName: string, placeId: string | null = null): Promise<string> {
    const roomId = newId();
    await this.store.write((trx) =>
      trx.insertInto('room').values({ roomId, roomName, placeId, createdAtMs: 1 }).execute(),
    );
    await this.people.places.reload();
    return roomId;
  }
  /** What was written of an account, oldest first. */
  async audit(subject: string): Promise<string[]> {
    const rows = await this.store.read.selectFrom('audit').select('kind').where('subject', '=', subject).execute();
    return rows.map(({ kind }) => kind);
  }

  #newStore(): AuthorityStore {
    return authorityStore({
      dataDir: this.dataDir,
      onFatal: (error) => {
        throw error;
      },
    });
  }
  #newPeople(): Organisation {
    return new Organisation({
      store: this.store,
      clock: new WallClock({ steadyNowMs: () => Date.now() }),
      // as the fleet's keys sign, without their mathematics
      keys: {
        sign: async (claims) => JSON.stringify(claims),
        verify: async (token) => JSON.parse(token) as JWTPayload,
      },
      fleetUrl: 'https://maru.example',
      queueMail: async (_trx, mail) => {
        if (this.sendsMail) this.mails.push(mail);
        return this.sendsMail;
      },
      openid: () => null,
      logger: pino({ level: 'silent' }),
    });
  }
}

/** The code of the error that `work` throws. */
export const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'not refused',
    (error: { code: unknown }) => error.code,
  );
