/** For integration tests of recordings: the fleet with scripted peers, calls that run, and staff of any role. */
import { WallClock } from '#edge/wall-clock.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import type { RoleGrant } from '#contract/http/permissions.ts';
import { EventsUnderTest } from '../events-under-test.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts, Sessions } from '../people/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { NodeInTest, ScriptedPackager, ScriptedProgram } from './broadcasts-under-test.ts';

export type Staff = { accountId: string; cookie: string };
type Answer = { status: number; body: Json; headers: Headers };

export class RecordingsUnderTest {
  readonly fleet = new FleetUnderTest();
  packager!: ScriptedPackager;
  program!: ScriptedProgram;
  node!: NodeInTest;
  store!: AuthorityStore;

  /** @param packager null: the test starts one of its own */
  async start({ hasPackager = true } = {}): Promise<void> {
    if (hasPackager) this.packager = await new ScriptedPackager(this.fleet.dataDir).start();
    this.program = await new ScriptedProgram(this.fleet.dataDir).start();
    await this.fleet.start();
    this.node = await new NodeInTest(this.fleet).start();
    this.store = authorityStore({
      dataDir: this.fleet.dataDir,
      onFatal: (error) => {
        throw error;
      },
    });
    await this.store.start();
  }
  async stop(): Promise<void> {
    this.packager?.stop();
    this.program.stop();
    await this.store.stop();
    await this.fleet.stop();
  }

  /** A new start of the fleet server; its node still has the call. */
  async restartFleet(callId: string): Promise<void> {
    await this.fleet.kill();
    await this.fleet.startServer();
    await this.fleet.register({ online: false });
    await this.fleet.register({ callIds: [callId], participantCounts: { [callId]: 1 } });
  }

  async staff(role: RoleGrant['role'] = 'member'): Promise<Staff> {
    const { accountId } = await new Accounts({ store: this.store }).create({
      userName: `person ${newId()}`,
      password: newId(),
      grants: [{ role, scope: { kind: 'organisation' } }],
      mustChangePassword: false,
    });
    const sessions = new Sessions({ store: this.store, clock: new WallClock() });
    const token = await sessions.open(accountId, { method: 'password', browser: 'a browser', network: 'test' });
    return { accountId, cookie: `maru-session=${token}` };
  }
  async personOf(meetingId: string, role: MeetingRole): Promise<Staff> {
    const who = await this.staff();
    const person = { personId: newId(), meetingId, accountId: who.accountId, displayName: role, role };
    await this.store.write((trx) =>
      trx
        .insertInto('meetingPerson')
        .values({ ...person, email: null, inviteId: null, addedAtMs: Date.now() })
        .execute(),
    );
    return who;
  }

  /** As an invite opens it, so that the fleet knows its call. @returns callId */
  async openCall(meetingId: string): Promise<string> {
    const invites = `/api/v1/meetings/${meetingId}/invites`;
    const made = await this.asAdmin('POST', invites, { displayName: null, expiresInMinutes: 60 });
    const invite = made.body.joinUrl.split('#')[1];
    const { grant } = (await this.fleet.api('POST', '/api/v1/guest-entries', { invite })).body;
    await this.node.joins(meetingId, grant.callId);
    const state = () =>
      this.store.read.selectFrom('call').select('state').where('callId', '=', grant.callId).executeTakeFirst();
    while ((await state())?.state !== 'open') await new Promise((resolve) => setTimeout(resolve, 20));
    return grant.callId;
  }

  asAdmin(method: string, path: string, body?: object): Promise<Answer> {
    return this.fleet.api(method, path, body, this.fleet.admin.cookie);
  }
  async setPolicy(changes: object): Promise<void> {
    const { policy } = (await this.asAdmin('GET', '/api/v1/recording-policy')).body;
    const answer = await this.asAdmin('PUT', '/api/v1/recording-policy', { ...policy, ...changes });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }
  /** As the meeting's host sees it. */
  async air(meetingId: string): Promise<Json> {
    const url = new URL(`/api/v1/meetings/${meetingId}/air`, this.fleet.ready.fleetUrl).href;
    const events = new EventsUnderTest(url, { cookie: this.fleet.admin.cookie });
    while (!events.last('air')) await new Promise((resolve) => setTimeout(resolve, 20));
    events.close();
    return events.last('air');
  }
  row(broadcastId: string) {
    return this.store.read
      .selectFrom('broadcast')
      .selectAll()
      .where('broadcastId', '=', broadcastId)
      .executeTakeFirstOrThrow();
  }
  /** Kinds of the lines about a meeting, with who did it. */
  audit(meetingId: string): string[] {
    return this.fleet
      .audit()
      .filter(({ subject }) => subject === `meeting:${meetingId}`)
      .map(({ kind, actor }) => `${kind} by ${actor.split(':')[0]}`);
  }
}
