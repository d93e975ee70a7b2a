/** The way to the CEC bus, whichever tool it is: frames out, frames in. What they mean is cec-tv.ts's. */
import type { CecFrame, CecOrder } from './cec-frame.ts';

export type BusEvents = {
  onFrame: (frame: CecFrame) => void;
  /** the adapter is not there any longer, or its tool has ended; said once */
  onGone: (why: string) => void;
};

export interface CecBus {
  /** where it sits in the tree of HDMI cables; null while no TV is plugged in */
  readonly physicalAddress: number | null;
  /** the tool itself answers what a TV asks of every device */
  readonly answersForUs: boolean;
  /** Takes a place on the bus and listens. @throws OperationalError `device-gone` */
  start(events: BusEvents): Promise<void>;
  stop(): Promise<void>;
  /** In this order. @throws OperationalError `tv-not-answering` where one was not acknowledged */
  send(orders: CecOrder[]): Promise<void>;
  /** As `send`, but past all that waits: who asked waits for a second, and no longer (CEC 9.2). */
  answer(order: CecOrder): Promise<void>;
  /**
   * @returns the frame that answers
   * @throws OperationalError `tv-not-answering`; UserError `device-unsupported` where it is refused
   */
  ask(question: CecOrder, answer: number): Promise<CecFrame>;
}
