/** What is known of a node's clock: by what ways take, by clocks that are set, and by nodes that do not answer. */
import { beforeEach, expect, test } from 'vitest';
import { CLOCK_ASKED_AT_ONCE, mayBeOffMs, NodeClocks, UNMEASURED_MS } from './node-clocks.ts';

const NODE = 'node';
let steadyMs: number;
let wallMs: number;
let nodeAheadMs: number;
/** there, and back */
let ways: [number, number][];
let clocks: NodeClocks;
let wrong: (string | null)[];
let answers: boolean;
let asked: number[];

beforeEach(() => {
  [steadyMs, wallMs, nodeAheadMs, ways, wrong, answers, asked] = [5_000, 1_000_000, 0, [], [], true, []];
  clocks = new NodeClocks({ steadyNowMs: () => steadyMs, wallNowMs: () => wallMs });
  clocks.onAsk((_, sentAtMs) => asked.push(sentAtMs));
  clocks.onWrong((each) => wrong.push(each && `${each.nodeId} ${each.aheadMs}`));
});
const pass = (ms: number): void => {
  steadyMs += ms;
  wallMs += ms;
};
/** It registers after so long, and answers what it is asked. */
function registers(afterMs = 10_000, onWayMs = 0): void {
  pass(afterMs);
  const asOfMs = wallMs + nodeAheadMs;
  pass(onWayMs);
  clocks.registered(NODE, { instanceId: 'i', asOfMs });
  while (answers && asked.length > 0) {
    const sentAtMs = asked.shift()!;
    const [thereMs, backMs] = ways.shift() ?? [1, 1];
    pass(thereMs);
    const atMs = wallMs + nodeAheadMs;
    pass(backMs);
    clocks.answered(NODE, { sentAtMs, receivedAtMs: atMs }, atMs);
  }
}

test('the quickest of several answers counts, and its error is half of its way', () => {
  nodeAheadMs = 3_000;
  ways = [
    [900, 100],
    [20, 40],
    [500, 0],
  ];
  ways.push(...Array.from({ length: CLOCK_ASKED_AT_ONCE - ways.length }, (): [number, number] => [300, 800]));
  registers();
  const { aheadMs, errorMs } = clocks.of(NODE)!;
  expect(Math.abs(aheadMs - 3_000)).toBeLessThanOrEqual(errorMs);
  expect(errorMs).toBeLessThan(33);
  expect(mayBeOffMs(clocks.of(NODE))).toBe(0);
  expect(wrong).toEqual([null]);
});

test('an error that is longer than a word is a margin, and nobody’s clock has the widest', () => {
  ways = Array.from({ length: CLOCK_ASKED_AT_ONCE }, (): [number, number] => [600, 200]);
  registers();
  expect(mayBeOffMs(clocks.of(NODE))).toBeGreaterThanOrEqual(400);
  expect(mayBeOffMs(clocks.of(NODE))).toBeLessThan(420);
  expect([clocks.of('other'), mayBeOffMs(null)]).toEqual([null, UNMEASURED_MS]);
});

test('what is measured roughly is off by no more than its margin', () => {
  nodeAheadMs = 700;
  // all of the way there, or all of it back: nobody knows
  ways = Array.from({ length: CLOCK_ASKED_AT_ONCE }, (): [number, number] => [0, 800]);
  registers();
  const clock = clocks.of(NODE)!;
  expect(Math.abs(nodeAheadMs - clock.aheadMs)).toBeLessThanOrEqual(mayBeOffMs(clock));
});

test('a report that comes from ahead of us is of a clock that is ahead by at least that', () => {
  answers = false;
  nodeAheadMs = 6_000;
  registers(10_000, 2_000);
  const clock = clocks.of(NODE)!;
  expect(Math.abs(nodeAheadMs - clock.aheadMs)).toBeLessThanOrEqual(mayBeOffMs(clock));
});

test('clocks that differ by less than the error are the same', () => {
  nodeAheadMs = 4;
  ways = Array.from({ length: CLOCK_ASKED_AT_ONCE }, (): [number, number] => [10, 10]);
  registers();
  expect(clocks.of(NODE)!.aheadMs).toBe(0);
});

test('IT learns of a clock that is off by more than five seconds, until it is well again or the node is gone', () => {
  registers();
  nodeAheadMs = -5_200;
  registers();
  nodeAheadMs = -4_000;
  registers();
  expect(wrong).toEqual([null, 'node -5200', 'node -4000']);
  nodeAheadMs = 2_000;
  registers();
  expect([wrong.at(-1), clocks.allWrong]).toEqual([null, []]);
  nodeAheadMs = 60_000;
  registers();
  expect(clocks.allWrong).toEqual([{ nodeId: NODE, aheadMs: 60_000 }]);
  clocks.gone(NODE);
  expect([wrong.at(-1), clocks.allWrong]).toEqual([null, []]);
});

test('where all clocks are off, as by one of ours that is wrong, one of them is named, and seconds that stand between two stay', () => {
  registers();
  const both = [2_400, -400, 300, -300, 400].map((byMs) => {
    // the worst is now one, now the other
    nodeAheadMs = 60_000 + byMs;
    registers();
    clocks.registered('other', { instanceId: 'o', asOfMs: wallMs + 60_000 });
    const sentAtMs = asked.shift()!;
    const atMs = wallMs + 60_000;
    clocks.answered('other', { sentAtMs, receivedAtMs: atMs }, atMs);
    asked.length = 0;
    return wrong.at(-1);
  });
  expect(new Set(both)).toEqual(new Set(['node 62400', 'node 59600']));
  expect(wrong).toEqual([null, 'node 62400', 'node 59600']);
  nodeAheadMs = 0;
  registers();
  expect(wrong.at(-1)).toBe('other 60000');
});

test('a clock of ours that is set moves no time of a node, and is seen at once', () => {
  registers();
  wallMs -= 30_000;
  nodeAheadMs += 30_000;
  expect(clocks.of(NODE)!.aheadMs).toBe(30_000);
  registers();
  expect(clocks.of(NODE)!.aheadMs).toBe(30_000);
});

test('a node of an earlier release is known by its reports: roughly, and one that was long under way is not believed', () => {
  answers = false;
  nodeAheadMs = 60_000;
  registers(10_000, 8_000);
  expect(wrong).toEqual([]);
  registers(10_000, 100);
  expect(clocks.of(NODE)).toMatchObject({ aheadMs: 59_900 });
  expect(mayBeOffMs(clocks.of(NODE))).toBe(UNMEASURED_MS);
  expect(wrong.at(-1)).toBe('node 59900');
  registers(10_000, 8_000);
  expect(clocks.of(NODE)).toMatchObject({ aheadMs: 59_900 });
});

test('what was measured of a node that was away has the widest margin until it answers: its machine may have slept', () => {
  registers();
  clocks.gone(NODE);
  nodeAheadMs = -4_000;
  answers = false;
  registers(60_000);
  expect(mayBeOffMs(clocks.of(NODE))).toBeGreaterThanOrEqual(UNMEASURED_MS);
  answers = true;
  registers();
  expect([clocks.of(NODE)!.aheadMs, mayBeOffMs(clocks.of(NODE))]).toEqual([-4_000, 0]);
});

test('a report that was long under way says nothing against what was measured, and one from ahead of it does', () => {
  registers();
  answers = false;
  registers(10_000, 20_000);
  expect(clocks.of(NODE)!.aheadMs).toBe(0);
  nodeAheadMs = 40_000;
  registers(1_000, 10);
  expect(clocks.of(NODE)).toMatchObject({ aheadMs: 39_990 });
});

test('an answer of another question, or of a clock that was set in between, is none', () => {
  pass(1);
  clocks.registered(NODE, { instanceId: 'i', asOfMs: wallMs });
  clocks.answered(NODE, { sentAtMs: 1, receivedAtMs: 1 }, 1);
  const [sentAtMs] = asked as [number];
  clocks.answered(NODE, { sentAtMs, receivedAtMs: wallMs + 90_000 }, wallMs);
  expect(clocks.of(NODE)).toMatchObject({ aheadMs: 0 });
  expect(clocks.of(NODE)!.errorMs).toBeGreaterThanOrEqual(UNMEASURED_MS);
});
