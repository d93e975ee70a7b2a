/** Alerts: what is wrong in which room, since when, who looks after it; and who is notified of them. */
import { openWord } from '../open-words.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { shownText } from '../shown-text.ts';
import { Severity, SignalName } from '../signals.ts';
import { freshly, pageRoute, permitted, type RouteTable } from './route.ts';

export const AlertState = z.enum(['open', 'acknowledged', 'closed']);
export type AlertState = z.infer<typeof AlertState>;

/** One for each room (or place) and signal while it lasts. */
export const Alert = z.object({
  alertId: Id,
  signal: SignalName,
  severity: openWord(Severity, 'warning'),
  /** null: of a place, or of the organisation where `placeId` is null too */
  roomId: Id.nullable(),
  roomName: z.string().nullable(),
  /** of the room, or the place that it is about; null: directly below the organisation */
  placeId: Id.nullable(),
  state: openWord(AlertState, 'open'),
  /** an error code, a number with its limit, a device's name: what the words of the signal are filled with */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  /** since when the cause lasts, by the fleet's clock */
  sinceMs: EpochMs,
  openedAtMs: EpochMs,
  closedAtMs: EpochMs.nullable(),
  /** the alert that explains it; null: none */
  inhibitedBy: Id.nullable(),
  acknowledged: z.object({ by: z.string(), atMs: EpochMs, note: z.string() }).nullable(),
});
export type Alert = z.infer<typeof Alert>;

export const AlertCounts = z.object({
  open: z.number().int().nonnegative(),
  acknowledged: z.number().int().nonnegative(),
  critical: z.number().int().nonnegative(),
});
export type AlertCounts = z.infer<typeof AlertCounts>;

const Common = {
  targetName: z.string().max(80).overwrite(shownText).min(1),
  /** of the place and what is below it; null: all */
  placeId: Id.nullable().default(null),
  atLeast: Severity.default('warning'),
  language: z.enum(['ko', 'en']).default('en'),
};
export const NewAlertTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mail'), ...Common, address: z.email().max(200) }),
  z.strictObject({
    kind: z.literal('webhook'),
    ...Common,
    /** networks of an office are allowed; loopback, link-local and the fleet's own addresses are refused, by name too */
    url: z.url({ protocol: /^https$/ }).max(500),
  }),
]);
export type NewAlertTarget = z.infer<typeof NewAlertTarget>;

export const DeliveryFailure = z.enum([
  /** the address is one of the fleet's own, or of this machine alone */
  'target-not-allowed',
  'name-unknown',
  'not-reached',
  'not-trusted',
  'timed-out',
  'redirected',
  /** it answered with this status */
  'answered',
  'no-mail-server',
  'mail-refused',
  /** its secret was encrypted with a key that is lost */
  'secret-unreadable',
  'internal',
]);
export type DeliveryFailure = z.infer<typeof DeliveryFailure>;

/** How it goes with one target. */
export const AlertDeliveryState = z.object({
  /** null: nothing was delivered yet */
  deliveredAtMs: EpochMs.nullable(),
  /** the last failure, also where a later delivery succeeded; `detail`: a status or a code of the network, for IT */
  failed: z.object({ atMs: EpochMs, reason: openWord(DeliveryFailure, 'internal'), detail: z.string() }).nullable(),
  /** messages that are not delivered yet */
  waitingCount: z.number().int().nonnegative(),
  /** when it is tried again; null: it does not fail */
  nextTryAtMs: EpochMs.nullable(),
});
export type AlertDeliveryState = z.infer<typeof AlertDeliveryState>;

export const AlertTarget = z.object({
  targetId: Id,
  kind: openWord(z.enum(['mail', 'webhook'])),
  targetName: z.string(),
  /** address or URL */
  destination: z.string(),
  placeId: Id.nullable(),
  atLeast: openWord(Severity, 'warning'),
  language: openWord(z.enum(['ko', 'en']), 'en'),
  createdBy: z.string(),
  createdAtMs: EpochMs,
  delivery: AlertDeliveryState,
});
export type AlertTarget = z.infer<typeof AlertTarget>;

export const AlertMessageType = z.enum(['alerts.opened', 'alerts.closed', 'test']);
export type AlertMessageType = z.infer<typeof AlertMessageType>;

export const MOST_ALERTS_IN_MESSAGE = 100;
/** The body of a webhook, signed after standardwebhooks; `webhook-id` is the same over all tries. */
export const AlertNotification = z.object({
  type: AlertMessageType,
  /** when the message was made */
  timestamp: z.iso.datetime(),
  data: z.object({
    /** as they are when it is sent */
    alerts: z.array(Alert).max(MOST_ALERTS_IN_MESSAGE),
    /** of all that are meant, where they are more than `alerts` holds */
    count: z.number().int().nonnegative(),
    consoleUrl: z.url(),
  }),
});
export type AlertNotification = z.infer<typeof AlertNotification>;

const AlertParams = z.object({ alertId: Id });
const TargetParams = z.object({ targetId: Id });
const Empty = z.object({});

export const alertsApi = {
  listAlerts: {
    ...pageRoute({
      filter: {
        state: AlertState.optional(),
        severity: Severity.optional(),
        signal: SignalName.optional(),
        roomId: Id.optional(),
        placeId: Id.optional(),
        /** false: without those that another one explains */
        inhibited: z.stringbool().default(true),
      },
      /** `severity`: the critical first, then the newest */
      sorts: ['severity', 'newest'],
      row: Alert,
      counts: AlertCounts,
    }),
    path: '/api/v1/alerts',
    access: permitted('rooms.view', 'each-room'),
    summary: 'Alerts, filtered, page by page',
  },
  alertChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/alert-changes',
    access: permitted('rooms.view', 'each-room'),
    summary: 'Alerts as they open, change and close',
    events: {
      ready: z.object({ counts: AlertCounts }),
      changed: z.object({ alerts: z.array(Alert), counts: AlertCounts }),
    },
  },
  acknowledgeAlert: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/alerts/:alertId/acknowledgement',
    access: permitted('alerts.manage', 'each-room'),
    summary: 'Somebody looks after it: nobody is notified of it again',
    params: AlertParams,
    body: z.strictObject({ note: z.string().max(500).overwrite(shownText).default('') }),
    response: Alert,
  },
  takeAcknowledgementBack: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/alerts/:alertId/acknowledgement',
    access: permitted('alerts.manage', 'each-room'),
    summary: 'Nobody looks after it any more',
    params: AlertParams,
    response: Alert,
  },
} as const satisfies RouteTable;

export const alertTargetsApi = {
  listAlertTargets: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/alert-targets',
    access: permitted('alerts.configure', 'organisation'),
    summary: 'Who is notified of alerts, and whether it gets through',
    response: z.object({
      targets: z.array(AlertTarget),
      /** false: no mail server is named, mails cannot be sent */
      canMail: z.boolean(),
    }),
  },
  addAlertTarget: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/alert-targets',
    access: freshly('alerts.configure', 'organisation'),
    summary: 'Notify a mail address or a webhook; its signing secret is shown once',
    body: NewAlertTarget,
    response: z.object({ target: AlertTarget, secret: z.string().nullable() }),
  },
  changeAlertTarget: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/alert-targets/:targetId',
    access: freshly('alerts.configure', 'organisation'),
    summary: 'Change all of it but its kind and its secret; what waits for it is tried at once',
    params: TargetParams,
    body: NewAlertTarget,
    response: z.object({ target: AlertTarget }),
  },
  removeAlertTarget: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/alert-targets/:targetId',
    access: freshly('alerts.configure', 'organisation'),
    summary: 'Notify it no more: what waits for it is dropped',
    params: TargetParams,
    response: Empty,
  },
  renewAlertSecret: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/alert-targets/:targetId/secrets',
    access: freshly('alerts.configure', 'organisation'),
    summary: 'Make a new signing secret; for a day both sign',
    params: TargetParams,
    response: z.object({ secret: z.string() }),
  },
  testAlertTarget: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/alert-targets/:targetId/tests',
    access: permitted('alerts.configure', 'organisation'),
    summary: 'Send a test now, and answer what came of it',
    params: TargetParams,
    response: z.object({ target: AlertTarget }),
  },
} as const satisfies RouteTable;
