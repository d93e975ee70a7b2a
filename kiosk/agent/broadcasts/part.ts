/** Broadcasts on the idle TV as a part of the agent: publishes what is offered and shown, owns the command `watch-broadcast`. */
import type { RoomAgenda } from '#contract/room-agenda.ts';
import type { PartDeclaration } from '../parts/part.ts';
import { keptValue } from '../store/kept-value.ts';
import { BroadcastsOnTv, RememberedTuning } from './broadcasts-on-tv.ts';

export const broadcastsPart: PartDeclaration = {
  name: 'broadcasts',
  make: (host) => {
    const broadcasts = new BroadcastsOnTv({
      logger: host.logger,
      memory: keptValue(host.store, 'broadcasts', RememberedTuning),
      perform: host.perform,
      requestViewing: host.requestViewing,
      publish: (shown) => host.publish('broadcasts', shown),
      onTv: (shown) => host.notify('broadcast-on-tv', shown),
    });
    let unfollow: (() => void) | undefined;
    const followAgenda = (agenda: RoomAgenda | null): void =>
      broadcasts.handle({ type: 'agenda', bookings: agenda?.bookings ?? [] });
    return {
      start: () => {
        broadcasts.start(host.settings.value('broadcast').tuneIn);
        followAgenda(host.projections.valueOf('agenda'));
        unfollow = host.projections.follow('tv', (name, value) => {
          if (name === 'agenda') followAgenda(value as RoomAgenda);
        });
      },
      stop: () => {
        unfollow?.();
        broadcasts.stop();
      },
      follow: ({ phase }) => broadcasts.followRoom(phase.name === 'idle'),
      commands: { 'watch-broadcast': ({ broadcastId }) => broadcasts.watch(broadcastId) },
      reports: {
        'broadcast-ended': ({ broadcastId, code }) => broadcasts.handle({ type: 'ended', broadcastId, code }),
      },
      settings: { broadcast: ({ tuneIn }) => broadcasts.handle({ type: 'rule', rule: tuneIn }) },
      occasions: {
        'screen-connected': () => broadcasts.onScreenConnected(),
        'offered-broadcasts': (offered) => broadcasts.handle({ type: 'offered', offered }),
        'document-on-tv': (isShown) => broadcasts.showsDocument(isShown),
      },
    };
  },
};
