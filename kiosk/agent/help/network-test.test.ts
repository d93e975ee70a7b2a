import { expect, it, vi } from 'vitest';
import { gatewayIn, type NetworkTestOptions, testNetwork } from './network-test.ts';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';

it('reads the default route of the kernel’s table', () => {
  const table = `${HEAD}\neth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\neth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
  expect(gatewayIn(table)).toEqual({ outcome: 'passed', message: '192.168.1.1 by eth0' });
});

it('a closed network has none, which is no fault', () => {
  expect(gatewayIn(`${HEAD}\n`).outcome).toBe('skipped');
});

/** Of a fleet that nobody answers for. */
const optionsOf = (over: Partial<NetworkTestOptions>): NetworkTestOptions => ({
  identity: {
    deviceApiUrl: 'https://127.0.0.1:1',
    mqttUrl: 'mqtts://127.0.0.1:1',
    caPem: '',
    keyPem: '',
    certificatePem: '',
  } as NetworkTestOptions['identity'],
  signalingUrls: [],
  probeMedia: null,
  clockOffMs: () => 2_000,
  clockOffMaxMs: 2_000,
  signal: new AbortController().signal,
  ...over,
});
const all = ['link', 'gateway', 'name', 'fleet-http', 'fleet-mqtt', 'signaling', 'media-udp', 'time'];

it('looks at one thing after the other, and waits for each', async () => {
  const probe = Promise.withResolvers<'reached'>();
  const tested = testNetwork(
    optionsOf({
      probeMedia: () => {
        setTimeout(() => probe.resolve('reached'), 20);
        return probe.promise;
      },
    }),
  );
  const checks = await tested;
  expect(checks.map(({ check }) => check)).toEqual(all);
  expect(checks.slice(3).map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'skipped', 'passed', 'passed']);
});

it('a clock that is off by more than may be is a fault, and one that nobody compared is none', async () => {
  const timeOf = async (offMs: number | null) =>
    (await testNetwork(optionsOf({ clockOffMs: () => offMs }))).at(-1)!.outcome;
  expect([await timeOf(-2_000), await timeOf(-2_001), await timeOf(null)]).toEqual(['passed', 'failed', 'skipped']);
});

it('given up it looks at nothing more', async () => {
  const stop = new AbortController();
  const clockOffMs = vi.fn(() => 0);
  const probeMedia = async () => {
    stop.abort();
    return 'reached' as const;
  };
  const checks = await testNetwork(optionsOf({ probeMedia, clockOffMs, signal: stop.signal }));
  expect(checks.map(({ check }) => check)).toEqual(all.slice(0, -1));
  expect(clockOffMs).not.toHaveBeenCalled();
});
