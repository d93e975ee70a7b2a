import { expect, it } from 'vitest';
import { RoomTurns } from './room-turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));
function turnsUnderTest() {
  const turns = new RoomTurns();
  const begun: string[] = [];
  const ends: Record<string, (error?: Error) => void> = {};
  const run = (name: string, roomId = 'r') =>
    turns.run(
      roomId,
      () =>
        new Promise<void>((resolve, reject) => {
          begun.push(name);
          ends[name] = (error) => (error ? reject(error) : resolve());
        }),
    );
  return { run, begun, ends };
}

it('one work of a room begins once the one before has ended, also one that comes as the first ends', async () => {
  const { run, begun, ends } = turnsUnderTest();
  const [first, second] = [run('first'), run('second')];
  await settled();
  expect(begun).toEqual(['first']);
  ends.first!();
  await first;
  await settled();
  const third = run('third');
  await settled();
  expect(begun).toEqual(['first', 'second']);
  ends.second!();
  await second;
  await settled();
  expect(begun).toEqual(['first', 'second', 'third']);
  ends.third!();
  await third;
});

it('rooms do not wait for each other', async () => {
  const { run, begun } = turnsUnderTest();
  void run('one');
  void run('other', 'q');
  await settled();
  expect(begun).toEqual(['one', 'other']);
});

it('work that fails rejects, and keeps no other', async () => {
  const { run, begun, ends } = turnsUnderTest();
  const failing = expect(run('first')).rejects.toThrow('disk');
  void run('second');
  await settled();
  ends.first!(new Error('disk'));
  await failing;
  await settled();
  expect(begun).toEqual(['first', 'second']);
});
