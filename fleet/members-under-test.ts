/** For tests of what people of meetings do at the real fleet server: the server, its database beside it, and members who are signed in. */
import { randomUUID } from 'node:crypto';
import { FleetUnderTest } from './fleet-under-test.ts';
import { Accounts } from './people/index.ts';
import { type AuthorityStore, authorityStore } from './store/index.ts';

export type MemberUnderTest = { accountId: string; displayName: string; cookie: string };

export class MembersUnderTest {
  readonly fleet: FleetUnderTest;
  /** the server's own database, open a second time */
  readonly store: AuthorityStore;

  private constructor(fleet: FleetUnderTest, store: AuthorityStore) {
    this.fleet = fleet;
    this.store = store;
  }

  /** @param options of the fleet server's command line */
  static async start(...options: string[]): Promise<MembersUnderTest> {
    const fleet = new FleetUnderTest(...options);
    await fleet.start();
    const store = authorityStore({
      dataDir: fleet.dataDir,
      onFatal: (error) => {
        throw error;
      },
    });
    await store.start();
    return new MembersUnderTest(fleet, store);
  }

  /** One member of the organisation for each name, in their order. */
  async signedIn(...names: string[]): Promise<MemberUnderTest[]> {
    const members: MemberUnderTest[] = [];
    for (const displayName of names) members.push(await this.member(displayName));
    return members;
  }

  async member(displayName: string, email: string | null = null): Promise<MemberUnderTest> {
    const [userName, password] = [`u${randomUUID()}`, randomUUID()];
    const grants = [{ role: 'member' as const, scope: { kind: 'organisation' as const } }];
    const account = { userName, displayName, email, password, grants, mustChangePassword: false };
    const { accountId } = await new Accounts({ store: this.store }).create(account);
    return { accountId, displayName, cookie: (await this.fleet.signIn(userName, password)).cookie };
  }

  async stop(): Promise<void> {
    await this.store.stop();
    await this.fleet.stop();
  }
}
