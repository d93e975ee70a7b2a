// Which packages of Debian each purpose needs, which of them are missing, and the one command that brings them.
import { execFileSync } from 'node:child_process';
import { runCommand, SetupError } from './run-command.mjs';

/**
 * To run a demonstration room: its window, Korean letters, certutil for Chromium's list of trusted roots, libusb, to which
 * node-hid's binary for hidraw is linked, cec-ctl (v4l-utils), which controls its TV, and what turns documents into pages:
 * LibreOffice, poppler with the encodings of Korean PDF files, and bubblewrap around both.
 */
const toStart = [
  'bubblewrap',
  'ca-certificates',
  'chromium',
  'chromium-sandbox',
  'ffmpeg',
  'fonts-noto-cjk',
  'libnss3-tools',
  'libreoffice-calc-nogui',
  'libreoffice-impress-nogui',
  'libreoffice-writer-nogui',
  'libusb-1.0-0',
  'poppler-data',
  'poppler-utils',
  'python3-uno',
  'v4l-utils',
];
/**
 * The suite's peers and tools beside that: age, which opens our backups, other networks, displays, media files, systemd's judges,
 * Janus and Mosquitto to compare with, a CalDAV server, an SMTP server and a reader of calendars for mail, faketime for clocks that are set,
 * pocketsphinx, a speech engine with a model and recordings, strace for a disk that fails, a bare Debian to install on (mmdebstrap),
 * and QEMU with what unpacks a kernel for it.
 */
const toTest = [
  'age',
  'coturn',
  'faketime',
  'firefox-esr',
  'git',
  'grim',
  'iproute2',
  'janus',
  'librsvg2-common',
  'mmdebstrap',
  'mosquitto',
  'nginx',
  'openssl',
  'pocketsphinx',
  'pocketsphinx-en-us',
  'pocketsphinx-testdata',
  'procps',
  'python3',
  'python3-aiosmtpd',
  'python3-vobject',
  'qemu-system-x86',
  'radicale',
  'strace',
  'sway',
  'swaybg',
  'systemd',
  'xvfb',
  'xz-utils',
];
/** To build mediasoup's worker where no binary can be had: see provisioning/media-worker/README.md. */
const toBuildWorker = [
  'build-essential',
  'flatbuffers-compiler',
  'libabsl-dev',
  'libflatbuffers-dev',
  'libsrtp2-dev',
  'libssl-dev',
  'libuv1-dev',
  'meson',
  'ninja-build',
  'pkg-config',
];

/**
 * @param {'start' | 'test'} purpose
 * @param {{ buildsWorker: boolean }} options
 */
export function packagesFor(purpose, { buildsWorker }) {
  return [...toStart, ...(purpose === 'test' ? toTest : []), ...(buildsWorker ? toBuildWorker : [])].sort();
}

/** Reads `dpkg-query -W -f '${Package} ${db:Status-Status}\n'`: a removed package with settings left is not installed. */
export function missingFrom(wanted, dpkgOutput) {
  const installed = new Set();
  for (const line of dpkgOutput.split('\n')) {
    const [name, status] = line.trim().split(' ');
    if (status === 'installed') installed.add(name);
  }
  return wanted.filter((name) => !installed.has(name));
}

/** Null where there is no dpkg: another distribution, whose owner knows what to do. */
export function missingPackages(wanted) {
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const args = ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...wanted];
    return missingFrom(
      wanted,
      execFileSync('dpkg-query', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    // It ends with 1 when it does not know one of the names, and prints the others all the same.
    return missingFrom(wanted, String(error.stdout ?? ''));
  }
}

const installArgs = (missing) => ['install', '-y', '--no-install-recommends', ...missing];

export function adviceFor(missing) {
  return `Packages of Debian are missing, and only root can install them. Run this, then start again:\n\n  sudo apt-get update && sudo apt-get ${installArgs(missing).join(' ')}\n`;
}

export async function installPackages(missing, detail) {
  if (process.getuid?.() !== 0) throw new SetupError(adviceFor(missing));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  // Another apt may be at work, as on a machine that has just booted.
  const patience = ['-o', 'DPkg::Lock::Timeout=300'];
  detail('apt-get update');
  await runCommand('apt-get', [...patience, 'update'], { env });
  let done = 0;
  detail(`apt-get install (${missing.length} packages)`);
  await runCommand('apt-get', [...patience, ...installArgs(missing)], {
    env,
    onLine(line) {
      const action = /^(Unpacking|Setting up) (\S+)/.exec(line);
      if (action) detail(`${action[1].toLowerCase()} ${action[2]} (${++done})`);
    },
  });
}
