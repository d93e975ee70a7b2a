/** What is remembered of the browser's capabilities, over a mediasoup-client that only counts how often it is asked. */
import { beforeEach, expect, test, vi } from 'vitest';

type Direction = 'sendonly' | 'recvonly';
type Factory = { getNativeRtpCapabilities: (asked: { direction: Direction }) => Promise<object> };
const mocks = vi.hoisted(() => ({
  capabilitiesOf: vi.fn(),
  detectDevice: vi.fn<() => string | undefined>(),
  factories: [] as (Factory | undefined)[],
}));
vi.mock('mediasoup-client', () => ({
  detectDevice: mocks.detectDevice,
  Device: class {
    constructor({ handlerFactory }: { handlerFactory: Factory | undefined }) {
      mocks.factories.push(handlerFactory);
    }
    load = async () => {};
  },
}));
const handler = vi.hoisted(() => ({
  createFactory: () => ({
    name: 'plain',
    getNativeRtpCapabilities: ({ direction }: { direction: Direction }) => mocks.capabilitiesOf(direction),
  }),
}));
vi.mock('mediasoup-client/handlers/Chrome111', () => ({ Chrome111: handler }));
vi.mock('mediasoup-client/handlers/Firefox120', () => ({ Firefox120: handler }));
vi.mock('mediasoup-client/handlers/Safari12', () => ({ Safari12: handler }));

let rtcDevice: typeof import('./rtc-device.ts');
beforeEach(async () => {
  vi.resetModules();
  mocks.factories.length = 0;
  mocks.capabilitiesOf.mockReset().mockImplementation(async (direction: Direction) => ({ direction }));
  mocks.detectDevice.mockReset().mockReturnValue('Chrome111');
  rtcDevice = await import('./rtc-device.ts');
});
const asked = () => mocks.capabilitiesOf.mock.calls.map(([direction]) => direction as Direction);
async function factory(): Promise<Factory> {
  await rtcDevice.loadDevice({});
  return mocks.factories.at(-1)!;
}

test.each(['Chrome111', 'Firefox120', 'Safari12'])(
  'a browser handled as %s is asked once for each direction, however many devices are loaded',
  async (name) => {
    mocks.detectDevice.mockReturnValue(name);
    rtcDevice.warmUp();
    expect(asked().sort()).toEqual(['recvonly', 'sendonly']);
    for (const made of [await factory(), await factory()])
      for (const direction of ['sendonly', 'recvonly'] as const)
        expect(await made.getNativeRtpCapabilities({ direction })).toEqual({ direction });
    expect(asked().sort()).toEqual(['recvonly', 'sendonly']);
  },
);

test('a direction that failed is asked again, and only until it is known', async () => {
  const made = await factory();
  const ask = (direction: Direction) => made.getNativeRtpCapabilities({ direction });
  mocks.capabilitiesOf.mockRejectedValueOnce(new Error('no peer connection'));
  await expect(ask('sendonly')).rejects.toThrow('no peer connection');
  for (let times = 0; times < 2; times++)
    for (const direction of ['sendonly', 'recvonly'] as const) expect(await ask(direction)).toEqual({ direction });
  expect(asked()).toEqual(['sendonly', 'sendonly', 'recvonly']);
});

test('a browser that mediasoup-client does not name is left to it', async () => {
  mocks.detectDevice.mockReturnValue(undefined);
  vi.stubGlobal('navigator', { userAgent: 'Other' });
  rtcDevice.warmUp();
  expect(await factory()).toBeUndefined();
  vi.stubGlobal('navigator', { userAgent: 'HeadlessChrome/150' });
  vi.resetModules();
  rtcDevice = await import('./rtc-device.ts');
  expect(await factory()).toHaveProperty('name', 'plain');
  vi.unstubAllGlobals();
});
