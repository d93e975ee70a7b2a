/** Korean words of signing in, and of one's own password; same keys as in English, by type. */
import type { Translated } from '../translated.ts';
import type en from '../en/sign-in.ts';

export default {
  title: '로그인',
  userName: '사용자 이름',
  password: '비밀번호',
  action: '로그인',
  openId: '{{label}} 계정으로 로그인',
  or: '또는 마루 사용자 이름으로 로그인',
  signOut: '로그아웃',
  asking: '잠시만 기다려 주세요…',
  noServer: { title: '서버가 응답하지 않습니다', lead: '다시 시도하고 있습니다…' },
  choose: {
    title: '비밀번호 정하기',
    lead: '일회용 비밀번호는 더 이상 쓰지 않습니다. 새 비밀번호는 본인만 알 수 있습니다.',
    byLink: '이 링크는 한 번만 쓸 수 있습니다. 앞으로는 사용자 이름과 이 비밀번호로 로그인합니다.',
    oneTime: '일회용 비밀번호',
    current: '현재 비밀번호',
    next: '새 비밀번호',
    nextHint: '10자 이상',
    again: '새 비밀번호 확인',
    tooShort: '10자 이상 입력해 주세요',
    different: '두 비밀번호가 다릅니다',
    action: '저장하고 계속',
  },
} as const satisfies Translated<typeof en>;
