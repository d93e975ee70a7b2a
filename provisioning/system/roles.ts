/** What a kiosk and a server need of their Debian: packages, units to start, units that must not. */
export const ROLES = ['kiosk', 'server'] as const;
export type MachineRole = (typeof ROLES)[number];

type RoleNeeds = { packages: string[]; enable: string[]; mask: string[]; defaultTarget: string | null };

export const roleNeeds: Record<MachineRole, RoleNeeds> = {
  kiosk: {
    packages: [
      'chromium',
      'chromium-sandbox',
      'dbus-user-session',
      'fonts-noto-cjk',
      'libnss3-tools',
      'libpam-systemd',
      'librsvg2-common',
      // the sound server, as PulseAudio to the browser
      'pipewire-pulse',
      'rtkit',
      'sway',
      'swaybg',
      'systemd',
      'udev',
      'wireplumber',
    ],
    enable: ['maru-agent.service', 'maru-screen.service'],
    mask: ['ctrl-alt-del.target', 'sleep.target', 'suspend.target', 'hibernate.target'],
    defaultTarget: 'graphical.target',
  },
  server: {
    packages: ['ca-certificates', 'fonts-noto-cjk', 'systemd'],
    enable: ['maru-fleet.service', 'maru-media.service'],
    mask: [],
    defaultTarget: null,
  },
};
