/** For the tests of this folder: where the plain transports of routers send to. */
import type { types } from 'mediasoup';

type Inside = { transportsForTesting: ReadonlyMap<string, types.Transport> };

export const openPorts = (routers: readonly types.Router[]): number[] =>
  routers
    .flatMap((router) => [...(router as unknown as Inside).transportsForTesting.values()])
    .flatMap((transport) =>
      transport.type === 'plain' ? [(transport as types.PlainTransport).tuple.remotePort ?? 0] : [],
    );
