/** A media node as a process: renewed files are used without a restart, for signalling and for its line to the fleet. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { OfficeCa } from '#edge/office-ca-under-test.ts';

const HOST = '127.0.0.1';
/** the files are looked at every ten seconds */
const LOOKED = { timeout: 25_000 };
const folder = mkdtempSync(join(tmpdir(), 'maru-renewed-'));
const file = (name: string): string => join(folder, name);
let ca: OfficeCa;
let broker: Server;
let aedes: Aedes;
let node: ChildProcess;
let signalingUrl: string;
/** of the certificates that came to the broker, in order */
const clientSerials: string[] = [];
const brokerSockets = new Set<TLSSocket>();

/** As IT's tools do it: whole files, one after the other. */
function place(cert: string, key: string, pair: { certPem: string; keyPem: string }): void {
  for (const [name, pem] of [
    [key, pair.keyPem],
    [cert, pair.certPem],
  ] as const) {
    writeFileSync(file('new'), pem, { mode: 0o600 });
    renameSync(file('new'), file(name));
  }
}

beforeAll(async () => {
  ca = await OfficeCa.create();
  place('signaling.crt', 'signaling.key', await ca.issue(HOST));
  place('cert.pem', 'key.pem', await ca.issue('node'));
  writeFileSync(file('ca.pem'), ca.pem);
  writeFileSync(file('nodeId'), uuidv7());
  aedes = await Aedes.createBroker();
  const { certPem, keyPem } = await ca.issue(HOST);
  // client certificates of this CA are for servers, which is not the point here
  broker = createServer({ cert: certPem, key: keyPem, requestCert: true, rejectUnauthorized: false }, (socket) => {
    clientSerials.push(socket.getPeerCertificate().serialNumber);
    brokerSockets.add(socket);
    socket.on('close', () => brokerSockets.delete(socket));
    aedes.handle(socket);
  });
  broker.listen(0, HOST);
  await once(broker, 'listening');
  node = fork(
    join(import.meta.dirname, 'main.ts'),
    [
      ...['--credentials', folder, '--mqtt-url', `mqtts://${HOST}:${(broker.address() as AddressInfo).port}`],
      ...['--signaling-port', '0', '--media-port-base', '0', '--workers', '1', '--json-logs'],
      ...['--tls-cert', file('signaling.crt'), '--tls-key', file('signaling.key')],
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  const [ready] = await once(node, 'message');
  signalingUrl = (ready as { signalingUrl: string }).signalingUrl;
});
afterAll(async () => {
  if (node?.exitCode === null) {
    node.kill('SIGTERM');
    await once(node, 'exit');
  }
  for (const socket of brokerSockets) socket.destroy();
  broker?.close();
  await new Promise<void>((resolve) => aedes.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

async function servedSerial(): Promise<string> {
  const socket = connect({ host: HOST, port: Number(new URL(signalingUrl).port), ca: ca.pem });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}
async function health(): Promise<string> {
  const call = request(signalingUrl.replace('wss:', 'https:').replace('/signaling', '/healthz'), { ca: ca.pem });
  call.end();
  const [response] = await once(call, 'response');
  return text(response);
}

test('signalling serves with a renewed certificate; half of a pair changes nothing, and health names it', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: ca.pem });
  const serialOnStanding = async (): Promise<string> => {
    const call = request(signalingUrl.replace('wss:', 'https:').replace('/signaling', '/healthz'), { agent });
    call.end();
    const [response] = await once(call, 'response');
    await text(response);
    return (call.socket as TLSSocket).getPeerCertificate().serialNumber;
  };
  const before = await servedSerial();
  const talking = setInterval(() => void serialOnStanding().catch(() => {}), 1_000);
  expect(await serialOnStanding()).toBe(before);
  const next = await ca.issue(HOST);
  writeFileSync(file('signaling.key'), next.keyPem);
  await expect.poll(health, LOOKED).toContain('certificate for signalling: key-mismatch');
  expect(await servedSerial()).toBe(before);
  writeFileSync(file('signaling.crt'), next.certPem);
  await expect.poll(servedSerial, LOOKED).not.toBe(before);
  expect(await health()).not.toContain('certificate');
  // the connection that stood goes on
  expect(await serialOnStanding()).toBe(before);
  clearInterval(talking);
  agent.destroy();
}, 90_000);

test('the line to the fleet comes back by a renewed client certificate; until it breaks it stands', async () => {
  await expect.poll(() => brokerSockets.size).toBe(1);
  const connections = clientSerials.length;
  place('cert.pem', 'key.pem', await ca.issue('node'));
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect([clientSerials.length, brokerSockets.size]).toEqual([connections, 1]);
  for (const socket of brokerSockets) socket.destroy();
  await expect.poll(() => clientSerials.length).toBe(connections + 1);
  expect(clientSerials.at(-1)).not.toBe(clientSerials.at(-2));
});
