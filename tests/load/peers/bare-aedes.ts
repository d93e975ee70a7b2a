/**
 * The peer of the fleet bench: bare aedes behind TLS with client certificates, as our broker is: everybody our CA signed comes
 * in, everything may be published, nothing is read but the numbers of events, which are acknowledged as a fleet does.
 * A process of its own: files by environment, counts by IPC.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { ackOf, isOfRoom } from '../fleet/room-messages.ts';

const { MARU_CERT, MARU_KEY, MARU_CA } = process.env as Record<string, string>;
const aedes = new Aedes();
await aedes.listen();
let receivedCount = 0;
aedes.on('publish', (packet, client) => {
  if (client === null || !isOfRoom(packet.topic)) return;
  receivedCount += 1;
  const ack = ackOf(packet.topic, packet.payload);
  if (ack) aedes.publish({ cmd: 'publish', qos: 1, retain: false, dup: false, ...ack }, () => {});
});
const server = createServer(
  {
    cert: readFileSync(MARU_CERT!),
    key: readFileSync(MARU_KEY!),
    ca: readFileSync(MARU_CA!),
    requestCert: true,
    rejectUnauthorized: true,
  },
  (socket) => void aedes.handle(socket),
);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ receivedCount }));
process.on('disconnect', () => process.exit(0));
