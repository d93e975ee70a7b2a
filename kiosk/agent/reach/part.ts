/** The watch on the way to the media nodes as a part of the agent: its fault is a notice. */
import type { PartDeclaration } from '../parts/part.ts';
import { ReachWatch } from './reach-watch.ts';

export const reachPart: PartDeclaration = {
  name: 'reach',
  make: (host) => {
    const watch: ReachWatch = new ReachWatch({
      logger: host.logger,
      perform: host.perform,
      requestGrant: host.requestTestGrant,
      caPem: host.fleetCa,
      onChange: () => host.reportNotices(watch.fault === null ? [] : [watch.fault]),
    });
    return {
      start: () => {},
      stop: () => watch.stop(),
      follow: (room) => watch.follow(room),
      reports: { 'reach-probed': (report) => watch.onReport(report) },
      occasions: {
        'media-nodes': (signalingUrls) => watch.onNodes(signalingUrls),
        'screen-connected': () => watch.onScreenConnected(),
        'booking-soon': () => watch.lookNow(),
      },
    };
  },
};
