/** The TV as a part of the agent: its fault, and its fields of the equipment. */
import type { PartDeclaration } from '../../parts/part.ts';
import { Tv } from './tv.ts';

export const tvPart: PartDeclaration = {
  name: 'tv',
  make: (host) => {
    const tv: Tv = new Tv({
      logger: host.logger,
      ask: host.ask,
      onStatus: () => {
        const { control, code } = tv.status;
        host.reportFault(control === 'faulty' ? (code ?? 'tv-not-answering') : null);
        host.publishFields('equipment', { tv: tv.status });
      },
      settings: host.settings.value('tv'),
    });
    return {
      start: () => {
        host.publishFields('equipment', { tv: tv.status });
        tv.start();
      },
      stop: () => tv.stop(),
      follow: (room) => tv.follow(room),
      settings: { tv: (values) => tv.apply(values) },
      occasions: {
        'document-on-tv': (isShown) => tv.showDocument(isShown),
        'broadcast-on-tv': (shown) => tv.showBroadcast(shown),
      },
    };
  },
};
