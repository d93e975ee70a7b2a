import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { AgentToScreen, ScreenToAgent } from '#contract/screen-link.ts';
import { AgentLink } from './agent-link.ts';

class FakeSocket {
  sent: string[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.onclose?.();
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const frame = { language: 'en', pairing: null, waiting: null };
const welcome = { type: 'welcome', protocol: PROTOCOL_VERSION, frame, projections: {}, resume: null };
const hello: Omit<Extract<ScreenToAgent, { type: 'hello' }>, 'key'> = {
  type: 'hello',
  protocol: PROTOCOL_VERSION,
  screenId: '0193a0b0-0000-7000-8000-000000000002',
  inCall: null,
};

const KEY = 'k'.repeat(43);

function linked(key: () => string | null = () => KEY, isAgentThere: () => Promise<boolean> = async () => true) {
  const keyless: boolean[] = [];
  const sockets: FakeSocket[] = [];
  const heard: AgentToScreen[] = [];
  const ups: boolean[] = [];
  const refused: string[] = [];
  const link = new AgentLink({
    url: 'ws://agent/',
    hello: () => hello,
    onMessage: (message) => heard.push(message),
    onUp: (up) => ups.push(up),
    onRefused: (code) => refused.push(code),
    key,
    isAgentThere,
    onKeyless: (is) => keyless.push(is),
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  return { link, sockets, heard, ups, refused, keyless };
}

const pass = (forMs: number) => vi.advanceTimersByTimeAsync(forMs);

describe('the line to the agent', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('says hello first, and nothing else before the welcome', async () => {
    const { link, sockets, ups } = linked();
    link.start();
    await pass(0);
    sockets[0]!.onopen!();
    expect(sockets[0]!.sent.map((text) => JSON.parse(text))).toEqual([{ ...hello, key: KEY }]);
    expect(link.send({ type: 'alive' })).toBe(false);
    sockets[0]!.say(welcome);
    expect(link.send({ type: 'alive' })).toBe(true);
    expect(ups).toEqual([true]);
  });

  it('tries again within a second, however long the agent is away', async () => {
    const { link, sockets, ups } = linked();
    link.start();
    await pass(0);
    sockets[0]!.onopen!();
    sockets[0]!.say(welcome);
    sockets[0]!.close();
    expect(ups).toEqual([true, false]);
    for (let tries = 1; tries < 20; tries += 1) {
      await pass(1_000);
      expect(sockets.length).toBe(tries + 1);
      sockets.at(-1)!.close();
    }
  });

  it('ignores what it does not understand, and goes on', async () => {
    const { link, sockets, heard } = linked();
    vi.spyOn(console, 'error').mockImplementation(() => {});
    link.start();
    await pass(0);
    sockets[0]!.onopen!();
    sockets[0]!.onmessage!({ data: 'not JSON' });
    sockets[0]!.say({ type: 'dance' });
    sockets[0]!.say(welcome);
    expect(heard.map(({ type }) => type)).toEqual(['welcome']);
  });

  it('tells of an agent that does not want this page', async () => {
    const { link, sockets, refused } = linked();
    vi.spyOn(console, 'error').mockImplementation(() => {});
    link.start();
    await pass(0);
    sockets[0]!.onopen!();
    sockets[0]!.say({ type: 'error', code: 'bad-message' });
    sockets[0]!.say({ type: 'error', code: 'client-too-old' });
    expect(refused).toEqual(['client-too-old']);
  });

  it('connects as soon as there is a key, and says when none comes', async () => {
    let key: string | null = null;
    const { link, sockets, keyless } = linked(() => key);
    link.start();
    await pass(0);
    await pass(4_000);
    expect([sockets, keyless]).toEqual([[], []]);
    await pass(2_000);
    expect([sockets, keyless]).toEqual([[], [true]]);
    key = KEY;
    await pass(100);
    sockets[0]!.onopen!();
    sockets[0]!.say(welcome);
    expect(keyless).toEqual([true, false]);
  });

  it('comes back by itself with the key of another start', async () => {
    let key = 'j'.repeat(43);
    const { link, sockets, keyless } = linked(() => key);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    link.start();
    await pass(0);
    sockets[0]!.onopen!();
    sockets[0]!.say({ type: 'error', code: 'forbidden' });
    sockets[0]!.close();
    expect(keyless).toEqual([true]);
    key = KEY;
    await pass(2_000);
    sockets[1]!.onopen!();
    expect(JSON.parse(sockets[1]!.sent[0]!)).toMatchObject({ key: KEY });
    sockets[1]!.say(welcome);
    expect(keyless).toEqual([true, false]);
  });

  it('says nothing to a process that took the port while the agent was away', async () => {
    let answer: () => Promise<boolean> = async () => false;
    const { link, sockets, keyless } = linked(undefined, () => answer());
    vi.spyOn(console, 'error').mockImplementation(() => {});
    link.start();
    await pass(10_000);
    expect([sockets, keyless]).toEqual([[], [true]]);
    answer = async () => true;
    await pass(2_000);
    expect(sockets).toHaveLength(1);
  });

  it('asks often whether an agent is back that does not answer at all', async () => {
    let asked = 0;
    const { link, sockets, keyless } = linked(undefined, () => {
      asked += 1;
      return asked < 10 ? Promise.reject(new TypeError('nobody there')) : Promise.resolve(true);
    });
    link.start();
    await pass(6_000);
    expect([asked, sockets.length, keyless]).toEqual([10, 1, []]);
  });

  it('opens no socket once it was stopped', async () => {
    const { link, sockets } = linked();
    link.start();
    await pass(0);
    link.stop();
    await pass(10_000);
    expect(sockets.length).toBe(1);
  });
});
