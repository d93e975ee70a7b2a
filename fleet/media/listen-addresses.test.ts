import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { candidateAddresses, listenInfos } from './listen-addresses.ts';

const address = (ip: string, internal = false): NetworkInterfaceInfo =>
  ({
    address: ip,
    family: ip.includes(':') ? 'IPv6' : 'IPv4',
    internal,
    netmask: '',
    mac: '',
    cidr: null,
    scopeid: 0,
  }) as NetworkInterfaceInfo;
const machine = {
  lo: [address('127.0.0.1', true)],
  eth0: [address('10.0.0.5'), address('fe80::1')],
  eth1: [address('192.168.1.5')],
};
const udp = (listenAddress: string, announcedAddresses: string[] = []) =>
  listenInfos({ listenAddress, announcedAddresses }, 7410, machine)
    .filter(({ protocol }) => protocol === 'udp')
    .map(({ ip, announcedAddress }) => (announcedAddress ? `${ip} as ${announcedAddress}` : ip));

describe('where media is listened for', () => {
  test('one address is bound alone, on UDP and TCP', () => {
    expect(listenInfos({ listenAddress: '127.0.0.1', announcedAddresses: [] }, 7410, machine)).toEqual([
      { ip: '127.0.0.1', protocol: 'udp', port: 7410 },
      { ip: '127.0.0.1', protocol: 'tcp', port: 7410 },
    ]);
  });
  test('one address behind NAT is told as the other', () =>
    expect(udp('10.0.0.5', ['203.0.113.9'])).toEqual(['10.0.0.5 as 203.0.113.9']));
  test('all: each own address but loopback', () => expect(udp('0.0.0.0')).toEqual(['10.0.0.5', '192.168.1.5']));
  test('all: only the announced of the own', () => expect(udp('0.0.0.0', ['192.168.1.5'])).toEqual(['192.168.1.5']));
  test('all: a name is no candidate', () =>
    expect(udp('0.0.0.0', ['maru.example'])).toEqual(['10.0.0.5', '192.168.1.5']));
  test('all behind NAT', () =>
    expect(udp('0.0.0.0', ['203.0.113.9'])).toEqual(['10.0.0.5 as 203.0.113.9', '192.168.1.5']));
  test('all, before the network is up: the announced address is served on what comes', () => {
    const [info] = listenInfos({ listenAddress: '0.0.0.0', announcedAddresses: ['10.0.0.5'] }, 1, { lo: machine.lo });
    expect(info).toMatchObject({ ip: '0.0.0.0', announcedAddress: '10.0.0.5' });
    expect(candidateAddresses([info!])).toEqual(new Set(['10.0.0.5']));
  });
  test('a machine without a network serves itself', () => {
    expect(listenInfos({ listenAddress: '0.0.0.0', announcedAddresses: [] }, 1, { lo: machine.lo })[0]).toMatchObject({
      ip: '127.0.0.1',
    });
  });
});
