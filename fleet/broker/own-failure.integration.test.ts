/** What throws while the broker serves a connection, a bug of ours, ends that connection alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectMqtt, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { clientIdOf, topicOf } from '#contract/topics.ts';
import { CertificateAuthority } from '../devices/index.ts';
import { newId } from '../store/index.ts';
import { Broker } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'maru-broker-'));
const logged: string[] = [];
const [unlucky, witnessId] = [newId(), newId()];
const authority = new CertificateAuthority({ directory });
/** what throws for the unlucky room */
let failing: 'isAccepted' | 'onCame' | 'onRefused' | 'presence' | 'subscribed' | 'message' | null = null;
const fail = (where: typeof failing, identity: string | null): void => {
  if (failing === where && identity === clientIdOf('room', unlucky)) throw new Error(`our bug in ${where}`);
};
let broker: Broker;
let witness: MqttClient;

beforeAll(async () => {
  await authority.start({ isInUse: false });
  const { keyPem, certificatePem } = await authority.issueServer(['127.0.0.1']);
  broker = new Broker({
    listen: { host: '127.0.0.1', port: 0 },
    tls: { key: keyPem, cert: certificatePem, ca: authority.certificatePem },
    isAccepted: (identity) => {
      fail('isAccepted', identity);
      return true;
    },
    onCame: (identity) => fail('onCame', identity),
    onRefused: ({ identity }) => fail('onRefused', identity),
    logger: pino({}, { write: (line: string) => logged.push(line) }),
  });
  await broker.open();
  broker.onPresence(({ id }) => fail('presence', clientIdOf('room', id)));
  broker.onSubscribed(({ id }) => fail('subscribed', clientIdOf('room', id)));
  broker.on('presence', (id) => fail('message', clientIdOf('room', id)));
  await broker.listen();
  witness = await connect(witnessId);
});
beforeEach(() => {
  failing = null;
  logged.length = 0;
});
afterAll(async () => {
  witness?.end(true);
  await broker?.stop();
  rmSync(directory, { recursive: true });
});

async function connect(roomId: string): Promise<MqttClient> {
  const clientId = clientIdOf('room', roomId);
  const { keyPem, certificatePem } = await authority.issueClientWithKey(clientId);
  const client = connectMqtt(`mqtts://127.0.0.1:${broker.port}`, {
    ...{ key: keyPem, cert: certificatePem, ca: authority.certificatePem, clientId },
    ...{ keepalive: 5, protocolVersion: 4, reconnectPeriod: 0, connectTimeout: 2_000 },
  });
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('close', () => reject(new Error('closed')));
  });
  return client;
}
/** Everything that a room does, as far as it gets. */
async function useBroker(): Promise<void> {
  const client = await connect(unlucky);
  await client.subscribeAsync(topicOf('command', unlucky), { qos: 1 });
  const presence = JSON.stringify({ protocol: PROTOCOL_VERSION, online: true, epoch: 1, asOfMs: Date.now() });
  await client.publishAsync(topicOf('presence', unlucky), presence, { qos: 1, retain: true });
  await client.subscribeAsync('#').catch(() => {});
  await client.endAsync(true);
}

test.each(['isAccepted', 'onCame', 'onRefused', 'presence', 'subscribed', 'message'] as const)(
  'an exception in %s',
  async (where) => {
    failing = where;
    await useBroker().catch(() => {});
    expect(logged.join('')).toContain(`our bug in ${where}`);
    expect(witness.connected).toBe(true);
    failing = null;
    await useBroker();
    await expect.poll(() => broker.connectedCount).toBe(1);
  },
);
