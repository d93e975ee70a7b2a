/** The node's line to its fleet on a clock that is moved by hand; the test is the broker's end of the line. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import type { CallEvent, NodeRegistration } from '#contract/node-link.ts';
import type { FleetKeys } from '#contract/topics.ts';
import type { MqttLineOptions } from '#edge/mqtt-line.ts';
import { NodeLink } from './node-link.ts';

type LineOptions = MqttLineOptions<'registration'>;
type Line = { options: LineOptions; online: boolean; isStopped: boolean };
/** in the order in which they were published */
const published = vi.hoisted(() => [] as string[]);
const lines = vi.hoisted(() => [] as Line[]);
vi.mock('#edge/mqtt-line.ts', () => ({
  MqttLine: class {
    online = false;
    isStopped = false;
    readonly options: LineOptions;
    constructor(options: LineOptions) {
      this.options = options;
      lines.push(this);
    }
    start = () => {};
    stop = async () => {
      this.isStopped = true;
      published.push('goodbye');
    };
    publish = async (name: string, { events, ...rest }: { events?: CallEvent[] }) =>
      void published.push(`${name} ${events?.map(({ eventId }) => eventId).join() ?? JSON.stringify(rest)}`);
    publishPresence = async () => void published.push('registration');
  },
}));

let link: NodeLink;
let line: Line;
const onHeard = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  published.length = 0;
  onHeard.mockClear();
  link = new NodeLink({
    mqttUrl: 'mqtt://127.0.0.1:1',
    credentials: { nodeId: 'node', key: 'key', cert: 'cert', ca: 'ca' },
    registration: () => ({}) as NodeRegistration,
    onKeys: () => {},
    onCommand: () => {},
    onHeard,
    qualities: async () => [],
    logger: pino({ level: 'silent' }),
  });
  line = lines.at(-1)!;
  link.start();
  connect(true);
  onHeard.mockClear();
});
afterEach(async () => {
  await link.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
function connect(isOnline: boolean): void {
  line.online = isOnline;
  line.options.onOnline(isOnline);
}
const happened = (eventId: string) => link.happened({ eventId } as CallEvent);
const registrations = () => published.filter((each) => each === 'registration').length;

describe('the registration', () => {
  test('follows a change within a fifth of a second, and the next changes together half a second later', async () => {
    await pass(1_000);
    link.loadChanged();
    await pass(199);
    expect(registrations()).toBe(0);
    await pass(1);
    expect(registrations()).toBe(1);
    link.loadChanged();
    await pass(300);
    link.loadChanged();
    await pass(199);
    expect(registrations()).toBe(1);
    await pass(1);
    expect(registrations()).toBe(2);
    await pass(2_000);
    expect(registrations()).toBe(2);
  });

  test('is published every ten seconds, though nothing changes', async () => {
    await pass(9_999);
    expect(registrations()).toBe(0);
    await pass(1);
    expect(registrations()).toBe(1);
    await pass(10_000);
    expect(registrations()).toBe(2);
  });

  test.each([
    ['a change waits to be published', () => link.loadChanged()],
    ['nothing waits', () => {}],
  ])('does not follow the goodbye, though clients are closed while the node stops: %s', async (_, before) => {
    before();
    await link.stop();
    link.loadChanged();
    await pass(20_000);
    expect(published).toEqual(['goodbye']);
  });
});

describe('events', () => {
  test('are sent again every five seconds until they are acknowledged', async () => {
    happened('a');
    happened('b');
    await pass(5_000);
    expect(published).toEqual(['callEvents a,b', 'callEvents a,b']);
    line.options.handlers.eventAcks!({ eventIds: ['a'] }, false);
    await pass(5_000);
    expect(published.slice(2)).toEqual(['callEvents b', 'registration']);
    line.options.handlers.eventAcks!({ eventIds: ['b'] }, false);
    await pass(5_000);
    expect(published.slice(4)).toEqual([]);
  });

  test('are sent again as the line is back, and the last of them before the goodbye', async () => {
    happened('a');
    connect(false);
    connect(true);
    expect(published).toEqual(['callEvents a']);
    happened('b');
    await link.stop();
    expect(published).toEqual(['callEvents a', 'callEvents b', 'goodbye']);
  });
});

test('the fleet is answered at once what the clock is here', () => {
  vi.setSystemTime(1_000_000);
  line.options.handlers.eventAcks!({ eventIds: [], sentAtMs: 990_000 }, false);
  const clock = { sentAtMs: 990_000, receivedAtMs: 1_000_000 };
  expect(published).toEqual([`callQualities ${JSON.stringify({ atMs: 1_000_000, clock, peers: [] })}`]);
});

describe('the fleet counts as there', () => {
  const keys = {} as FleetKeys;
  test.each<[string, (options: LineOptions) => void]>([
    ['keys', ({ handlers }) => handlers.keys!(keys, true)],
    ['acknowledgements', ({ handlers }) => handlers.eventAcks!({ eventIds: [] }, false)],
    ['a command', ({ handlers }) => handlers.nodeCommand!({ name: 'end-call', callId: 'c' }, false)],
    ['a message of another release', ({ onOtherProtocol }) => onOtherProtocol!('keys', {}, 'server-too-old')],
    ['a message that cannot be read', ({ onUnreadable }) => onUnreadable!('keys', {}, new Error() as never)],
  ])('by %s', (_, receive) => {
    connect(false);
    onHeard.mockClear();
    receive(line.options);
    expect(onHeard).toHaveBeenCalledOnce();
  });

  test('by the line while it stands, and not while it is down', async () => {
    await pass(5_000);
    expect(onHeard).toHaveBeenCalledTimes(1);
    connect(false);
    await pass(60_000);
    expect(onHeard).toHaveBeenCalledTimes(1);
    connect(true);
    expect(onHeard).toHaveBeenCalledTimes(2);
  });
});

test.each<[string, () => void]>([
  ['its keys can be read', () => line.options.handlers.keys!({} as FleetKeys, true)],
  ['the line is made anew', () => connect(true)],
])('the refusal of another release is named until %s', (_, heal) => {
  line.options.onOtherProtocol!('keys', {}, 'server-too-old');
  expect(link.refusal).toBe('server-too-old');
  heal();
  expect(link.refusal).toBeNull();
});

test('a renewed certificate is that of the next connection, with the rest as it was', () => {
  link.renewCredentials({ key: 'key-2', cert: 'cert-2' });
  expect(line.options.credentials()).toMatchObject({ key: 'key-2', cert: 'cert-2', ca: 'ca' });
});
