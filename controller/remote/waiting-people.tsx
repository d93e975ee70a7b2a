/** Who waits to be let into the room's meeting, on every page of the remote; decided from here, as hosts do. */
import type { WaitingDecision, WaitingList } from '#contract/waiting.ts';
import { WaitingRegion } from '#ui/meeting/waiting-region.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import type { RoomLink } from '../link/room-link.ts';
import { ProblemNote } from './notes.tsx';

type WaitingPeopleProps = {
  link: Pick<RoomLink, 'decideWaiting'>;
  /** null: the kiosk's own page lets nobody in */
  waiting: WaitingList | null;
};

export function WaitingPeople({ link, waiting }: WaitingPeopleProps) {
  const { run, pending, problem, dismissProblem } = useAsyncAction<WaitingDecision['name']>();
  if (waiting === null) return null;
  return (
    <div className="relative z-10 mx-auto flex w-full max-w-xl flex-col gap-3 px-5 pb-4 empty:hidden lg:max-w-6xl lg:px-8">
      <WaitingRegion
        waiting={waiting}
        pending={pending}
        onDecide={(decision, key) => void run(() => link.decideWaiting(decision), { key, about: decision.name })}
        className="shadow-card"
      />
      {problem !== null && <ProblemNote problem={problem} onDismiss={dismissProblem} />}
    </div>
  );
}
