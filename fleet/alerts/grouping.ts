/**
 * What a change of alerts makes of the messages that wait: pure. Alerts of one site that open within GROUP_WINDOW_MS are one
 * message; the first critical one leaves at once. What another alert explains, what somebody looks after and what closed before
 * it was sent is not sent.
 */
import type { Severity } from '#contract/signals.ts';
import type { AlertChange, StoredAlert } from './alert-book.ts';

export const GROUP_WINDOW_MS = 30_000;

export type TargetScope = { targetId: string; placeId: string | null; atLeast: Severity };
/** An alert in a message of the kind `alerts.opened` that is not given up. */
export type KnownMember = { targetId: string; alertId: string; notificationId: string; isBegun: boolean };
/** A message that waits, or one that began within the window. */
export type KnownMessage = {
  notificationId: string;
  targetId: string;
  type: 'alerts.opened' | 'alerts.closed';
  groupKey: string;
  dueAtMs: number;
  begunAtMs: number | null;
};
export type PlannedMessage = Omit<KnownMessage, 'begunAtMs'> & { isNew: boolean; alertIds: string[] };
export type MessagePlan = {
  removed: { notificationId: string; alertId: string }[];
  messages: PlannedMessage[];
};

export type GroupingFacts = {
  changes: readonly AlertChange[];
  targets: readonly TargetScope[];
  members: readonly KnownMember[];
  messages: readonly KnownMessage[];
  /** the place and those above it, the nearest first */
  pathOf: (placeId: string) => readonly string[];
  /** the same of a room */
  placesOf: (roomId: string) => readonly string[];
  nowMs: number;
  newId: () => string;
};

/** An alert that is open already is sent for these changes alone, so that a new target is not notified of all that lasts. */
const SENT_FOR: ReadonlySet<AlertChange['kind']> = new Set(['opened', 'released', 'unacknowledged']);

export function planMessages(facts: GroupingFacts): MessagePlan {
  const { changes, targets, members, nowMs } = facts;
  const plan: MessagePlan = { removed: [], messages: [] };
  const known = new Map(members.map((member) => [`${member.targetId} ${member.alertId}`, member]));
  const messages = new PlannedMessages(facts);
  for (const { alert, kinds } of newest(changes)) {
    const { roomId, placeId } = alert;
    const path = roomId !== null ? facts.placesOf(roomId) : placeId === null ? [] : facts.pathOf(placeId);
    const groupKey = path.at(-1) ?? '';
    const isWanted = alert.closedAtMs === null && alert.inhibitedBy === null && alert.acknowledgedBy === null;
    for (const target of targets) {
      const { targetId } = target;
      const member = known.get(`${targetId} ${alert.alertId}`);
      if (member && !member.isBegun) {
        if (!isWanted) plan.removed.push({ notificationId: member.notificationId, alertId: alert.alertId });
      } else if (member) {
        if (alert.closedAtMs !== null)
          messages.add(targetId, 'alerts.closed', groupKey, alert, nowMs + GROUP_WINDOW_MS);
      } else if (isWanted && kinds.some((kind) => SENT_FOR.has(kind)) && isMeant(target, alert, path, facts)) {
        const dueAtMs = alert.severity === 'critical' ? nowMs : nowMs + GROUP_WINDOW_MS;
        messages.add(targetId, 'alerts.opened', groupKey, alert, dueAtMs);
      }
    }
  }
  plan.messages = messages.all;
  return plan;
}

class PlannedMessages {
  readonly #facts: GroupingFacts;
  readonly #planned = new Map<string, PlannedMessage>();

  constructor(facts: GroupingFacts) {
    this.#facts = facts;
  }
  get all(): PlannedMessage[] {
    return [...this.#planned.values()];
  }

  add(
    targetId: string,
    type: KnownMessage['type'],
    groupKey: string,
    { alertId }: StoredAlert,
    wantedAtMs: number,
  ): void {
    const { messages, newId } = this.#facts;
    const key = `${targetId} ${type} ${groupKey}`;
    const alike = messages.filter(
      (each) => each.targetId === targetId && each.type === type && each.groupKey === groupKey,
    );
    // one that just left: what follows it is gathered
    const freeAtMs =
      Math.max(Number.NEGATIVE_INFINITY, ...alike.flatMap(({ begunAtMs }) => begunAtMs ?? [])) + GROUP_WINDOW_MS;
    const dueAtMs = Math.max(wantedAtMs, freeAtMs);
    const waiting = alike.find(({ begunAtMs }) => begunAtMs === null);
    const planned = this.#planned.get(key) ?? {
      notificationId: waiting?.notificationId ?? newId(),
      targetId,
      type,
      groupKey,
      dueAtMs: waiting?.dueAtMs ?? dueAtMs,
      isNew: waiting === undefined,
      alertIds: [],
    };
    planned.alertIds.push(alertId);
    planned.dueAtMs = Math.min(planned.dueAtMs, dueAtMs);
    this.#planned.set(key, planned);
  }
}

/** Each alert once, as the changes leave it. */
function newest(changes: readonly AlertChange[]): { alert: StoredAlert; kinds: AlertChange['kind'][] }[] {
  const byId = new Map<string, { alert: StoredAlert; kinds: AlertChange['kind'][] }>();
  for (const { kind, alert } of changes) {
    const kinds = [...(byId.get(alert.alertId)?.kinds ?? []), kind];
    byId.set(alert.alertId, { alert, kinds });
  }
  return [...byId.values()];
}

/** An alert of a place is meant for those who look after a place in it too: it explains the alerts of their rooms. */
function isMeant(
  { placeId, atLeast }: TargetScope,
  alert: StoredAlert,
  path: readonly string[],
  { pathOf }: GroupingFacts,
): boolean {
  if (atLeast === 'critical' && alert.severity !== 'critical') return false;
  if (placeId === null || path.includes(placeId)) return true;
  return alert.placeId !== null && pathOf(placeId).includes(alert.placeId);
}
