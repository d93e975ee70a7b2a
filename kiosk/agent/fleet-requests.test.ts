import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallGrant, DocumentAccess } from '#contract/grants.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { RoomRequest } from '#contract/topics.ts';
import { FleetRequests } from './fleet-requests.ts';

const grant = { callId: '01920000-0000-7000-8000-000000000001' } as CallGrant;
const error = { code: 'forbidden', message: 'no' } as const;
let asked: RoomRequest[];
let online: boolean;
let grants: FleetRequests;
const lastId = (): string => (asked.at(-1) as { id: string }).id;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  online = true;
  grants = new FleetRequests({
    publish: (request) => asked.push(request),
    isFleetOnline: () => online,
    logger: pino({ level: 'silent' }),
  });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('access to documents', () => {
  const access = { token: 'one' } as DocumentAccess;

  it('is asked of the fleet for a call, or for the room’s own meeting', async () => {
    const inCall = grants.requestDocumentAccess('01920000-0000-7000-8000-000000000009');
    expect(asked.at(-1)).toMatchObject({
      name: 'request-document-access',
      callId: '01920000-0000-7000-8000-000000000009',
    });
    grants.onRequestReply({ name: 'document-access', id: lastId(), access });
    expect(await inCall).toEqual(access);
    const own = grants.requestDocumentAccess(null);
    expect(asked.at(-1)).toMatchObject({ callId: null });
    grants.onRequestReply({ name: 'refused', id: lastId(), error });
    expect(await own).toBeNull();
  });

  it('is none where the fleet is away or does not answer in time', async () => {
    const late = grants.requestDocumentAccess(null);
    await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS);
    expect(await late).toBeNull();
    online = false;
    expect(await grants.requestDocumentAccess(null)).toBeNull();
  });

  it('is never given to who waits for a grant', async () => {
    const answered = vi.fn();
    grants.requestGrant({ endedCallId: null }, answered);
    grants.onRequestReply({ name: 'document-access', id: lastId(), access });
    expect(answered).not.toHaveBeenCalled();
  });
});

describe('a grant for the self-test', () => {
  it('is asked of the fleet, and the answer is taken by its id alone', async () => {
    const one = grants.requestTestGrant();
    const first = lastId();
    const two = grants.requestTestGrant();
    grants.onRequestReply({ name: 'grant', id: lastId(), grant });
    expect(await two).toEqual(grant);
    grants.onRequestReply({ name: 'grant', id: first, grant: { ...grant, peerId: 'other' } });
    expect(await one).toMatchObject({ peerId: 'other' });
  });

  it('leaves another’s answer to others, and one that comes twice too', async () => {
    const request = grants.requestTestGrant();
    const settled = vi.fn();
    void request.then(settled);
    grants.onRequestReply({ name: 'grant', id: 'another', grant });
    grants.onRequestReply({ name: 'refused', id: null, error });
    await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS - 1);
    expect(settled).not.toHaveBeenCalled();
    const id = lastId();
    grants.onRequestReply({ name: 'refused', id, error });
    expect(await request).toBeNull();
    grants.onRequestReply({ name: 'grant', id, grant });
  });

  it('is none without the fleet, which is not asked', async () => {
    online = false;
    expect(await grants.requestTestGrant()).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is none when no answer comes in time', async () => {
    const request = grants.requestTestGrant();
    await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS);
    expect(await request).toBeNull();
    grants.onRequestReply({ name: 'grant', id: lastId(), grant });
  });
});
