/** The document on the TV as a part of the agent: publishes it, owns the command `present`. */
import type { RoomAgenda } from '#contract/room-agenda.ts';
import type { PartDeclaration } from '../parts/part.ts';
import { keptValue } from '../store/kept-value.ts';
import { TvDocument } from './tv-document.ts';
import { DocumentsOnTv } from './documents-on-tv.ts';

export const documentsPart = (roomId: string): PartDeclaration => ({
  name: 'documents',
  make: (host) => {
    const documents = new DocumentsOnTv({
      roomId,
      logger: host.logger,
      memory: keptValue(host.store, 'document', TvDocument),
      perform: host.perform,
      requestAccess: host.requestDocumentAccess,
      isFleetOnline: host.isFleetOnline,
      fleetNowMs: () => Date.now() - (host.fleetLine().clockOffMs ?? 0),
      publish: (shown) => host.publish('document', shown),
      publishDrawing: (drawing) => host.publish('drawing', { drawing }),
      onTv: (isShown) => host.notify('document-on-tv', isShown),
    });
    let unfollow: (() => void) | undefined;
    return {
      start: () => {
        documents.start();
        documents.followAgenda(host.projections.valueOf('agenda')?.bookings ?? []);
        unfollow = host.projections.follow('tv', (name, value) => {
          if (name === 'agenda') documents.followAgenda((value as RoomAgenda).bookings);
        });
      },
      stop: () => {
        unfollow?.();
        documents.stop();
      },
      follow: (room) => documents.follow(room),
      commands: { present: ({ act }) => documents.present(act) },
      reports: {
        document: (report) => documents.onReported(report),
        drawing: (report) => documents.onDrawing(report),
        'document-listed': (report) => documents.onListed(report),
        presented: (report) => documents.onPresented(report),
      },
      occasions: {
        'screen-connected': () => documents.onScreenConnected(),
        desired: () => documents.onFleet(),
      },
    };
  },
});
