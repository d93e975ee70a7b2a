/**
 * Who watches alerts, and what each has not seen yet: the newest of each alert, once, also for a watcher that is slow. Who
 * comes back begins anew: what is open is listed at once.
 */
import type { Alert, AlertCounts, alertsApi } from '#contract/http/alerts-api.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { EventFeed } from '../http/route.ts';
import type { StoredAlert } from './alert-book.ts';

type Watcher = { reach: Reach; isNew: boolean; pending: Map<string, Alert>; wake: () => void };
type Counted = {
  counts: (reach: Reach) => AlertCounts;
  reaches: (reach: Reach, alert: StoredAlert) => boolean;
};

export class AlertChanges {
  readonly #list: Counted;
  readonly #watchers = new Set<Watcher>();

  constructor(list: Counted) {
    this.#list = list;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** @param shown the same, as people see them */
  changed(stored: readonly StoredAlert[], shown: readonly Alert[]): void {
    for (const { reach, pending, wake } of this.#watchers) {
      for (const [at, alert] of stored.entries())
        if (this.#list.reaches(reach, alert)) pending.set(alert.alertId, shown[at]!);
      if (pending.size > 0) wake();
    }
  }

  open(reach: Reach, wake: () => void): EventFeed<RouteEvent<typeof alertsApi.alertChanges>> {
    const watcher: Watcher = { reach, isNew: true, pending: new Map(), wake };
    this.#watchers.add(watcher);
    return {
      take: () => {
        const counts = this.#list.counts(reach);
        const alerts = [...watcher.pending.values()];
        watcher.pending.clear();
        if (watcher.isNew) {
          watcher.isNew = false;
          return [{ name: 'ready', data: { counts } }];
        }
        return alerts.length === 0 ? [] : [{ name: 'changed', data: { alerts, counts } }];
      },
      close: () => void this.#watchers.delete(watcher),
    };
  }
}
