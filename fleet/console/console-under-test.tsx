/** For tests of the console: the page in a document, with a scripted server behind `fetch` and `EventSource`. */
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { vi } from 'vitest';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import { allRoutes, type RouteName } from '#contract/http/all-routes.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { Role } from '#contract/http/permissions.ts';
import { type HealthCounts, HealthState, type RoomRow, type RoomOverview } from '#contract/http/rooms-api.ts';
import commonEn from '#ui/words/en/common.ts';
import consoleEn from '#ui/words/en/console.ts';
import errorsEn from '#ui/words/en/errors.ts';
import noticesEn from '#ui/words/en/notices.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import commonKo from '#ui/words/ko/common.ts';
import consoleKo from '#ui/words/ko/console.ts';
import errorsKo from '#ui/words/ko/errors.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

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

type Answer = { status?: number; body: unknown } | 'no-answer';
export const refusal = (status: number, code: string): Answer => ({ status, body: { error: { code, message: '' } } });

/** Rooms as the server lists them, and what else a test scripts by a route's name. */
export class ServerUnderTest {
  rooms: RoomOverview[] = [];
  account: Account | null = accountOf('administrator');
  readonly answers: Partial<Record<RouteName, (url: URL, body: unknown) => Answer>> = {};
  readonly asked: { name: RouteName; url: URL; body: unknown }[] = [];
  readonly streams: StreamUnderTest[] = [];

  install(): void {
    vi.stubGlobal('fetch', async (address: string, options: RequestInit = {}) => {
      const url = new URL(address, 'http://maru.example');
      const name = routeOf(options.method ?? 'GET', url.pathname);
      const body: unknown = typeof options.body === 'string' ? JSON.parse(options.body) : undefined;
      this.asked.push({ name, url, body });
      const answer = (this.answers[name] ?? this.#usual[name])?.(url, body) ?? refusal(404, 'not-found');
      if (answer === 'no-answer') throw new TypeError('Failed to fetch');
      return Response.json(answer.body, { status: answer.status ?? 200 });
    });
    const { streams } = this;
    vi.stubGlobal(
      'EventSource',
      class extends StreamUnderTest {
        constructor(url: string) {
          super(url);
          streams.push(this);
        }
      },
    );
  }

  get counts(): HealthCounts {
    const count = (state: HealthState) => this.rooms.filter(({ health }) => health === state).length;
    return Object.fromEntries(HealthState.options.map((state) => [state, count(state)])) as HealthCounts;
  }

  askedFor(name: RouteName): number {
    return this.asked.filter((each) => each.name === name).length;
  }

  readonly #usual: Partial<Record<RouteName, (url: URL) => Answer>> = {
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

function routeOf(method: string, pathname: string): RouteName {
  const found = (Object.keys(allRoutes) as RouteName[]).find(
    (name) =>
      allRoutes[name].method === method &&
      new RegExp(`^${allRoutes[name].path.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
  );
  if (!found) throw new Error(`no route for ${method} ${pathname}`);
  return found;
}

export class StreamUnderTest extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
  close(): void {
    this.readyState = StreamUnderTest.CLOSED;
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  say(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
  fail(readyState = 0): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

export class PageUnderTest {
  #root: Root | null = null;

  async show(page: ReactNode): Promise<void> {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
    startWords({
      common: { en: commonEn, ko: commonKo },
      console: { en: consoleEn, ko: consoleKo },
      errors: { en: errorsEn, ko: errorsKo },
      notices: { en: noticesEn, ko: noticesKo },
      'sign-in': { en: signInEn, ko: signInKo },
    });
    showLanguage('en');
    this.#root = createRoot(document.body.appendChild(document.createElement('div')));
    await act(async () => this.#root!.render(page));
  }

  end(): void {
    act(() => this.#root?.unmount());
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  }

  get text(): string {
    return document.body.textContent ?? '';
  }

  /** Names in the table of all rooms. */
  get listed(): string[] {
    return [...document.querySelectorAll('tbody th a')].map((each) => each.textContent ?? '');
  }

  button(name: string): HTMLButtonElement {
    const found = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === name);
    if (!found) throw new Error(`no button ${name} in: ${this.text}`);
    return found;
  }

  async press(name: string): Promise<void> {
    await act(async () => this.button(name).click());
  }

  async type(selector: string, text: string): Promise<void> {
    const input = document.querySelector<HTMLInputElement>(selector)!;
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  /** Until it holds, while timers and answers come in. */
  async until(holds: () => boolean, timeoutMs = 3_000): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (!holds()) {
      if (Date.now() > endMs) throw new Error(`does not come to hold: ${holds}\nin: ${this.text}`);
      await act(async () => new Promise((resolve) => setTimeout(resolve, 10)));
    }
  }
}
