/** A room that stops reading holds up nobody else, and what waits for it, however much, ends with its own connection. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientIdOf, topicOf } from '#contract/topics.ts';
import { CertificateAuthority } from '../devices/index.ts';
import { newId } from '../store/index.ts';
import { Broker } from './index.ts';

const MESSAGES = 12_000;
/** as long as the broker waits for a reader */
const DRAINED_WITHIN_MS = 10_000;

const directory = mkdtempSync(join(tmpdir(), 'maru-broker-'));
const authority = new CertificateAuthority({ directory });
const [sleeperId, witnessId] = [newId(), newId()];
let broker: Broker;
let sleeper: MqttClient;
let witness: MqttClient;

beforeAll(async () => {
  await authority.start({ isInUse: false });
  const { keyPem, certificatePem } = await authority.issueServer(['127.0.0.1']);
  broker = new Broker({
    listen: { host: '127.0.0.1', port: 0 },
    tls: { key: keyPem, cert: certificatePem, ca: authority.certificatePem },
    isAccepted: () => true,
    onRefused: () => {},
    logger: pino({ enabled: false }),
  });
  await broker.open();
  await broker.listen();
  [sleeper, witness] = [await open(sleeperId), await open(witnessId)];
});
afterAll(async () => {
  sleeper?.end(true);
  witness?.end(true);
  await broker?.stop();
  rmSync(directory, { recursive: true });
});

test('thousands of messages for who does not read reach nobody late, and end no process', async () => {
  const stream = sleeper.stream as Socket;
  stream.unpipe();
  stream.pause();
  for (let n = 0; n < MESSAGES; n += 1) reply(sleeperId, 'x'.repeat(1_000));
  const arrived = once(witness as unknown as NodeJS.EventEmitter, 'message');
  const sentAtMs = performance.now();
  reply(witnessId, 'for the witness');
  await arrived;
  expect(performance.now() - sentAtMs).toBeLessThan(DRAINED_WITHIN_MS / 2);
  await expect.poll(() => broker.connectedCount, { timeout: 2 * DRAINED_WITHIN_MS }).toBe(1);
  const after = once(witness as unknown as NodeJS.EventEmitter, 'message');
  reply(witnessId, 'and another');
  await after;
});

function reply(roomId: string, message: string): void {
  broker.publish('requestReply', roomId, { name: 'refused', id: null, error: { code: 'bad-message', message } });
}

async function open(roomId: string): Promise<MqttClient> {
  const clientId = clientIdOf('room', roomId);
  const { keyPem, certificatePem } = await authority.issueClientWithKey(clientId);
  const client = connect(`mqtts://127.0.0.1:${broker.port}`, {
    ...{ key: keyPem, cert: certificatePem, ca: authority.certificatePem, clientId },
    ...{ keepalive: 60, protocolVersion: 4, reconnectPeriod: 0 },
  });
  client.on('error', () => {});
  await once(client as unknown as NodeJS.EventEmitter, 'connect');
  await client.subscribeAsync(topicOf('requestReply', roomId), { qos: 1 });
  return client;
}
