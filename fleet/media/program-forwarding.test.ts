/** Which producers go to a packager's port, over a worker by hand that is slow, or fails. */
import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Peer } from './peer.ts';
import { ProgramForwarding } from './program-forwarding.ts';

class Transport extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly consumed: string[] = [];
  closed = false;
  connect = vi.fn(async (_: object) => {});
  consume = async ({ producerId }: { producerId: string }) => void this.consumed.push(producerId);
}

const mediaWorker = {
  ask: (work: () => unknown) => work(),
  close: (transport: Transport) => {
    transport.closed = true;
    transport.observer.emit('close');
  },
};
let transports: Transport[];
/** when a transport is made */
let made: Promise<unknown>;
const router = {
  rtpCapabilities: { codecs: [] },
  createPlainTransport: async () => {
    await made;
    const transport = new Transport();
    transports.push(transport);
    return transport;
  },
};
type Is = { peerKind?: string; broadcastId?: string; stage?: string; sources?: string[] };
const peerWith = (name: string, is: Is = {}): Peer => {
  const { peerKind = 'program', broadcastId = 'b', stage = 'joined', sources = ['program-sound', 'program'] } = is;
  return {
    isProgram: peerKind === 'program',
    claims: { broadcastId },
    stage,
    producerOf: (source: string) =>
      sources.includes(source)
        ? { producer: { id: `${name} ${source}` }, callRouter: { mediaWorker, router } }
        : undefined,
  } as unknown as Peer;
};
let peers: Peer[];
let ports: Map<string, number>;
let programs: ProgramForwarding;
beforeEach(() => {
  vi.useFakeTimers();
  [transports, made, peers, ports] = [[], Promise.resolve(), [], new Map([['b', 9_000]])];
  programs = new ProgramForwarding({ peers: () => peers, ports: () => ports, logger: pino({ level: 'silent' }) });
});
afterEach(() => {
  programs.close();
  expect([vi.getTimerCount(), transports.filter(({ closed }) => !closed)]).toEqual([0, []]);
  vi.useRealTimers();
});
const settled = () => vi.advanceTimersByTimeAsync(0);

it.each<[string, Is, boolean]>([
  ['a program of the broadcast', {}, true],
  ['a program of another broadcast', { broadcastId: 'other' }, false],
  ['a participant', { peerKind: 'person' }, false],
  ['a program that has not joined', { stage: 'prepared' }, false],
  ['a program without sound', { sources: ['program'] }, false],
  ['a program without a picture', { sources: ['program-sound'] }, false],
])('%s is sent: %j: %s', async (_, is, isSent) => {
  peers = [peerWith('p', is)];
  programs.touch();
  await settled();
  expect(transports.map(({ consumed }) => consumed)).toEqual(isSent ? [['p program-sound', 'p program']] : []);
});

it('the newest of several is sent to the port', async () => {
  peers = [peerWith('p'), peerWith('q'), peerWith('r', { sources: [] })];
  programs.touch();
  await settled();
  expect(transports.map(({ consumed }) => consumed[0])).toEqual(['q program-sound']);
  expect(transports[0]!.connect.mock.calls).toEqual([[{ ip: '127.0.0.1', port: 9_000 }]]);
});

it('a transport that is not wanted any more as it comes is closed, and sends nothing', async () => {
  let done = (): void => {};
  made = new Promise<void>((resolve) => {
    done = resolve;
  });
  peers = [peerWith('p')];
  programs.touch();
  ports.clear();
  programs.touch();
  done();
  await settled();
  expect(transports.map(({ closed, consumed }) => [closed, consumed])).toEqual([[true, []]]);
});

it('one that cannot be made is tried again after half a second, unless the call is over', async () => {
  made = Promise.reject(new Error('no port'));
  made.catch(() => {});
  peers = [peerWith('p')];
  programs.touch();
  await settled();
  made = Promise.resolve();
  await vi.advanceTimersByTimeAsync(499);
  expect(transports).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(transports.map(({ closed }) => closed)).toEqual([false]);
});
