/**
 * Local accounts from a list: what it would do, and doing it. A line that is wrong is named and left out. The same list
 * again changes nothing. An account that exists keeps its roles, its password and whether it is disabled.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { RouteAnswer } from '#contract/http/route.ts';
import {
  type ImportedLine,
  type ImportProblem,
  LOCAL_ISSUER,
  type peopleApi,
  UserName,
} from '#contract/http/people-api.ts';
import type { Role, RoleGrant } from '#contract/http/permissions.ts';
import { PersonName, z } from '#contract/schema.ts';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { checkPlaces } from './account-changes.ts';
import { type AccountFile, type FileLine, readAccountFile } from './account-file.ts';
import type { AccountInvites } from './account-invites.ts';
import { insertAccount } from './accounts.ts';
import { ORGANISATION } from './grants.ts';
import { PlaceNames } from './place-names.ts';

type Summary = RouteAnswer<typeof peopleApi.previewAccountImport>;
type Imported = RouteAnswer<typeof peopleApi.importAccounts>;
/** What a line asks for; undefined: the list has no such column. `userName` is empty where it is wrong. */
type Wanted = {
  userName: string;
  displayName: string | undefined;
  email: string | null | undefined;
  placeId: string | null | undefined;
  grants: RoleGrant[];
};
type Existing = {
  accountId: string;
  userName: string;
  displayName: string;
  email: string | null;
  placeId: string | null;
};
type Plan = { create: Wanted[]; change: Wanted[]; unchanged: number; bad: ImportedLine[] };

const Email = z.email().max(254);
/** so that a list of thousands holds nobody else's write up */
const LINES_IN_WRITE = 50;
const LINES_IN_TURN = 500;
const ROLES: Record<string, Role> = {
  member: 'member',
  구성원: 'member',
  사용자: 'member',
  viewer: 'viewer',
  조회자: 'viewer',
  installer: 'installer',
  설치자: 'installer',
  operator: 'operator',
  운영자: 'operator',
  administrator: 'administrator',
  admin: 'administrator',
  관리자: 'administrator',
};

export class AccountImports {
  readonly #store: AuthorityStore;
  readonly #invites: AccountInvites;

  constructor({ store, invites }: { store: AuthorityStore; invites: AccountInvites }) {
    this.#store = store;
    this.#invites = invites;
  }

  /** @throws UserError list-unreadable */
  async preview(bytes: Uint8Array): Promise<Summary> {
    return summaryOf(await this.#plan(readAccountFile(bytes)));
  }

  /** @throws UserError list-unreadable; what was made before another error stays, and the list can be sent again */
  async run(bytes: Uint8Array, actor: string): Promise<Imported> {
    const plan = await this.#plan(readAccountFile(bytes));
    const invites: Imported['invites'] = [];
    for (const lines of inParts(plan.create, LINES_IN_WRITE)) invites.push(...(await this.#create(lines, actor)));
    for (const lines of inParts(plan.change, LINES_IN_WRITE))
      await this.#store.write(async (trx) => {
        for (const wanted of lines) await change(trx, wanted, actor);
      });
    const summary = summaryOf(plan);
    const details = { ...summary, bad: summary.bad.length };
    await this.#store.write((trx) =>
      appendAudit(trx, { kind: 'accounts-imported', actor, subject: 'accounts', details }),
    );
    return { ...summary, invites };
  }

  async #create(lines: readonly Wanted[], actor: string): Promise<Imported['invites']> {
    const nowMs = await this.#invites.nowMs();
    return this.#store.write(async (trx) => {
      const invites: Imported['invites'] = [];
      for (const { userName, displayName = userName, email = null, placeId = null, grants } of lines) {
        // another import may have made it since the plan
        if (await existingIn(trx, userName)) continue;
        await checkPlaces(trx, placeId, grants);
        const accountId = await insertAccount(trx, { userName, displayName, email, placeId, grants }, actor);
        const { inviteUrl, isMailed } = await this.#invites.make(trx, accountId, { actor, nowMs });
        if (!isMailed) invites.push({ userName, displayName, inviteUrl });
      }
      return invites;
    });
  }

  async #plan({ columns, lines }: AccountFile): Promise<Plan> {
    const { read } = this.#store;
    const places = new PlaceNames(
      await read.selectFrom('place').select(['placeId', 'parentId', 'placeName']).execute(),
    );
    const accounts = await read
      .selectFrom('account')
      .select(['accountId', 'userName', 'displayName', 'email', 'placeId'])
      .where('issuer', '=', LOCAL_ISSUER)
      .execute();
    const existing = new Map(accounts.map((account) => [account.userName, account]));
    const seen = new Set<string>();
    const plan: Plan = { create: [], change: [], unchanged: 0, bad: [] };
    for (const [index, line] of lines.entries()) {
      if (index % LINES_IN_TURN === LINES_IN_TURN - 1) await turn();
      const { wanted, problems } = wantedBy(line, columns, places);
      if (seen.has(wanted.userName)) problems.push('user-name-twice');
      if (wanted.userName !== '') seen.add(wanted.userName);
      if (problems.length > 0) plan.bad.push({ line: line.line, userName: shownIn(line), problems });
      else sort(plan, wanted, existing.get(wanted.userName));
    }
    return plan;
  }
}

function sort(plan: Plan, wanted: Wanted, account: Existing | undefined): void {
  if (!account) plan.create.push(wanted);
  else if (differs(wanted, account)) plan.change.push(wanted);
  else plan.unchanged += 1;
}

const differs = (wanted: Wanted, account: Existing): boolean =>
  (['displayName', 'email', 'placeId'] as const).some(
    (field) => wanted[field] !== undefined && wanted[field] !== account[field],
  );

const summaryOf = ({ create, change: changed, unchanged, bad }: Plan): Summary => ({
  created: create.length,
  changed: changed.length,
  unchanged,
  bad,
});

async function change(trx: AuthorityWrite, wanted: Wanted, actor: string): Promise<void> {
  const account = await existingIn(trx, wanted.userName);
  if (!account || !differs(wanted, account)) return;
  const { displayName = account.displayName, email = account.email, placeId = account.placeId } = wanted;
  await checkPlaces(trx, placeId, []);
  await trx
    .updateTable('account')
    .set({ displayName, email, placeId })
    .where('accountId', '=', account.accountId)
    .execute();
  await appendAudit(trx, { kind: 'account-changed', actor, subject: `account:${account.accountId}` });
}

async function existingIn(trx: AuthorityWrite, userName: string): Promise<Existing | undefined> {
  return trx
    .selectFrom('account')
    .select(['accountId', 'userName', 'displayName', 'email', 'placeId'])
    .where('issuer', '=', LOCAL_ISSUER)
    .where('userName', '=', userName)
    .executeTakeFirst();
}

function wantedBy(
  { fields, extra }: FileLine,
  columns: AccountFile['columns'],
  places: PlaceNames,
): { wanted: Wanted; problems: ImportProblem[] } {
  const problems: ImportProblem[] = [];
  const wanted: Wanted = { userName: '', displayName: undefined, email: undefined, placeId: undefined, grants: [] };
  if (!fields) return { wanted, problems: ['line-unreadable'] };
  if (extra) problems.push('too-many-fields');
  const userName = fields[columns.has('userName') ? 'userName' : 'email'] ?? '';
  const goodName = UserName.safeParse(userName);
  wanted.userName = goodName.data ?? '';
  if (!goodName.success) problems.push(userName === '' ? 'user-name-missing' : 'user-name-invalid');
  if (fields.displayName !== undefined) {
    wanted.displayName = PersonName.safeParse(fields.displayName).data;
    if (wanted.displayName === undefined) problems.push('name-invalid');
  }
  if (fields.email !== undefined) {
    wanted.email = fields.email === '' ? null : Email.safeParse(fields.email).data;
    if (wanted.email === undefined) problems.push('email-invalid');
  }
  if (fields.place !== undefined) {
    const placeId = places.find(fields.place);
    if (placeId === 'unknown' || placeId === 'ambiguous') problems.push(`place-${placeId}`);
    else wanted.placeId = placeId;
  }
  const role = fields.role ? ROLES[fields.role.normalize('NFKC').toLowerCase()] : 'member';
  if (!role) problems.push('role-unknown');
  else if (role === 'administrator') problems.push('role-not-imported');
  else wanted.grants = [{ role, scope: scopeFor(role, wanted.placeId ?? null) }];
  return { wanted, problems };
}

/** Everybody makes meetings in the whole organisation; who looks after rooms does it in the place of the line. */
const scopeFor = (role: Role, placeId: string | null): RoleGrant['scope'] =>
  role === 'member' || placeId === null ? ORGANISATION : { kind: 'place', placeId };

const shownIn = ({ fields }: FileLine): string => (fields?.userName ?? fields?.email ?? '').slice(0, 80);

function* inParts<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
