/** For tests of the console: the page in a document, with a scripted server behind `fetch` and `EventSource`. */
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import { RecordPolicy } from '#contract/record-policy.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { Role } from '#contract/http/permissions.ts';
import { type HealthCounts, HealthState, type RoomOverview, type RoomRow } from '#contract/http/rooms-api.ts';
import { PageUnderTest, PlayedServer, refusal, type UsualAnswers } from '#ui/page-under-test.tsx';
import alertsEn from '#ui/words/en/alerts.ts';
import auditEn from '#ui/words/en/audit.ts';
import consoleEn from '#ui/words/en/console.ts';
import devicesEn from '#ui/words/en/devices.ts';
import fleetEn from '#ui/words/en/fleet.ts';
import helpdeskEn from '#ui/words/en/helpdesk.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import noticesEn from '#ui/words/en/notices.ts';
import peopleEn from '#ui/words/en/people.ts';
import recordingsEn from '#ui/words/en/recordings.ts';
import signalsEn from '#ui/words/en/signals.ts';
import settingsEn from '#ui/words/en/settings.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import updatesEn from '#ui/words/en/updates.ts';
import alertsKo from '#ui/words/ko/alerts.ts';
import auditKo from '#ui/words/ko/audit.ts';
import consoleKo from '#ui/words/ko/console.ts';
import devicesKo from '#ui/words/ko/devices.ts';
import fleetKo from '#ui/words/ko/fleet.ts';
import helpdeskKo from '#ui/words/ko/helpdesk.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import peopleKo from '#ui/words/ko/people.ts';
import recordingsKo from '#ui/words/ko/recordings.ts';
import signalsKo from '#ui/words/ko/signals.ts';
import settingsKo from '#ui/words/ko/settings.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import updatesKo from '#ui/words/ko/updates.ts';

import { settingsViewOf } from './settings-view-under-test.ts';

export const idOf = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;

export function accountOf(role: Role, roomId?: string): Account {
  const scope = roomId === undefined ? ({ kind: 'organisation' } as const) : ({ kind: 'room', roomId } as const);
  return {
    accountId: idOf(9_999),
    userName: 'mina',
    displayName: 'Mina',
    email: null,
    placeId: null,
    issuer: 'local',
    mustChangePassword: false,
    grants: [{ role, scope }],
  };
}

export function roomOf(n: number, over: Partial<RoomOverview> = {}): RoomOverview {
  return {
    roomId: idOf(n),
    roomName: `Room ${n}`,
    hasSameName: false,
    enrolled: true,
    online: true,
    lastSeenMs: Date.now() - 1_000,
    health: 'ready',
    reasons: [],
    call: null,
    hasUnreachableCall: false,
    healthSinceMs: Date.now() - 60_000,
    service: { state: 'in-service', sinceMs: 0, untilMs: null, reason: '' },
    placeId: null,
    openAlertCount: 0,
    meetingId: idOf(5_000 + n),
    signals: [],
    placeIds: [],
    projections: {},
    blockedCount: 0,
    unreachableCall: null,
    ...over,
  };
}
export const offline: Partial<RoomOverview> = {
  online: false,
  health: 'trouble',
  reasons: [{ kind: 'fleet', reason: 'offline' }],
};

function countedAs({ health, service }: RoomOverview): keyof HealthCounts {
  if (service.state === 'maintenance' || service.state === 'retired') return 'out-of-service';
  return service.state === 'new' && health === 'trouble' ? 'being-set-up' : health;
}
const isAnswering = ({ reasons }: RoomOverview): boolean =>
  !reasons.some((why) => why.kind === 'fleet' && why.reason !== 'not-enrolled');

/** Rooms as the server lists them, and what else a test scripts by a route's name. */
export class ServerUnderTest extends PlayedServer {
  rooms: RoomOverview[] = [];
  account: Account | null = accountOf('administrator');
  get counts(): HealthCounts {
    const count = (state: keyof HealthCounts) => this.rooms.filter((room) => countedAs(room) === state).length;
    const states = [...HealthState.options, 'being-set-up', 'out-of-service'] as const;
    return Object.fromEntries(states.map((state) => [state, count(state)])) as HealthCounts;
  }

  protected override readonly usual: UsualAnswers = {
    currentSession: () => (this.account ? { body: { account: this.account } } : refusal(401, 'not-signed-in')),
    listRooms: ({ searchParams }) => ({ body: this.#page(Object.fromEntries(searchParams)) }),
    room: ({ pathname }) => {
      const room = this.rooms.find(({ roomId }) => pathname.endsWith(roomId));
      return room ? { body: room } : refusal(404, 'not-found');
    },
    roomFacets: () => ({ body: { versions: [], models: [], signals: [] } }),
    listPlaces: () => ({ body: { places: [], organisation: { meetingPolicy: null, allowedRanges: [] } } }),
    recordPolicies: () => ({ body: { organisation: RecordPolicy.parse({}), places: [] } }),
    listAlerts: () => ({
      body: { rows: [], nextCursor: null, total: 0, counts: { open: 0, acknowledged: 0, critical: 0 } },
    }),
    listHelp: () => ({ body: { rows: [], nextCursor: null, total: 0, counts: { open: 0, unseen: 0 } } }),
    listRoomEvents: () => ({ body: { events: [] } }),
    roomCalls: () => ({ body: { calls: [] } }),
    roomUpdate: () => ({ body: { reported: null, history: [] } }),
    listInvites: () => ({ body: { invites: [] } }),
    documentPolicy: () => ({ body: { policy: DEFAULT_DOCUMENT_POLICY } }),
    roomSettings: () => ({ body: settingsViewOf({ scope: { kind: 'room', roomId: idOf(1) }, revision: 0 }) }),
    listTablets: () => ({ body: { tablets: [] } }),
    signOut: () => ({ body: {} }),
  };

  #page(query: Record<string, string>): object {
    const { health, service, answering, signal, placeId, text, name, limit = '50', cursor = '0' } = query;
    const all = HealthState.options
      .flatMap((state) => this.rooms.filter((room) => room.health === state))
      .filter((room) => health === undefined || countedAs(room) === health)
      .filter((room) => service === undefined || room.service.state === service)
      .filter((room) => answering === undefined || String(isAnswering(room)) === answering)
      .filter((room) => signal === undefined || room.signals.some((each) => each.signal === signal))
      .filter((room) => placeId === undefined || room.placeId === placeId)
      .filter((room) => text === undefined || room.roomName.toLowerCase().includes(text.toLowerCase()))
      .filter((room) => name === undefined || room.roomName.toLowerCase() === name.toLowerCase());
    const end = Number(cursor) + Number(limit);
    const rows = all.slice(Number(cursor), end) satisfies RoomRow[];
    return { rows, nextCursor: end < all.length ? String(end) : null, total: all.length, counts: this.counts };
  }
}

export class ConsoleUnderTest extends PageUnderTest {
  constructor() {
    super({
      // as the pages that are loaded later add them
      alerts: { en: alertsEn, ko: alertsKo },
      audit: { en: auditEn, ko: auditKo },
      devices: { en: devicesEn, ko: devicesKo },
      fleet: { en: fleetEn, ko: fleetKo },
      helpdesk: { en: helpdeskEn, ko: helpdeskKo },
      people: { en: peopleEn, ko: peopleKo },
      recordings: { en: recordingsEn, ko: recordingsKo },
      console: { en: consoleEn, ko: consoleKo },
      meeting: { en: meetingEn, ko: meetingKo },
      notices: { en: noticesEn, ko: noticesKo },
      signals: { en: signalsEn, ko: signalsKo },
      settings: { en: settingsEn, ko: settingsKo },
      'sign-in': { en: signInEn, ko: signInKo },
      updates: { en: updatesEn, ko: updatesKo },
    });
  }

  /** Names in the table of all rooms. */
  get listed(): string[] {
    return [...document.querySelectorAll('tbody th a')].map((each) => each.textContent ?? '');
  }
}
