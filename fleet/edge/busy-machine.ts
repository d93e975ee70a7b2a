/** How long a program is waited for on a machine that has too much to do. Shared by those that replace it: the program process and the fleet server. */
import { availableParallelism, loadavg } from 'node:os';

/** Ready to run for each processor. Where twice as many are, each gets half the time, and waits for others that got half: by the square. */
const BUSY_FROM = 3;
const LONGEST_PATIENCE = 10;

/** Processes that run or wait for a processor, for each processor of the machine, over the last minute. */
export const loadPerCore = (): number => loadavg()[0]! / availableParallelism();

/** How many times as long as on an idle machine: 1 to 10. A fresh page costs more than waiting where the old one is only slow. */
export const patienceAt = (load: number): number => Math.min(LONGEST_PATIENCE, Math.max(1, (load / BUSY_FROM) ** 2));
