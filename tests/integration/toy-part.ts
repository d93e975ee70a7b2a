/** A part that does not exist: it counts turns, shows them in two projections, and turns once more by a command. */
import type { PartDeclaration } from '../../kiosk/agent/parts/part.ts';

export const toyPart: PartDeclaration = {
  name: 'toy',
  make: (host) => {
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      for (const name of ['toy', 'inside']) host.publish(name as 'state', { turns } as never);
    };
    return {
      start: turn,
      stop: () => {},
      commands: {
        'run-self-test': async () => {
          turn();
          return null;
        },
      },
    };
  },
};
