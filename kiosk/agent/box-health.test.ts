import { expect, test } from 'vitest';
import { BoxHealth } from './box-health.ts';

function watched() {
  const told: unknown[] = [];
  const health = new BoxHealth({
    onNotices: (notices) => told.push([...notices]),
    onHappening: ({ name, ...rest }) => told.push([name, 'code' in rest ? rest.code : null]),
  });
  return { health, told: () => told.splice(0) };
}

test('a fault is an event and a notice, once; mended is told too', () => {
  const { health, told } = watched();
  health.tell('tv', null);
  expect(told()).toEqual([]);
  health.tell('tv', 'tv-not-answering');
  health.tell('tv', 'tv-not-answering');
  expect(told()).toEqual([['device-faulty', 'tv-not-answering'], ['tv-faulty']]);
  health.tell('tv', null);
  expect(told()).toEqual([['device-mended', null], []]);
});

test('another reason is another event, but the same notice', () => {
  const { health, told } = watched();
  health.tell('speakerphone', 'device-malformed');
  told();
  health.tell('speakerphone', 'device-gone');
  expect(told()).toEqual([['device-faulty', 'device-gone']]);
});

test('a speakerphone that is not supported has a notice of its own', () => {
  const { health, told } = watched();
  health.tell('speakerphone', 'device-unsupported');
  expect(told()).toEqual([['device-faulty', 'device-unsupported'], ['speakerphone-unsupported']]);
  health.tell('speakerphone', 'device-gone');
  expect(told()).toEqual([['device-faulty', 'device-gone'], ['speakerphone-faulty']]);
});

test('notices of parts that tell their own events stand beside', () => {
  const { health, told } = watched();
  health.tellOthers(['calendar-faulty']);
  health.tell('storage', 'storage-failed');
  health.tellOthers([]);
  expect(told()).toEqual([
    ['calendar-faulty'],
    ['device-faulty', 'storage-failed'],
    ['storage-failing', 'calendar-faulty'],
    ['storage-failing'],
  ]);
});
