/**
 * A call that is drawn before it is wanted. It stands beneath the page before it, out of sight; a tap moves that page away,
 * and little is left to draw: the videos wait for the first frame, not the frame for them. For the TV and the guest's page.
 */
import { type ReactNode, useEffect, useState } from 'react';
import { Still } from './still.tsx';
import { useTrueFor } from './use-true-for.ts';

/** The transports that are being negotiated have the machine to themselves until then. */
const DRAWN_AHEAD_AFTER_MS = 300;
/** Removing the page before the call earlier would delay the first picture. */
const COVER_KEPT_MS = 1_000;

type PreparedCallProps = {
  /** the peer that the call is prepared as; null: nothing is prepared */
  preparedAs: string | null;
  /** the preparation is in use: the call stays drawn */
  joining: boolean;
  /** somebody has asked for the call: if it is drawn, it is seen from here on */
  wanted: boolean;
  /** the peer that is in the call; null: not in yet */
  joinedAs: string | null;
  /** the page before the call */
  before: ReactNode;
  /** of the layer that holds `before`; it has to be opaque */
  coverClassName: string;
  /** over a call that is seen while it is still joined */
  notice?: ReactNode;
  /** Draws the call, with people's names only from `joinedAs` on. */
  children: (selfPeerId: string) => ReactNode;
};

export function PreparedCall({
  preparedAs,
  joining,
  wanted,
  joinedAs,
  before,
  coverClassName,
  notice,
  children,
}: PreparedCallProps) {
  const aheadAs = useDrawnAhead(preparedAs, joining);
  const selfPeerId = joinedAs ?? aheadAs;
  const seen = joinedAs !== null || (wanted && aheadAs !== null);
  useEffect(() => {
    // the page before stays for a moment, a phone's keyboard must not
    if (seen && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, [seen]);
  return (
    <>
      {selfPeerId !== null && (
        <div inert={!seen} aria-hidden={!seen || undefined} className="fixed inset-0 contain-strict">
          <Still still={wanted && joinedAs === null}>{children(selfPeerId)}</Still>
        </div>
      )}
      <Cover lifted={seen} className={coverClassName}>
        <Still still={seen}>{before}</Still>
      </Cover>
      {seen && joinedAs === null && notice}
    </>
  );
}

/** As which peer the call is drawn before one is in it; null: it is not drawn. */
function useDrawnAhead(preparedAs: string | null, joining: boolean): string | null {
  const due = useTrueFor(preparedAs !== null, DRAWN_AHEAD_AFTER_MS);
  const ahead = due ? preparedAs : null;
  const [kept, setKept] = useState<string | null>(null);
  // during render, as React has it for state that follows props
  if (!joining && kept !== ahead) setKept(ahead);
  return joining ? kept : ahead;
}

/** A layer of its own that is moved out of sight when it is `lifted`, so that nothing beneath it is painted again. */
function Cover({ lifted, className, children }: { lifted: boolean; className: string; children: ReactNode }) {
  const settled = useTrueFor(lifted, COVER_KEPT_MS);
  if (settled) return null;
  return (
    <div
      aria-hidden={lifted || undefined}
      className={`relative will-change-transform ${className} ${lifted ? '-translate-x-[200vw]' : ''}`}
    >
      {children}
    </div>
  );
}
