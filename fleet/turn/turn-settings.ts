/** coturn's configuration file: TURN over TLS alone, for holders of our credentials alone, to our media nodes alone. Pure. */

export type TurnSettings = {
  /** of this machine */
  address: string;
  port: number;
  tls: { cert: string; key: string };
  secret: string;
  /** the addresses of media nodes, the only peers that are relayed to */
  peers: readonly string[];
  pidFile: string;
  databaseFile: string;
};

/** Of one credential: sending and receiving transport, over each of its addresses and after each change of network. */
const ALLOCATIONS_OF_ONE = 24;
const ALLOCATIONS_OF_ALL = 2_400;
const NONCE_LIFE_SECONDS = 600;

export function turnConfiguration({ address, port, tls, secret, peers, pidFile, databaseFile }: TurnSettings): string {
  return `${[
    '# Written by the fleet server at each start. It holds a secret.',
    `listening-ip=${address}`,
    `tls-listening-port=${port}`,
    // TLS alone: a firewall that looks inside lets nothing else through, and a name and password never travel openly
    'no-udp',
    'no-tcp',
    'no-dtls',
    'no-tlsv1',
    'no-tlsv1_1',
    `cert=${tls.cert}`,
    `pkey=${tls.key}`,
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'realm=maru',
    'fingerprint',
    `stale-nonce=${NONCE_LIFE_SECONDS}`,
    `user-quota=${ALLOCATIONS_OF_ONE}`,
    `total-quota=${ALLOCATIONS_OF_ALL}`,
    // what is allowed by address is allowed before what is denied
    ...peers.map((peer) => `allowed-peer-ip=${peer}`),
    'denied-peer-ip=0.0.0.0-255.255.255.255',
    'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'no-multicast-peers',
    'no-tcp-relay',
    'no-cli',
    'no-rfc5780',
    'no-software-attribute',
    'simple-log',
    'log-file=stdout',
    `pidfile=${pidFile}`,
    `userdb=${databaseFile}`,
  ].join('\n')}\n`;
}
