/** The administrator at the API: signed in with the one-time password, as the first start gave it. */
import { DEFAULT_DOCUMENT_POLICY, type DocumentPolicy } from '#contract/document-policy.ts';
import type { Claim } from '#contract/enrolment.ts';
import { type Alert, alertsApi } from '#contract/http/alerts-api.ts';
import { roomServiceApi } from '#contract/http/fleet-api.ts';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import { DEFAULT_MEETING_POLICY, type GuestRecordRule } from '#contract/meeting-policy.ts';
import { peopleApi } from '#contract/http/people-api.ts';
import { placesApi } from '#contract/http/places-api.ts';
import type { RouteAnswer, RouteInput } from '#contract/http/route.ts';
import { roomsApi, type RoomOverview, type RoomRow } from '#contract/http/rooms-api.ts';
import { updatesApi } from '#contract/http/updates-api.ts';
import { OperationalError } from '#contract/error-codes.ts';
import type { Rollout } from '#contract/rollout.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import type { Addresses } from './product.ts';

export class Administrator {
  readonly #fleetUrl: string;
  readonly #cookie: string;
  private constructor(fleetUrl: string, cookie: string) {
    this.#fleetUrl = fleetUrl;
    this.#cookie = cookie;
  }

  /** The first sign-in sets a password of its own. */
  static async signIn({
    fleetUrl,
    adminUser,
    adminPassword,
  }: Pick<Addresses, 'fleetUrl' | 'adminUser' | 'adminPassword'>): Promise<Administrator> {
    const { method, path } = peopleApi.signIn;
    const sign = (password: string) =>
      fetch(new URL(path, fleetUrl), {
        method,
        headers: { 'content-type': 'application/json', origin: fleetUrl },
        body: JSON.stringify({ userName: adminUser, password }),
      });
    const ownPassword = `${adminPassword}-and-more`;
    let response = await sign(adminPassword);
    if (!response.ok) response = await sign(ownPassword);
    if (!response.ok) throw new OperationalError('internal', `sign-in: ${response.status} ${await response.text()}`);
    const admin = new Administrator(fleetUrl, response.headers.getSetCookie()[0]!.split(';')[0]!);
    const { account } = peopleApi.signIn.response.parse(await response.json());
    if (account.mustChangePassword)
      await admin.#ask('PUT', peopleApi.changePassword.path, {
        currentPassword: adminPassword,
        newPassword: ownPassword,
      });
    return admin;
  }

  /** A member of the organisation. @returns the one-time link, which goes by mail too where there is a mail server */
  async createMember(displayName: string, email: string): Promise<string> {
    const { method, path, response } = peopleApi.createAccount;
    const grants = [{ role: 'member', scope: { kind: 'organisation' } }];
    const account = { userName: email.split('@')[0], displayName, email, placeId: null, grants };
    return response.parse(await this.#ask(method, path, account)).inviteUrl;
  }

  async createRoom(roomName: string): Promise<Claim> {
    const { method, path, response } = roomsApi.createRoom;
    const { claimCode, deviceApiUrl, caSha256 } = response.parse(await this.#ask(method, path, { roomName }));
    return { claimCode, deviceApiUrl, caSha256 };
  }

  /** As the list of rooms shows it. */
  async listedRoom(roomId: string): Promise<RoomRow> {
    const { path, response } = roomsApi.listRooms;
    const { rows } = response.parse(await this.#ask('GET', path));
    return rows.find((row) => row.roomId === roomId)!;
  }

  /** Of a room, closed ones too. */
  async alertsOf(roomId: string): Promise<Alert[]> {
    const { path, response } = alertsApi.listAlerts;
    return response.parse(await this.#ask('GET', `${path}?roomId=${roomId}`)).rows;
  }

  async putInService(roomId: string): Promise<void> {
    const { method, path } = roomServiceApi.setRoomService;
    await this.#ask(method, path.replace(':roomId', roomId), { state: 'in-service' });
  }

  async room(roomId: string): Promise<RoomOverview> {
    return roomsApi.room.response.parse(await this.#ask('GET', roomsApi.room.path.replace(':roomId', roomId)));
  }

  async updates(): Promise<RouteAnswer<typeof updatesApi.updatesOverview>> {
    const { path, response } = updatesApi.updatesOverview;
    return response.parse(await this.#ask('GET', path));
  }

  async startRollout(plan: RouteInput<typeof updatesApi.startRollout, 'body'>): Promise<Rollout> {
    const { method, path, response } = updatesApi.startRollout;
    return response.parse(await this.#ask(method, path, plan));
  }

  /** What it runs and is to run, by its own report. */
  async roomUpdate(roomId: string): Promise<RouteAnswer<typeof updatesApi.roomUpdate>> {
    const { path, response } = updatesApi.roomUpdate;
    return response.parse(await this.#ask('GET', path.replace(':roomId', roomId)));
  }

  /** A code that pairs a tablet, which belongs to the room. */
  async tabletCode(roomId: string): Promise<string> {
    const { method, path, response } = roomsApi.createTabletCode;
    return response.parse(await this.#ask(method, path.replace(':roomId', roomId), { tabletName: 'Tablet' })).code;
  }

  /** What the fleet has taken in of a room, in the order in which it came. */
  async roomEvents(roomId: string): Promise<RoomEvent[]> {
    const { path, response } = roomsApi.listRoomEvents;
    const { events } = response.parse(await this.#ask('GET', path.replace(':roomId', roomId)));
    return events.map(({ event }) => event);
  }

  /** Of the room's own meeting: at once for those who are in its call. */
  async setDocumentPolicy(roomId: string, changes: Partial<DocumentPolicy>): Promise<void> {
    const { meetingId } = await this.room(roomId);
    const { method, path } = meetingsApi.setDocumentPolicy;
    await this.#ask(method, path.replace(':meetingId', meetingId), { ...DEFAULT_DOCUMENT_POLICY, ...changes });
  }

  /** Of the whole organisation: what is spoken may be written where a host turns that on. */
  async permitTranscripts(): Promise<void> {
    const { method, path } = placesApi.setOrganisationDefaults;
    await this.#ask(method, path, {
      meetingPolicy: { ...DEFAULT_MEETING_POLICY, transcript: true },
      allowedRanges: [],
    });
  }

  /** Of the whole organisation: what guests see of a meeting afterwards. */
  async permitGuestRecords(guestRecord: GuestRecordRule): Promise<void> {
    const { method, path } = placesApi.setOrganisationDefaults;
    await this.#ask(method, path, { meetingPolicy: { ...DEFAULT_MEETING_POLICY, guestRecord }, allowedRanges: [] });
  }

  /** The token of a guest link that was good a moment ago. */
  async createRevokedInvite(roomId: string): Promise<string> {
    const { meetingId } = await this.room(roomId);
    const created = meetingsApi.createInvite.response.parse(
      await this.#ask('POST', meetingsApi.createInvite.path.replace(':meetingId', meetingId), {
        displayName: null,
        expiresInMinutes: 5,
      }),
    );
    const { inviteId } = created.invite;
    await this.#ask(
      'DELETE',
      meetingsApi.revokeInvite.path.replace(':meetingId', meetingId).replace(':inviteId', inviteId),
    );
    return new URL(created.joinUrl).hash.slice(1);
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.#fleetUrl), {
      method,
      headers: { cookie: this.#cookie, origin: this.#fleetUrl, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new OperationalError('internal', `${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
