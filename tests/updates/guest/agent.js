// A release's agent in the guest: it serves, pings systemd's watchdog, and proves its release or does not, as BEHAVIOUR has it.
// Everything around it is real: units, guard, updater, Node. What needs a browser is proven on the host.
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

const BEHAVIOUR = '@behaviour@';
const release = basename(realpathSync(join(import.meta.dirname, '..')));
// a busy machine may keep one word from systemd
const notify = (...words) => spawnSync('systemd-notify', words);
const after = (seconds, act) => setTimeout(act, seconds * 1000);
const sleepWithoutEvents = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
const isOnTrial = () => {
  try {
    return readFileSync('/var/lib/maru-updater/trial', 'utf8').includes(`new=${release}\n`);
  } catch {
    return false;
  }
};

function prove(words) {
  writeFileSync('/run/maru/update-proof.new', `${words}\n`);
  renameSync('/run/maru/update-proof.new', '/run/maru/update-proof');
}
const fails = (seconds, words) => after(seconds, () => prove(`failed ${release} ${words}`));

/** As the real one's check `updater`. */
function passes(seconds) {
  after(seconds, () => {
    const look = spawnSync(process.execPath, [join(import.meta.dirname, 'kiosk-updater-main.js'), '--look'], {
      encoding: 'utf8',
    });
    if (look.status === 0 && JSON.parse(look.stdout).releaseId === release) prove(`passed ${release}`);
    else prove(`failed ${release} updater ${(look.stderr || look.stdout).split('\n')[0]}`);
  });
}

const behaviours = {
  good: () => passes(5),
  crash: () => after(15, () => process.abort()),
  hang: () => sleepWithoutEvents(),
  'black-screen': () => fails(10, 'screen the window has painted nothing'),
  'no-camera': () => fails(10, 'camera the camera that was there is gone'),
  'no-sound': () => fails(10, 'speaker a tone did not come back'),
  'no-network': () => fails(10, 'network the fleet server does not answer'),
  certificate: () => fails(10, 'network the certificate of the fleet server is refused'),
  'full-disk': () => {
    const kept = Buffer.alloc(1 << 20, 1);
    try {
      for (let at = 0; ; at += 1) appendFileSync(`/var/lib/maru/log-${at >> 6}`, kept);
    } catch {
      // and never comes to its proof
    }
  },
  leak: () => {
    const kept = [];
    const grow = setInterval(() => {
      kept.push(Buffer.alloc(32 << 20, 1));
      if (process.memoryUsage().rss < 300 << 20) return;
      clearInterval(grow);
      prove(`failed ${release} memory ${Math.round(process.memoryUsage().rss >> 20)} MB and growing`);
    }, 1000);
  },
  // it cannot restart the box itself, and asks as IT's restart does
  'boot-loop': () => writeFileSync('/run/maru/restart-kiosk', ''),
  'bad-migration': () => {
    writeFileSync('/var/lib/maru/state-of-the-room.json', '{"format":2}');
    after(8, () => {
      throw new Error('a table is not there');
    });
  },
  'slow-start': () => passes(160),
  'too-slow': () => passes(190),
};

if (BEHAVIOUR === 'hang') behaviours.hang();
createServer((_request, response) => response.end('<html>')).listen(7420, '127.0.0.1', () => {
  notify('--ready');
  setInterval(() => notify('WATCHDOG=1'), 10_000);
  writeFileSync('/run/maru/serves', release);
  if (isOnTrial()) behaviours[BEHAVIOUR]();
});
