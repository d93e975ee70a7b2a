/**
 * The peer of the tap-to-paint figure: a phone's WebSocket to a server, MQTT over TLS from there to a box, a WebSocket
 * from there to a page, and all the way back; nothing is parsed, checked or stored on the way.
 */
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { WebSocket, WebSocketServer } from 'ws';

export type BareRelay = { roundTripMs: () => Promise<number>; close: () => Promise<void> };

/** @param tls throwaway key and certificate of the bench's own */
export async function startBareRelay(tls: { key: string; cert: string }): Promise<BareRelay> {
  const broker = await Aedes.createBroker();
  const server = createTlsServer({ key: tls.key, cert: tls.cert, noDelay: true }, (socket) => broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `mqtts://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // the certificate names 127.0.0.1, so nothing is forgiven here either
  const connect = async () => {
    const client = await mqtt.connectAsync(url, { ca: tls.cert });
    (client.stream as TLSSocket).setNoDelay(true);
    return client;
  };

  // the box: MQTT on one side, the page's WebSocket on the other
  const box = await connect();
  const boxSockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await new Promise((resolve) => boxSockets.once('listening', resolve));
  boxSockets.on('connection', (page) => {
    box.on('message', (_topic, payload) => page.send(payload.toString()));
    page.on('message', (data) => box.publish('up', String(data), { qos: 1 }));
  });
  await box.subscribeAsync('down', { qos: 1 });
  const page = new WebSocket(`ws://127.0.0.1:${(boxSockets.address() as AddressInfo).port}`);
  page.on('message', (data) => page.send(String(data)));
  await new Promise((resolve) => page.once('open', resolve));

  // the server: the phone's WebSocket on one side, the broker in its own process on the other
  const phoneSockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  phoneSockets.on('connection', (phone) => {
    phone.on('message', (data) => {
      broker.publish(
        { cmd: 'publish', topic: 'down', payload: Buffer.from(String(data)), qos: 1, retain: false, dup: false },
        () => {},
      );
    });
    void broker.subscribe(
      'up',
      (packet, done) => {
        phone.send(String(packet.payload));
        done();
      },
      () => {},
    );
  });
  await new Promise((resolve) => phoneSockets.once('listening', resolve));
  const phone = new WebSocket(`ws://127.0.0.1:${(phoneSockets.address() as AddressInfo).port}`);
  await new Promise((resolve) => phone.once('open', resolve));

  return {
    async roundTripMs() {
      const before = performance.now();
      phone.send(JSON.stringify({ at: before }));
      await new Promise((resolve) => phone.once('message', resolve));
      return performance.now() - before;
    },
    async close() {
      phone.close();
      page.close();
      await box.endAsync(true);
      phoneSockets.close();
      boxSockets.close();
      server.close();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}
