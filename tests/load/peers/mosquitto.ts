/**
 * Debian's Mosquitto, as the field's standard broker for the fleet bench: the same TLS, client certificates and messages,
 * no list of rights. What the fleet server does in its own process, a client does here, which is not counted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { freePort } from '../../e2e/free-port.ts';
import { ackOf, isOfRoom } from '../fleet/room-messages.ts';

export type BrokerFiles = { cert: string; key: string; ca: string };

export async function startMosquitto(files: BrokerFiles, client: { cert: string; key: string; clientId: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'maru-mosquitto-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'mosquitto.conf'),
    `user root
listener ${port} 127.0.0.1
cafile ${files.ca}
certfile ${files.cert}
keyfile ${files.key}
require_certificate true
use_identity_as_username true
max_qos 1
message_size_limit 131072
allow_anonymous false
persistence false
log_type error
`,
  );
  const child: ChildProcess = spawn('/usr/sbin/mosquitto', ['-c', join(folder, 'mosquitto.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 100 || child.exitCode !== null) throw new Error('Mosquitto did not start');
    await sleep(100);
  }
  const mqttUrl = `mqtts://127.0.0.1:${port}`;
  const { clientId } = client;
  const credentials = { ca: readFileSync(files.ca), cert: readFileSync(client.cert), key: readFileSync(client.key) };
  const fleet = await connectAsync(mqttUrl, { ...credentials, clientId, protocolVersion: 4, clean: true });
  let receivedCount = 0;
  fleet.on('message', (topic, payload) => {
    if (!isOfRoom(topic)) return;
    const ack = ackOf(topic, payload);
    if (ack) fleet.publish(ack.topic, ack.payload, { qos: 1 });
    // its own acknowledgements come back to it
    if (!topic.endsWith('-ack')) receivedCount += 1;
  });
  await fleet.subscribeAsync('maru/1/rooms/#', { qos: 0 });
  return {
    mqttUrl,
    pid: child.pid!,
    receivedCount: async () => receivedCount,
    async close() {
      await fleet.endAsync(true);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
