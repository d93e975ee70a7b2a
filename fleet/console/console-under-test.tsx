/** For tests of the console: the page in a document, with a scripted server behind `fetch` and `EventSource`. */
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { Role } from '#contract/http/permissions.ts';
import { type HealthCounts, HealthState, type RoomOverview, type RoomRow } from '#contract/http/rooms-api.ts';
import { PageUnderTest, PlayedServer, refusal, type UsualAnswers } from '#ui/page-under-test.tsx';
import auditEn from '#ui/words/en/audit.ts';
import consoleEn from '#ui/words/en/console.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import noticesEn from '#ui/words/en/notices.ts';
import peopleEn from '#ui/words/en/people.ts';
import recordingsEn from '#ui/words/en/recordings.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import auditKo from '#ui/words/ko/audit.ts';
import consoleKo from '#ui/words/ko/console.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import peopleKo from '#ui/words/ko/people.ts';
import recordingsKo from '#ui/words/ko/recordings.ts';
import signInKo from '#ui/words/ko/sign-in.ts';

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
    meetingId: idOf(5_000 + n),
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

/** Rooms as the server lists them, and what else a test scripts by a route's name. */
export class ServerUnderTest extends PlayedServer {
  rooms: RoomOverview[] = [];
  account: Account | null = accountOf('administrator');
  get counts(): HealthCounts {
    const count = (state: HealthState) => this.rooms.filter(({ health }) => health === state).length;
    return Object.fromEntries(HealthState.options.map((state) => [state, count(state)])) as HealthCounts;
  }

  protected override readonly usual: UsualAnswers = {
    currentSession: () => (this.account ? { body: { account: this.account } } : refusal(401, 'not-signed-in')),
    listRooms: ({ searchParams }) => ({ body: this.#page(Object.fromEntries(searchParams)) }),
    room: ({ pathname }) => {
      const room = this.rooms.find(({ roomId }) => pathname.endsWith(roomId));
      return room ? { body: room } : refusal(404, 'not-found');
    },
    listInvites: () => ({ body: { invites: [] } }),
    documentPolicy: () => ({ body: { policy: DEFAULT_DOCUMENT_POLICY } }),
    roomSettings: () => ({ body: { revision: 0, values: {}, secrets: {}, report: null } }),
    listTablets: () => ({ body: { tablets: [] } }),
    signOut: () => ({ body: {} }),
  };

  #page({ health, text, name, limit = '50', cursor = '0' }: Record<string, string>): object {
    const all = HealthState.options
      .flatMap((state) => this.rooms.filter((room) => room.health === state))
      .filter((room) => health === undefined || room.health === health)
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
      audit: { en: auditEn, ko: auditKo },
      people: { en: peopleEn, ko: peopleKo },
      recordings: { en: recordingsEn, ko: recordingsKo },
      console: { en: consoleEn, ko: consoleKo },
      meeting: { en: meetingEn, ko: meetingKo },
      notices: { en: noticesEn, ko: noticesKo },
      'sign-in': { en: signInEn, ko: signInKo },
    });
  }

  /** Names in the table of all rooms. */
  get listed(): string[] {
    return [...document.querySelectorAll('tbody th a')].map((each) => each.textContent ?? '');
  }
}
