/** The kiosk's own page on the LAN as a part of the agent, where the settings ask for it. */
import type { PartDeclaration } from '../parts/part.ts';
import type { LanServer } from './lan-server.ts';

/** @param pageDir controller/dist */
export const lanPart = (pageDir: string): PartDeclaration => ({
  name: 'lan',
  make: (host) => {
    const { settings, logger, clock, store, codes, projections } = host;
    let server: LanServer | null = null;
    return {
      start: async () => {
        if (settings.lan === null) return;
        // loaded where there is one: a restart has five seconds, and each module is a part of them
        const { LanServer } = await import('./lan-server.ts');
        server = new LanServer({
          settings: settings.lan,
          pageDir,
          store,
          codes,
          projections,
          onCommand: host.onLanCommand,
          onPaired: () => host.notify('presence', null),
          onLanUrl: (lanUrl) => host.publishFields('equipment', { lanUrl }),
          clock,
          logger,
        });
        server.start();
      },
      stop: () => server?.stop(),
      occasions: {
        desired: (desired) => server?.onDesired(desired),
        roster: (update) => server?.publishRoster(update),
      },
    };
  },
});
