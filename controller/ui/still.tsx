/** Keeps what is drawn while a person waits for something else: drawing it again would only delay that. */
import { memo, type ReactNode } from 'react';

/**
 * While `still`, new `children` are not drawn and the last ones stay. Their own state and words go on. What comes to be
 * while `still` is drawn once.
 */
export const Still = memo(
  function Still({ children }: { still: boolean; children: ReactNode }) {
    return children;
  },
  (_, next) => next.still,
);
