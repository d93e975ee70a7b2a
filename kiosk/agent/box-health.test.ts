import { expect, test } from 'vitest';
import { BoxHealth } from './box-health.ts';

function watched() {
  const told: unknown[] = [];
  const health = new BoxHealth({
    onNotices: (notices) => told.push([...notices]),
    onEvent: ({ name, ...rest }) => told.push([name, 'code' in rest ? rest.code : null]),
  });
  return { health, told: () => told.splice(0) };
}

test('a fault is an event and a notice, once; mended is told too', () => {
  const { health, told } = watched();
  health.report('tv', null);
  expect(told()).toEqual([]);
  health.report('tv', 'tv-not-answering');
  health.report('tv', 'tv-not-answering');
  expect(told()).toEqual([['device-faulty', 'tv-not-answering'], ['tv-faulty']]);
  health.report('tv', null);
  expect(told()).toEqual([['device-mended', null], []]);
});

test('another reason is another event, but the same notice', () => {
  const { health, told } = watched();
  health.report('speakerphone', 'device-malformed');
  told();
  health.report('speakerphone', 'device-gone');
  expect(told()).toEqual([['device-faulty', 'device-gone']]);
});

test('a speakerphone that is not supported has a notice of its own', () => {
  const { health, told } = watched();
  health.report('speakerphone', 'device-unsupported');
  expect(told()).toEqual([['device-faulty', 'device-unsupported'], ['speakerphone-unsupported']]);
  health.report('speakerphone', 'device-gone');
  expect(told()).toEqual([['device-faulty', 'device-gone'], ['speakerphone-faulty']]);
});

test('notices of parts that record their events themselves stand beside', () => {
  const { health, told } = watched();
  health.reportNotices('calendar', ['calendar-faulty']);
  health.report('storage', 'storage-failed');
  health.reportNotices('calendar', []);
  expect(told()).toEqual([
    ['calendar-faulty'],
    ['device-faulty', 'storage-failed'],
    ['storage-failing', 'calendar-faulty'],
    ['storage-failing'],
  ]);
});

test('a part without a notice of its own has the one of all parts, once', () => {
  const { health, told } = watched();
  health.report('reach', 'internal');
  health.report('lan', 'internal');
  expect(told()).toEqual([['device-faulty', 'internal'], ['part-failing'], ['device-faulty', 'internal']]);
});
