/** Requests for help for one who follows them: the counts at first, then the newest of each that has changed. */
import type { helpApi, HelpTicket } from '#contract/http/help-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { RouteAnswer, RouteEvent } from '#contract/http/route.ts';
import type { EventFeed } from '../http/route.ts';
import type { HelpRequests } from './help-requests.ts';

type Change = RouteEvent<typeof helpApi.helpChanges>;
type Counts = RouteAnswer<typeof helpApi.listHelp>['counts'];

export function helpFeed(
  requests: Pick<HelpRequests, 'onChanged' | 'tickets' | 'counts'>,
  reach: Reach,
  counts: Counts,
  wake: () => void,
): EventFeed<Change> {
  let isFirst = true;
  let changed: { tickets: HelpTicket[]; counts: Counts } | null = null;
  const due = new Set<string>();
  let isReading = false;
  let isClosed = false;
  /** What changes while it is read is read once more. */
  async function read(): Promise<void> {
    if (isReading) return;
    isReading = true;
    try {
      while (due.size > 0 && !isClosed) {
        const helpIds = [...due];
        due.clear();
        const tickets = await requests.tickets(helpIds, reach);
        const newer = new Map([...(changed?.tickets ?? []), ...tickets].map((ticket) => [ticket.helpId, ticket]));
        changed = { tickets: [...newer.values()], counts: await requests.counts(reach) };
      }
    } catch {
      // the page asks again when it looks at the list
    } finally {
      isReading = false;
    }
    if (!isClosed && changed) wake();
  }
  const close = requests.onChanged((roomId, helpIds) => {
    if (!reaches(reach, roomId)) return;
    for (const helpId of helpIds) due.add(helpId);
    void read();
  });
  return {
    take: () => {
      const events: Change[] = [];
      if (isFirst) events.push({ name: 'ready', data: { counts } });
      isFirst = false;
      if (changed) events.push({ name: 'changed', data: changed });
      changed = null;
      return events;
    },
    close: () => {
      isClosed = true;
      close();
    },
  };
}
