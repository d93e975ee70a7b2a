/** Bytes by hand from the command line: one client for each wire, for looking at what a server does with them. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { targetOf } from './byte-stream.ts';
import { exchangeHttp, httpRequest } from './raw-http.ts';
import { RawMqtt } from './raw-mqtt.ts';
import { RawWebSocket } from './raw-websocket.ts';

const help = `One client of raw bytes for each wire.

  node_modules/.bin/node tests/simulators/raw/main.ts http URL [--method M] [--body TEXT] [--header 'Name: value']
  node_modules/.bin/node tests/simulators/raw/main.ts websocket URL --send TEXT [--send TEXT] [--origin ORIGIN]
  node_modules/.bin/node tests/simulators/raw/main.ts mqtt URL --client-id ID [--cert F --key F] [--subscribe TOPIC]

  --ca F          the CA to trust (PEM)
  --watch-ms N    how long to print what comes (2000)`;

const { wire, url, ...values } = readCommandLine(help, (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      method: { type: 'string', default: 'GET' },
      body: { type: 'string', default: '' },
      header: { type: 'string', multiple: true, default: [] },
      send: { type: 'string', multiple: true, default: [] },
      origin: { type: 'string' },
      'client-id': { type: 'string', default: '' },
      cert: { type: 'string' },
      key: { type: 'string' },
      ca: { type: 'string' },
      subscribe: { type: 'string', multiple: true, default: [] },
      'watch-ms': { type: 'string', default: '2000' },
    },
  });
  const [wire, url] = positionals;
  if (url === undefined || (wire !== 'http' && wire !== 'websocket' && wire !== 'mqtt'))
    throw new Error('a wire is needed, and an address');
  return { ...values, wire, url };
});
const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'));
const watchMs = Number(values['watch-ms']);

if (wire === 'http') {
  const { host, pathname, search } = new URL(url);
  const headers = Object.fromEntries(
    values.header.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  console.log(
    await exchangeHttp(
      targetOf(url, { ca: read(values.ca) }),
      httpRequest(values.method, pathname + search, { host, ...headers }, values.body),
    ),
  );
} else if (wire === 'websocket') {
  const socket = await RawWebSocket.open(url, { origin: values.origin, ca: read(values.ca) });
  for (const text of values.send) socket.sendText(text);
  await print(async () => {
    const { opcode, payload } = await socket.nextFrame(watchMs);
    return `opcode ${opcode}: ${opcode === 8 && payload.length >= 2 ? `${payload.readUInt16BE()} ${payload.subarray(2)}` : payload}`;
  });
  socket.close();
} else if (wire === 'mqtt') {
  const target = targetOf(url);
  const client = await RawMqtt.open({
    ...target,
    tls: { ca: read(values.ca), cert: read(values.cert), key: read(values.key) },
  });
  console.log(`CONNACK ${await client.connect(values['client-id'])}`);
  const { subscribePacket } = await import('./raw-mqtt.ts');
  if (values.subscribe.length > 0) client.send(subscribePacket({ topics: values.subscribe, packetId: 1 }));
  await print(async () => {
    const { topic, payload } = await client.nextMessage(watchMs);
    return `${topic} ${payload}`;
  });
  client.close();
} else {
  console.error(help);
  process.exit(1);
}

async function print(next: () => Promise<string>): Promise<void> {
  try {
    for (;;) console.log(await next());
  } catch (error) {
    console.log((error as Error).message);
  }
}
