import { expect, it } from 'vitest';
import { gatewayIn } from './network-test.ts';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';

it('reads the default route of the kernel’s table', () => {
  const table = `${HEAD}\neth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\neth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
  expect(gatewayIn(table)).toEqual({ outcome: 'passed', message: '192.168.1.1 by eth0' });
});

it('a closed network has none, which is no fault', () => {
  expect(gatewayIn(`${HEAD}\n`).outcome).toBe('skipped');
});
