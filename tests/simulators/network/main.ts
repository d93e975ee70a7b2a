/** The network proxy from the command line: opens ports, prints them, and takes `cut`, `cut reset`, `restore` and `impair` by line. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { NetworkProxy } from './network-proxy.ts';

const help = `A bad network in front of a good one.

  node_modules/.bin/node tests/simulators/network/main.ts --udp HOST:PORT --tcp HOST:PORT --socks [options]

  --udp HOST:PORT    open a UDP port in front of it (repeatable)
  --tcp HOST:PORT    open a TCP port in front of it (repeatable)
  --socks            open a SOCKS 5 port for a browser
  --listen ADDRESS   where to listen (127.0.0.1)
  --delay-ms N       one way, each direction (0)
  --jitter-ms N      up to this much more (0)
  --loss-percent N   of datagrams (0)
  --up-kbps N        what each client can send (no limit)
  --down-kbps N      what each client can receive (no limit)
  --seed N           of jitter and loss (random, printed)

While it runs, type: cut | cut reset | restore | impair {"delayMs":50} | counters`;

const values = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      udp: { type: 'string', multiple: true, default: [] },
      tcp: { type: 'string', multiple: true, default: [] },
      socks: { type: 'boolean', default: false },
      listen: { type: 'string', default: '127.0.0.1' },
      'delay-ms': { type: 'string', default: '0' },
      'jitter-ms': { type: 'string', default: '0' },
      'loss-percent': { type: 'string', default: '0' },
      'up-kbps': { type: 'string' },
      'down-kbps': { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    },
  });
  return values;
});

const proxy = new NetworkProxy({
  seed: Number(values.seed),
  listenAddress: values.listen,
  impairment: {
    delayMs: Number(values['delay-ms']),
    jitterMs: Number(values['jitter-ms']),
    lossPercent: Number(values['loss-percent']),
    upBps: bps(values['up-kbps']),
    downBps: bps(values['down-kbps']),
  },
});
console.log(`seed ${values.seed}`);
for (const target of values.udp) console.log(`udp ${await proxy.udpPortTo(...split(target))} -> ${target}`);
for (const target of values.tcp) console.log(`tcp ${await proxy.tcpPortTo(...split(target))} -> ${target}`);
if (values.socks) console.log(`socks ${await proxy.socksPort()}`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, rest] = [line.trim().split(' ')[0], line.trim().split(' ').slice(1).join(' ')];
  if (word === 'cut') proxy.cut({ resetStreams: rest === 'reset' });
  else if (word === 'restore') proxy.restore();
  else if (word === 'impair') proxy.impair(JSON.parse(rest) as object);
  else if (word === 'counters') console.log(JSON.stringify(proxy.counters));
  else console.log('cut | cut reset | restore | impair {json} | counters');
});

function bps(kbps: string | undefined): number | null {
  return kbps === undefined ? null : Number(kbps) * 1000;
}

function split(target: string): [string, number] {
  const at = target.lastIndexOf(':');
  return [target.slice(0, at), Number(target.slice(at + 1))];
}
