/** At the top of a page of a call: the mark that it is on air or recorded, and the countdown to it. */
import type { ReactNode } from 'react';
import type { CallAir } from '#contract/broadcast.ts';
import { Countdown, useCountdown } from './countdown.tsx';
import { OnAirMark } from './on-air-mark.tsx';

type AirStripProps = {
  air: CallAir;
  /** fleet's clock minus this device's, where it is known */
  clockOffsetMs?: number;
  className?: string;
  /** other signs of the call */
  children?: ReactNode;
};

export function AirStrip({ air, clockOffsetMs = 0, className = '', children }: AirStripProps) {
  const isCounting = air.phase === 'countdown';
  const seconds = useCountdown(isCounting ? { liveAtMs: (air.liveAtMs ?? Number.NaN) - clockOffsetMs } : null);
  return (
    <div className={`flex flex-wrap items-center gap-2 empty:hidden ${className}`}>
      <OnAirMark air={air} clockOffsetMs={clockOffsetMs} className="rounded-small text-base" />
      {seconds !== null && <Countdown seconds={seconds} scale="note" />}
      {children}
    </div>
  );
}
