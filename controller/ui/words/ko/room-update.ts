/** Korean words of a room's update, on its TV and its phones. */
import type en from '../en/room-update.ts';
import type { Translated } from '../translated.ts';

export default {
  tv: {
    soon: '{{time}}에 Maru를 업데이트합니다',
    dark: '약 30초 동안 화면이 꺼집니다.',
    putOff: '지금 곤란하면 이 회의실의 휴대폰이나 태블릿에서 ‘나중에’를 누르거나 회의를 시작하십시오.',
    startMeeting: '회의를 시작하면 끝날 때까지 업데이트를 미룹니다.',
    checks: 'Maru를 업데이트했으며 회의실 장치를 점검하고 있습니다. 회의를 시작할 수 있습니다.',
    updated: 'Maru를 업데이트했습니다',
    wentBack: '업데이트하지 못해 이전 상태로 작동합니다. IT 담당자에게 전달되었습니다.',
  },
  phone: {
    title: '{{time}}에 업데이트합니다',
    dark: '약 30초 동안 TV 화면이 꺼집니다.',
    notNow: '나중에',
    notNowHint: '한 번만 최대 6시간까지 미룰 수 있습니다.',
    waits: '회의를 시작하면 끝날 때까지 업데이트를 미룹니다.',
  },
} satisfies Translated<typeof en>;
