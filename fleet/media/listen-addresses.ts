/** Where a worker listens for media, and which addresses are announced to clients. Pure, given the machine's own. */
import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import type { types } from 'mediasoup';

export type ListenAddresses = { listenAddress: string; announcedAddresses: string[] };

/** "All addresses" of either family. */
const ANY = ['0.0.0.0', '::'];

/**
 * On one address: that one, sent as announced. On all addresses: each of the machine's own that is announced, else all
 * but loopback, is bound by itself, so that every candidate is true; an announced address that the machine does not
 * have (NAT) is sent beside one that it has. Names are for signalling alone: a candidate is an address.
 */
export function listenInfos(
  { listenAddress, announcedAddresses }: ListenAddresses,
  port: number,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): types.TransportListenInfo[] {
  const announced = announcedAddresses.filter((address) => isIP(address) !== 0);
  const bindings: Binding[] = ANY.includes(listenAddress)
    ? bindEach(listenAddress, announced, interfaces)
    : [
        {
          ip: listenAddress,
          ...(announced[0] && announced[0] !== listenAddress && { announcedAddress: announced[0] }),
        },
      ];
  return bindings.flatMap((binding) => (['udp', 'tcp'] as const).map((protocol) => ({ ...binding, protocol, port })));
}

type Binding = { ip: string; announcedAddress?: string; exposeInternalIp?: boolean };

function bindEach(
  listenAddress: string,
  announced: string[],
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): Binding[] {
  const family = listenAddress === '::' ? 'IPv6' : 'IPv4';
  const own = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === family);
  const chosen = own.filter(({ address }) => announced.includes(address));
  const bound = chosen.length > 0 ? chosen : own.filter(({ internal }) => !internal);
  const foreign = announced.filter(
    (address) => isIP(address) === (family === 'IPv6' ? 6 : 4) && !own.some((mine) => mine.address === address),
  );
  if (bound.length === 0)
    // the machine's network is not up yet: the announced address is served on whatever comes, not on loopback alone
    return foreign[0]
      ? [{ ip: listenAddress, announcedAddress: foreign[0] }]
      : [{ ip: family === 'IPv6' ? '::1' : '127.0.0.1' }];
  return bound.map(({ address }, index) => ({
    ip: address,
    ...(foreign[index] && { announcedAddress: foreign[index], exposeInternalIp: true }),
  }));
}

/** The addresses that clients receive as candidates. */
export const candidateAddresses = (infos: types.TransportListenInfo[]): Set<string> =>
  new Set(
    infos.flatMap(({ ip, announcedAddress, exposeInternalIp }) => [
      ...(announcedAddress === undefined || exposeInternalIp ? [ip] : []),
      ...(announcedAddress === undefined ? [] : [announcedAddress]),
    ]),
  );
