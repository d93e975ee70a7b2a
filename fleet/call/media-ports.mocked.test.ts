/** Whether a page reaches a node's ports, over transports without WebRTC and a node in memory. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MediaPorts } from './media-ports.ts';
import { FakeNode } from './testing/fake-node.ts';
import { fakeTrack } from './testing/fake-media.ts';

const loadDevice = vi.hoisted(() => vi.fn<() => Promise<unknown>>());
vi.mock('./rtc-device.ts', () => ({ loadDevice }));

class Transport extends EventEmitter {
  readonly id: string;
  readonly protocols: string[];
  closed = false;
  constructor({ id, iceCandidates }: { id: string; iceCandidates: { protocol: string }[] }) {
    super();
    this.id = id;
    this.protocols = iceCandidates.map(({ protocol }) => protocol);
  }
  consume = async () => ({ track: fakeTrack('audio') });
  produce = (): Promise<unknown> =>
    new Promise((done) => this.emit('produce', { kind: 'audio', rtpParameters: {}, appData: {} }, done));
  close(): void {
    this.closed = true;
  }
}

let node: FakeNode;
let made: Record<'udp' | 'tcp', Transport>;
let ports: MediaPorts;
beforeEach(() => {
  vi.useFakeTimers();
  node = new FakeNode();
  made = {} as typeof made;
  const address = '192.0.2.1';
  const iceCandidates = (['udp', 'tcp'] as const).map((protocol) => ({
    ...{ foundation: protocol, priority: 1, address, ip: address, port: 7410, type: 'host' as const },
    protocol,
  }));
  const setup = node.setup.bind(node);
  node.setup = () => {
    const { send, recv, ...rest } = setup();
    return { ...rest, send: { ...send, iceCandidates }, recv: { ...recv, iceCandidates } };
  };
  const create = (protocol: 'udp' | 'tcp') => (options: ConstructorParameters<typeof Transport>[0]) => {
    made[protocol] = new Transport(options);
    return made[protocol];
  };
  loadDevice.mockReset().mockImplementation(async () => ({
    createRecvTransport: create('udp'),
    createSendTransport: create('tcp'),
  }));
  ports = new MediaPorts({ grant: node.grant(), openSocket: node.open });
});
afterEach(async () => {
  ports.close();
  await pass(100);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
let answers: string[];
/** Keeps each answer as it comes. */
function ask(): void {
  answers = [];
  for (const protocol of ['udp', 'tcp'] as const)
    void ports.reaches(protocol).then(
      (reached) => answers.push(`${protocol} ${reached}`),
      ({ code }: { code: string }) => answers.push(`${protocol} ${code}`),
    );
}

it('each port is tried by a transport with its candidates alone, over one place', async () => {
  ask();
  await pass(100);
  expect([made.udp.protocols, made.tcp.protocols, node.methods()]).toEqual([['udp'], ['tcp'], ['hello']]);
  made.udp.emit('connectionstatechange', 'connecting');
  made.udp.emit('connectionstatechange', 'connected');
  await pass(0);
  expect(answers).toEqual(['udp true']);
  made.tcp.emit('connectionstatechange', 'failed');
  await pass(0);
  expect(answers).toEqual(['udp true', 'tcp false']);
});

it('a port that is not reached within six seconds is not reached', async () => {
  ask();
  await pass(5_990);
  expect(answers).toEqual([]);
  await pass(100);
  expect(answers).toEqual(['udp false', 'tcp false']);
});

it('where nobody answers within four seconds neither is', async () => {
  node.network = 'stalled';
  ask();
  await pass(3_999);
  expect(answers).toEqual([]);
  await pass(1);
  expect(answers).toEqual(['udp false', 'tcp false']);
});

it('an end in between ends both at once, closes the transports and gives the place up', async () => {
  ask();
  await pass(100);
  ports.close();
  await pass(0);
  expect([answers, made.udp.closed, made.tcp.closed]).toEqual([['udp false', 'tcp false'], true, true]);
  expect(node.methods()).toEqual(['hello', 'leave-call']);
});
