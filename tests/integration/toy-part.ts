/**
 * A part that does not exist: it counts turns and shows them in two projections, turns once more by a command, and as
 * far as its setting says.
 */
import type { PartDeclaration } from '../../kiosk/agent/parts/part.ts';

export const toyPart: PartDeclaration = {
  name: 'toy',
  make: (host) => {
    let turns = 0;
    let { step } = host.settings.value('toy' as 'screen') as unknown as { step: number };
    const turn = (): void => {
      turns += step;
      for (const name of ['toy', 'inside']) host.publish(name as 'state', { turns } as never);
    };
    return {
      start: turn,
      stop: () => {},
      settings: {
        ['toy' as 'screen']: (values: unknown) => {
          ({ step } = values as { step: number });
          turn();
        },
      },
      commands: {
        'run-self-test': async () => {
          turn();
          return null;
        },
      },
    };
  },
};
