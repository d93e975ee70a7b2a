import { expect, test } from 'vitest';
import { alertsApi, NewAlertTarget } from './http/alerts-api.ts';
import { roomServiceApi } from './http/fleet-api.ts';

const TYPED = 'Kim\u0000\r\nSubject: x\u202e';
const SHOWN = 'Kim Subject: x';

test('what people type beside alerts and rooms is one line in which nothing is hidden', () => {
  const target = { kind: 'mail', targetName: TYPED, address: 'it@example.com' };
  expect(NewAlertTarget.parse(target)).toMatchObject({ targetName: SHOWN });
  expect(NewAlertTarget.safeParse({ ...target, targetName: '\u202e\u200b' }).success).toBe(false);
  expect(alertsApi.acknowledgeAlert.body.parse({ note: TYPED })).toEqual({ note: SHOWN });
  const service = { state: 'in-service', reason: TYPED };
  expect(roomServiceApi.setRoomService.body.parse(service)).toMatchObject({ reason: SHOWN });
  const roomIds = ['0193a0b0-0000-7000-8000-000000000001'];
  expect(roomServiceApi.setServiceOfRooms.body.parse({ ...service, roomIds })).toMatchObject({ reason: SHOWN });
});
