/** The way to the CEC bus: frames out, frames in. cec-tv.ts knows what they mean; tests have a bus without a tool. */
import type { CecFrame, CecOrder } from './cec-frame.ts';

export type BusEvents = {
  onFrame: (frame: CecFrame) => void;
  /** once: the adapter is gone, or its tool has ended */
  onGone: (why: string) => void;
};

export interface CecBus {
  /** where it sits in the tree of HDMI cables; null while no TV is plugged in */
  readonly physicalAddress: number | null;
  /** Claims an address on the bus and listens. @throws OperationalError `device-gone` */
  start(events: BusEvents): Promise<void>;
  stop(): Promise<void>;
  /** In this order. @throws OperationalError `tv-not-answering` where one was not acknowledged */
  send(orders: CecOrder[]): Promise<void>;
  /** As `send`, but ahead of the queue: the TV waits for an answer for one second (CEC 9.2). */
  answer(order: CecOrder): Promise<void>;
  /**
   * @returns the frame that answers
   * @throws OperationalError `tv-not-answering`; UserError `device-unsupported` where it is refused
   */
  ask(question: CecOrder, answer: number): Promise<CecFrame>;
}
