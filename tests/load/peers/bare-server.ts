/**
 * The peer of the call bench: bare mediasoup with hand-written signalling, doing the least that puts one person's
 * picture on another's page. Same worker, codec, transports, prewarming (transports connected by a silent consumer,
 * consumers pushed already resumed) and audio policy as ours; no names, rights, rosters, tokens or recovery.
 * Roles: `source` sends, `viewer` and `tv` receive after `consume` (or `resume` of what they consumed ahead), `phone` says
 * `tap`, which is relayed to the tv.
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as mediasoup from 'mediasoup';
import { WebSocketServer, type WebSocket } from 'ws';
import { bareCodecs } from './bare-codecs.ts';

const { values: options } = parseArgs({
  options: {
    'page-dir': { type: 'string' },
    port: { type: 'string', default: '0' },
    'media-port': { type: 'string', default: '0' },
  },
});

const worker = await mediasoup.createWorker({ workerBin: process.env.MEDIASOUP_WORKER_BIN, logLevel: 'error' });
const mediaPort = Number(options['media-port']);
const portOption = mediaPort === 0 ? {} : { port: mediaPort };
const rtcServer = await worker.createWebRtcServer({
  listenInfos: [
    { protocol: 'udp', ip: '127.0.0.1', ...portOption },
    { protocol: 'tcp', ip: '127.0.0.1', ...portOption },
  ],
});
const router = await worker.createRouter({ mediaCodecs: bareCodecs });
const silence = await router.createDirectTransport();
const anchor = await silence.produce({
  kind: 'audio',
  rtpParameters: {
    mid: 'a',
    codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc: 11_111 }],
    rtcp: { cname: 'anchor' },
  },
});

type Client = {
  socket: WebSocket;
  role: string;
  transports: Map<string, mediasoup.types.WebRtcTransport>;
  recvId: string;
  consumers: mediasoup.types.Consumer[];
};
const clients = new Set<Client>();
const producers = new Set<mediasoup.types.Producer>();

const http = createServer((request, response) => void serve(request.url ?? '/', response));
async function serve(url: string, response: import('node:http').ServerResponse): Promise<void> {
  const file = url === '/' ? 'index.html' : url.slice(1).split('?')[0]!;
  try {
    const body = await readFile(join(options['page-dir']!, file));
    response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket) => {
  const client: Client = { socket, role: '', transports: new Map(), recvId: '', consumers: [] };
  clients.add(client);
  socket.on('close', () => {
    clients.delete(client);
    for (const transport of client.transports.values()) transport.close();
  });
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    void answer(client, message).then((result) => socket.send(JSON.stringify({ id: message.id, ...result })));
  });
});

async function createTransport(client: Client) {
  const transport = await router.createWebRtcTransport({
    webRtcServer: rtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    initialAvailableOutgoingBitrate: 3_000_000,
  });
  client.transports.set(transport.id, transport);
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  return { transport, parameters: { id, iceParameters, iceCandidates, dtlsParameters } };
}

// biome-ignore lint/suspicious/noExplicitAny: bare on purpose, nothing is parsed
async function answer(client: Client, message: any): Promise<object> {
  switch (message.method) {
    case 'hello': {
      client.role = message.role;
      if (client.role === 'phone') return {};
      const [send, recv] = await Promise.all([createTransport(client), createTransport(client)]);
      client.recvId = recv.transport.id;
      const consumer = await recv.transport.consume({ producerId: anchor.id, rtpCapabilities: router.rtpCapabilities });
      return {
        routerRtpCapabilities: router.rtpCapabilities,
        send: send.parameters,
        recv: recv.parameters,
        anchor: { id: consumer.id, producerId: anchor.id, kind: 'audio', rtpParameters: consumer.rtpParameters },
      };
    }
    case 'connect':
      await client.transports.get(message.transportId)!.connect({ dtlsParameters: message.dtlsParameters });
      return {};
    case 'produce': {
      // as the product asks: what a browser ignores is repeated after a second
      const producer = await client.transports
        .get(message.transportId)!
        .produce({ kind: message.kind, rtpParameters: message.rtpParameters, keyFrameRequestDelay: 350 });
      producers.add(producer);
      producer.observer.on('close', () => producers.delete(producer));
      return { producerId: producer.id };
    }
    case 'consume': {
      const recv = client.transports.get(client.recvId)!;
      const consumers = await Promise.all(
        [...producers].map((producer) =>
          recv.consume({ producerId: producer.id, rtpCapabilities: message.rtpCapabilities, paused: message.paused }),
        ),
      );
      client.consumers = consumers;
      return {
        consumers: consumers.map(({ id, producerId, kind, rtpParameters }) => ({
          id,
          producerId,
          kind,
          rtpParameters,
        })),
      };
    }
    case 'resume':
      for (const consumer of client.consumers) void consumer.resume();
      return {};
    case 'tap':
      for (const each of clients) if (each.role === 'tv') each.socket.send(JSON.stringify({ event: 'tap' }));
      return {};
    default:
      throw new Error(`unknown method ${message.method}`);
  }
}

http.listen(Number(options.port), '127.0.0.1', async () => {
  const dump = await rtcServer.dump();
  const { port } = http.address() as import('node:net').AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}/`, mediaPort: dump.udpSockets[0]!.port, workerPid: worker.pid });
});
process.on('disconnect', () => process.exit(0));
// mediasoup hears SIGTERM too, and closes its worker alone
process.on('SIGTERM', () => process.exit(0));
