import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { RoomRequest } from '#contract/topics.ts';
import { SelfTestGrants } from './self-test-grants.ts';

const grant = { callId: '01920000-0000-7000-8000-000000000001' } as CallGrant;
const error = { code: 'forbidden', message: 'no' } as const;
let asked: RoomRequest[];
let online: boolean;
let grants: SelfTestGrants;
const lastId = (): string => (asked.at(-1) as { id: string }).id;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  online = true;
  grants = new SelfTestGrants({ publish: (request) => asked.push(request), isFleetOnline: () => online });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a grant for the self-test', () => {
  it('is asked of the fleet, and the answer is taken by its id alone', async () => {
    const one = grants.request();
    const first = lastId();
    const two = grants.request();
    expect(grants.onResponse({ name: 'grant', id: lastId(), grant })).toBe(true);
    expect(await two).toEqual(grant);
    expect(grants.onResponse({ name: 'grant', id: first, grant: { ...grant, peerId: 'other' } })).toBe(true);
    expect(await one).toMatchObject({ peerId: 'other' });
  });

  it('leaves another’s answer to others, and one that comes twice too', async () => {
    const request = grants.request();
    expect(grants.onResponse({ name: 'grant', id: 'another', grant })).toBe(false);
    expect(grants.onResponse({ name: 'refused', id: null, error })).toBe(false);
    const id = lastId();
    expect(grants.onResponse({ name: 'refused', id, error })).toBe(true);
    expect(await request).toBeNull();
    expect(grants.onResponse({ name: 'grant', id, grant })).toBe(false);
  });

  it('is none without the fleet, which is not asked', async () => {
    online = false;
    expect(await grants.request()).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is none when no answer comes in time', async () => {
    const request = grants.request();
    await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS);
    expect(await request).toBeNull();
    expect(grants.onResponse({ name: 'grant', id: lastId(), grant })).toBe(false);
  });
});
