/** What can go wrong, how it is made to, and what the product promises then. The limits are the product's own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { busyWorkers } from '../e2e/product/media-metrics.ts';
import { BO, type CallUnderFault, type Pair } from './call-under-fault.ts';

/** True once it is seen that the struck part is another than before: "all is well" says nothing sooner. */
export type Proof = (call: CallUnderFault) => boolean;

export type Fault = {
  name: string;
  /** resolves when the fault is over and getting well begins, with what proves that it has really struck */
  strike: (call: CallUnderFault) => Promise<Proof>;
  /** the longest that this pair's picture may stand still */
  longestGapMs: (pair: Pair) => number;
  /** from the fault's end until TV and phones are right */
  rightWithinMs: number;
  /** false: the call's own process died, so everyone has come in anew */
  keepsPeerIds: boolean;
};

/** Not touched by it at all. */
export const UNTOUCHED_MS = 1_000;
const CUT_MS = 10_000;
const BACK_AFTER_CUT_MS = 3_000;

const concernsBo = ({ viewer, seen }: Pair): boolean => viewer === BO.name || seen === BO.name;

function networkCut(name: string, resetStreams: boolean): Fault {
  return {
    name,
    async strike({ network }) {
      network.cut({ resetStreams });
      await sleep(CUT_MS);
      network.restore();
      return () => true;
    },
    longestGapMs: (pair) => (concernsBo(pair) ? CUT_MS + BACK_AFTER_CUT_MS : UNTOUCHED_MS),
    rightWithinMs: BACK_AFTER_CUT_MS,
    keepsPeerIds: true,
  };
}

/** Half of what a camera's two layers need, or two people's. */
const NARROW_BPS = 350_000;
const NARROW_MS = 4_000;
/** Smaller pictures come with a key frame, over a link that is full by then. */
const SMALLER_WITHIN_MS = 3_000;

function narrowed(name: string, way: 'upBps' | 'downBps', longestGapMs: number): Fault {
  return {
    name,
    async strike({ network }) {
      network.impair({ [way]: NARROW_BPS });
      await sleep(NARROW_MS);
      network.impair({ [way]: null });
      return () => true;
    },
    longestGapMs: (pair) => (concernsBo(pair) ? longestGapMs : UNTOUCHED_MS),
    rightWithinMs: BACK_AFTER_CUT_MS,
    keepsPeerIds: true,
  };
}

/** What a moment does to pictures by itself, on this machine. */
export const noFault: Fault = {
  name: 'no fault',
  strike: async () => () => true,
  longestGapMs: () => Number.POSITIVE_INFINITY,
  rightWithinMs: Number.POSITIVE_INFINITY,
  keepsPeerIds: true,
};

export const faults: Fault[] = [
  {
    name: 'fleet server killed',
    async strike({ scene: { product } }) {
      const former = product.kill('fleet-server');
      await product.replaced('fleet-server', former);
      return () => true;
    },
    longestGapMs: () => UNTOUCHED_MS,
    rightWithinMs: 5_000,
    keepsPeerIds: true,
  },
  {
    name: 'media worker killed',
    async strike({ scene: { product }, mediaOrigin }) {
      const struck = (await busyWorkers(mediaOrigin)).map((index) => ({ index, pid: product.workerPid(index) }));
      for (const { pid } of struck) process.kill(pid, 'SIGKILL');
      return () => struck.every(({ index, pid }) => product.workerPid(index) !== pid);
    },
    longestGapMs: () => 3_000,
    rightWithinMs: 3_000,
    keepsPeerIds: true,
  },
  networkCut('network cut, streams stall', false),
  networkCut('network cut, streams reset', true),
  narrowed('uplink narrow', 'upBps', UNTOUCHED_MS),
  narrowed('downlink narrow', 'downBps', SMALLER_WITHIN_MS),
  {
    name: 'agent killed',
    async strike({ scene: { product }, phone }) {
      const { epoch } = phone.state!;
      product.kill('agent');
      return () => phone.state!.epoch > epoch;
    },
    longestGapMs: () => UNTOUCHED_MS,
    rightWithinMs: 5_000,
    keepsPeerIds: true,
  },
  {
    name: 'media node killed',
    async strike({ scene: { product } }) {
      const former = product.kill('media-node');
      return () => product.pids('media-node').some((pid) => pid !== former);
    },
    longestGapMs: () => 10_000,
    rightWithinMs: 10_000,
    keepsPeerIds: false,
  },
];
