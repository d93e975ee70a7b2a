/** What a kiosk and a server need of their Debian: packages, units to start, units that must not. */
export const ROLES = ['kiosk', 'server'] as const;
export type MachineRole = (typeof ROLES)[number];

/** `onRequest`: units that IT enables where they are wanted, with their packages. */
type RoleNeeds = {
  packages: string[];
  enable: string[];
  onRequest: string[];
  mask: string[];
  defaultTarget: string | null;
};

export const roleNeeds: Record<MachineRole, RoleNeeds> = {
  kiosk: {
    packages: [
      'chromium',
      'chromium-sandbox',
      'dbus-user-session',
      'fonts-noto-cjk',
      // gives a USB-CEC adapter to the kernel
      'inputattach',
      'libnss3-tools',
      'libpam-systemd',
      'librsvg2-common',
      // node-hid's binary for hidraw is linked to it
      'libusb-1.0-0',
      // the sound server, as PulseAudio to the browser
      'pipewire-pulse',
      'rtkit',
      'sway',
      'swaybg',
      'systemd',
      'udev',
      // cec-ctl, which controls the TV
      'v4l-utils',
      'wireplumber',
    ],
    enable: [
      'maru-agent.service',
      'maru-guard.service',
      'maru-placement.service',
      'maru-restart-kiosk.path',
      'maru-screen.service',
      'maru-updater.path',
    ],
    onRequest: [],
    mask: ['ctrl-alt-del.target', 'sleep.target', 'suspend.target', 'hibernate.target'],
    defaultTarget: 'graphical.target',
  },
  server: {
    packages: [
      // around each document that is converted
      'bubblewrap',
      'ca-certificates',
      // draws broadcasts and recordings
      'chromium',
      'chromium-sandbox',
      // sound and recordings of broadcasts
      'ffmpeg',
      'fonts-noto-cjk',
      // trusts the fleet's CA in that browser
      'libnss3-tools',
      'libreoffice-calc-nogui',
      'libreoffice-impress-nogui',
      'libreoffice-writer-nogui',
      // the encodings of Korean PDF files without fonts
      'poppler-data',
      'poppler-utils',
      'python3-uno',
      'systemd',
    ],
    enable: [
      'maru-converter.service',
      'maru-fleet.service',
      'maru-media.service',
      'maru-packager.service',
      'maru-program.service',
    ],
    onRequest: ['maru-backup.timer', 'maru-live-edge.service', 'maru-turn.service'],
    mask: [],
    defaultTarget: null,
  },
};

/**
 * The way back from a broken release. The installer alone places and removes these: a release on trial must not be able to change
 * what watches it. Paths from the root.
 */
export const GUARD_FILES: ReadonlySet<string> = new Set([
  'etc/systemd/system/maru-guard.service',
  'etc/systemd/system/maru-placement.service',
  'usr/local/lib/maru/guard.sh',
]);
