/**
 * What is watched in a room: each signal with its severity, after what time it is raised and closed, and what it is only a
 * symptom of. Fleet and console read the same table, so that a person sees why an alert came when it came.
 */
import { z } from './schema.ts';

export const SignalName = z.enum([
  'site-offline',
  'kiosk-offline',
  'protocol-refused',
  'screen-missing',
  'screen-frozen',
  'screen-black',
  'camera-failing',
  'microphone-failing',
  'speaker-failing',
  'speakerphone-failing',
  'tv-failing',
  'calendar-failing',
  'storage-failing',
  'part-failing',
  'media-blocked',
  'call-quality-poor',
  'call-fault',
  'disk-low',
  'memory-low',
  'temperature-high',
  'clock-off',
  'certificate-ending',
  'settings-refused',
  'kiosk-restarting',
  'update-failed',
  'rollout-halted',
  'feed-refused',
  'audit-broken',
  'node-clock-off',
  'erasures-unreadable',
  'help-called',
]);
export type SignalName = z.infer<typeof SignalName>;

/** `critical`: no meeting can be held now. */
export const Severity = z.enum(['critical', 'warning']);
export type Severity = z.infer<typeof Severity>;

type Signal = {
  severity: Severity;
  /** the cause lasts this long before the alert opens */
  raisedAfterMs: number;
  /** the cause is gone this long before the alert closes */
  closedAfterMs: number;
  /** an open alert of one of these explains it: nobody is notified of this one meanwhile */
  inhibitedBy: readonly SignalName[];
};

const OFFLINE = ['kiosk-offline', 'site-offline'] as const;
const NO_SCREEN = [...OFFLINE, 'screen-missing', 'screen-frozen'] as const;

export const signals = {
  /** of a place: at least three rooms, and all that are in service there, went offline within a minute */
  'site-offline': { severity: 'critical', raisedAfterMs: 4_000, closedAfterMs: 10_000, inhibitedBy: [] },
  /** heartbeats of a site end within HEARTBEAT_INTERVAL_MS of each other: the site is raised before the first of its rooms */
  'kiosk-offline': { severity: 'critical', raisedAfterMs: 11_000, closedAfterMs: 5_000, inhibitedBy: ['site-offline'] },
  'protocol-refused': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  'screen-missing': { severity: 'critical', raisedAfterMs: 10_000, closedAfterMs: 5_000, inhibitedBy: OFFLINE },
  'screen-frozen': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 5_000, inhibitedBy: OFFLINE },
  'screen-black': { severity: 'critical', raisedAfterMs: 5_000, closedAfterMs: 5_000, inhibitedBy: OFFLINE },
  'camera-failing': { severity: 'critical', raisedAfterMs: 5_000, closedAfterMs: 5_000, inhibitedBy: NO_SCREEN },
  'microphone-failing': { severity: 'critical', raisedAfterMs: 5_000, closedAfterMs: 5_000, inhibitedBy: NO_SCREEN },
  'speaker-failing': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: NO_SCREEN },
  'speakerphone-failing': { severity: 'warning', raisedAfterMs: 10_000, closedAfterMs: 10_000, inhibitedBy: OFFLINE },
  'tv-failing': { severity: 'warning', raisedAfterMs: 30_000, closedAfterMs: 10_000, inhibitedBy: OFFLINE },
  'calendar-failing': { severity: 'warning', raisedAfterMs: 60_000, closedAfterMs: 5_000, inhibitedBy: OFFLINE },
  'storage-failing': { severity: 'warning', raisedAfterMs: 5_000, closedAfterMs: 10_000, inhibitedBy: OFFLINE },
  'part-failing': { severity: 'warning', raisedAfterMs: 10_000, closedAfterMs: 10_000, inhibitedBy: OFFLINE },
  'media-blocked': { severity: 'critical', raisedAfterMs: 10_000, closedAfterMs: 10_000, inhibitedBy: NO_SCREEN },
  'call-quality-poor': { severity: 'warning', raisedAfterMs: 30_000, closedAfterMs: 30_000, inhibitedBy: NO_SCREEN },
  'call-fault': { severity: 'critical', raisedAfterMs: 10_000, closedAfterMs: 5_000, inhibitedBy: NO_SCREEN },
  'disk-low': { severity: 'warning', raisedAfterMs: 5_000, closedAfterMs: 30_000, inhibitedBy: OFFLINE },
  'memory-low': { severity: 'warning', raisedAfterMs: 60_000, closedAfterMs: 60_000, inhibitedBy: OFFLINE },
  'temperature-high': { severity: 'warning', raisedAfterMs: 60_000, closedAfterMs: 60_000, inhibitedBy: OFFLINE },
  'clock-off': { severity: 'warning', raisedAfterMs: 5_000, closedAfterMs: 10_000, inhibitedBy: OFFLINE },
  'certificate-ending': { severity: 'warning', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  'settings-refused': { severity: 'warning', raisedAfterMs: 10_000, closedAfterMs: 0, inhibitedBy: OFFLINE },
  /** the agent, the page or the box started three times within ten minutes, and nobody had asked for it */
  'kiosk-restarting': { severity: 'warning', raisedAfterMs: 0, closedAfterMs: 600_000, inhibitedBy: [] },
  /** a release was refused or did not prove itself; the room runs its former one */
  'update-failed': { severity: 'warning', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: OFFLINE },
  /** of the organisation: a rollout halted by itself and waits for a person */
  'rollout-halted': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  /** of the organisation: a feed that was brought to the server was not taken in */
  'feed-refused': { severity: 'warning', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  /** of the organisation: entries of the audit log were changed or removed */
  'audit-broken': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  /** of the organisation: the clock of a media node is more than five seconds off the server's */
  'node-clock-off': { severity: 'warning', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  /** of the organisation: what was deleted cannot be read beside the database, and an older copy of it would bring it back */
  'erasures-unreadable': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
  /** a person in the room called; it closes with the request */
  'help-called': { severity: 'critical', raisedAfterMs: 0, closedAfterMs: 0, inhibitedBy: [] },
} as const satisfies Record<SignalName, Signal>;

export const signalOf = (name: SignalName): Signal => signals[name];
