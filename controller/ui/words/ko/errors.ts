/** Korean words for every ErrorCode: what happened, what it means for the meeting, what to do. */
import type { Translated } from '../translated.ts';
import type en from '../en/errors.ts';

export default {
  'bad-message': {
    what: '요청을 이해하지 못했습니다',
    meaning: '회의에는 아무 변화가 없습니다.',
    todo: '이 페이지를 새로 고쳐 주세요. 다시 발생하면 IT 담당자에게 코드를 알려 주세요.',
  },
  'too-large': {
    what: '너무 커서 보낼 수 없습니다',
    meaning: '회의에는 아무 변화가 없습니다.',
    todo: '페이지를 새로 고치고 더 짧게 시도해 주세요.',
  },
  'unknown-command': {
    what: '회의실이 이 명령을 모릅니다',
    meaning: '회의에는 아무 변화가 없습니다.',
    todo: '페이지를 새로 고쳐 주세요. 회의실의 버전이 다를 수 있습니다.',
  },
  'hello-expected': {
    what: '연결이 올바르게 시작되지 않았습니다',
    meaning: '회의에는 아무 변화가 없습니다.',
    todo: '이 페이지를 새로 고쳐 주세요.',
  },
  'client-too-old': {
    what: '이 페이지가 서버보다 오래되었습니다',
    meaning: '최신 버전이 될 때까지 참여할 수 없습니다.',
    todo: '페이지를 새로 고치면 최신 버전이 열립니다.',
  },
  'server-too-old': {
    what: '서버가 이 페이지보다 오래되었습니다',
    meaning: '서버를 업데이트할 때까지 참여할 수 없습니다.',
    todo: 'IT 담당자에게 서버 업데이트를 요청해 주세요.',
  },
  'wrong-room': {
    what: '다른 회의실에 대한 요청입니다',
    meaning: '두 회의실 모두 아무 변화가 없습니다.',
    todo: '지금 있는 회의실의 TV에 나온 코드를 스캔해 주세요.',
  },
  'second-writer': {
    what: '단말 두 대가 같은 회의실로 등록되어 있습니다',
    meaning: '먼저 연결된 단말만 인정됩니다.',
    todo: 'IT 담당자에게 한 대를 꺼 달라고 요청해 주세요.',
  },
  'not-found': {
    what: '더 이상 없는 항목입니다',
    meaning: '회의에는 아무 변화가 없습니다.',
    todo: '뒤로 가서 다시 선택해 주세요.',
  },
  'pairing-code-invalid': {
    what: '사용할 수 없는 코드입니다',
    meaning: 'TV의 코드는 몇 분마다 바뀌고, 한 번만 쓸 수 있습니다.',
    todo: '지금 TV에 나온 코드를 입력하거나 스캔해 주세요.',
  },
  'invite-invalid': {
    what: '사용할 수 없는 초대입니다',
    meaning: '링크가 잘렸거나 취소되었을 수 있습니다.',
    todo: '초대장에 있는 링크 전체를 열거나 새 링크를 요청해 주세요.',
  },
  'invite-expired': {
    what: '초대 기간이 지났습니다',
    meaning: '이 링크로는 회의에 들어갈 수 없습니다.',
    todo: '초대한 사람에게 새 링크를 요청해 주세요.',
  },
  'invite-closed': {
    what: '이 링크로는 더 이상 새로 들어갈 수 없습니다',
    meaning: '회의는 계속될 수 있지만 이 링크의 입장은 마감되었습니다.',
    todo: '초대한 사람에게 새 링크를 요청해 주세요.',
  },
  'token-invalid': {
    what: '입장 권한이 올바르지 않습니다',
    meaning: '들어가지 못했습니다.',
    todo: '링크를 다시 열거나 TV의 코드를 다시 스캔해 주세요.',
  },
  'token-expired': {
    what: '입장 권한의 유효 시간이 지났습니다',
    meaning: '들어가지 못했습니다.',
    todo: '다시 시도하면 새 권한을 받습니다.',
  },
  'token-used': {
    what: '이미 사용한 입장 권한입니다',
    meaning: '권한 하나로 한 번만 들어갈 수 있습니다.',
    todo: '다시 시도하면 새 권한을 받습니다.',
  },
  'credentials-invalid': {
    what: '사용자 이름이나 비밀번호가 맞지 않습니다',
    meaning: '로그인되지 않았습니다.',
    todo: '둘 다 확인하고 다시 시도해 주세요.',
  },
  'password-too-weak': {
    what: '추측하기 쉬운 비밀번호입니다',
    meaning: '비밀번호가 바뀌지 않았습니다.',
    todo: '이전 것과 다르게 10자 이상으로 정해 주세요.',
  },
  'not-signed-in': {
    what: '로그인되어 있지 않습니다',
    meaning: '로그인 시간이 끝나 아무것도 바뀌지 않았습니다.',
    todo: '다시 로그인해 주세요.',
  },
  forbidden: {
    what: '이 작업을 할 권한이 없습니다',
    meaning: '아무것도 바뀌지 않았습니다.',
    todo: '권한이 있는 사람에게 요청해 주세요.',
  },
  'too-many-attempts': {
    what: '시도 횟수가 너무 많습니다',
    meaning: '잠시 동안 더 시도할 수 없습니다.',
    todo: '1분 뒤에 다시 시도해 주세요.',
  },
  'claim-code-invalid': {
    what: '사용할 수 없는 등록 정보입니다',
    meaning:
      '등록 정보는 10분 동안 한 번만 쓸 수 있고, 새로 만들면 이전 것은 쓸 수 없습니다. 여기서는 회의할 수 없습니다.',
    todo: 'IT 담당자는 관리 콘솔의 회의실 화면에서 새 등록 정보를 만들어 이 단말에 넣어 주세요.',
  },
  'enrolment-ended': {
    what: '이 단말은 더 이상 회의실에 등록되어 있지 않습니다',
    meaning:
      'IT 담당자가 등록을 취소했거나, 다른 단말로 교체되었거나, 인증서가 만료되었습니다. 여기서는 회의할 수 없습니다.',
    todo: 'IT 담당자는 관리 콘솔의 회의실 화면에서 새 등록 정보를 만들어 이 단말에 넣어 주세요.',
  },
  'not-enrolled': {
    what: '이 단말은 아직 회의실에 등록되지 않았습니다',
    meaning: '등록 정보가 없거나, 등록 정보에 적힌 서버에 연결되지 않습니다. 여기서는 회의할 수 없습니다.',
    todo: 'IT 담당자는 관리 콘솔의 회의실 화면에서 등록 정보를 만들어 이 단말에 넣고 네트워크를 확인해 주세요.',
  },
  'pairing-revoked': {
    what: '이 휴대폰과 회의실의 연결이 해제되었습니다',
    meaning: '회의는 계속되지만 여기서는 조작할 수 없습니다.',
    todo: 'TV의 코드를 스캔하면 다시 연결됩니다.',
  },
  'sign-in-not-fresh': {
    what: '비밀번호를 다시 입력해 주세요',
    meaning: '로그인한 지 시간이 지났습니다.',
    todo: '본인 확인 후 다시 시도해 주세요.',
  },
  'account-disabled': {
    what: '사용이 중지된 계정입니다',
    meaning: '로그인하거나 회의를 만들 수 없습니다.',
    todo: 'IT 담당자에게 계정 사용 재개를 요청해 주세요.',
  },
  'user-name-taken': {
    what: '이미 사용 중인 사용자 이름입니다',
    meaning: '계정이 만들어지지 않았습니다.',
    todo: '다른 이름을 선택해 주세요.',
  },
  'last-administrator': {
    what: '마지막 관리자입니다',
    meaning: '이 계정이 없으면 마루를 관리할 사람이 없어 변경하지 않았습니다.',
    todo: '먼저 다른 로컬 관리자를 지정해 주세요.',
  },
  'address-not-allowed': {
    what: '이 네트워크에서는 참여할 수 없습니다',
    meaning: '허용된 네트워크에서만 참여할 수 있는 회의입니다.',
    todo: '회사 네트워크에서 접속하거나 주최자에게 문의해 주세요.',
  },
  'call-locked': {
    what: '회의가 잠겨 있습니다',
    meaning: '지금은 새로 들어갈 수 없습니다.',
    todo: '주최자에게 잠금 해제나 입장 허용을 요청해 주세요.',
  },
  'presence-needed': {
    what: 'TV에 표시된 코드를 입력해 주세요',
    meaning: '회의실 안에 있는 사람만 마이크와 카메라를 켤 수 있습니다.',
    todo: '지금 TV에 보이는 코드를 입력해 주세요.',
  },
  'stays-muted': {
    what: '주최자가 음소거를 유지하고 있습니다',
    meaning: '다른 참가자에게 소리가 들리지 않습니다.',
    todo: '말하려면 손을 들어 주세요.',
  },
  'not-admitted': {
    what: '입장이 허용되지 않았습니다',
    meaning: '회의는 계속 진행됩니다.',
    todo: '주최자에게 문의한 뒤 다시 시도해 주세요.',
  },
  'guests-not-allowed': {
    what: '구성원만 참여할 수 있는 회의입니다',
    meaning: '외부 참가자 링크로는 입장할 수 없습니다.',
    todo: '계정으로 로그인하거나 주최자에게 문의해 주세요.',
  },
  'openid-refused': {
    what: '로그인하지 못했습니다',
    meaning: '조직 로그인에서 올바른 응답을 받지 못했습니다.',
    todo: '다시 시도해 주세요. 반복되면 IT 담당자에게 코드를 알려 주세요.',
  },
  'place-name-taken': {
    what: '같은 이름의 장소가 이미 있습니다',
    meaning: '바뀐 것이 없습니다.',
    todo: '다른 이름을 쓰거나 다른 상위 장소를 선택해 주세요.',
  },
  'place-not-empty': {
    what: '사용 중인 장소입니다',
    meaning: '이 장소에 하위 장소, 회의실, 계정이 있거나 이 장소를 범위로 하는 역할 또는 토큰이 있습니다.',
    todo: '먼저 다른 장소로 옮겨 주세요.',
  },
  'list-unreadable': {
    what: '목록을 읽을 수 없습니다',
    meaning: '계정을 만들거나 바꾸지 않았습니다.',
    todo: '첫 줄에 열 이름을 넣어 CSV로 저장해 주세요.',
  },
  'mail-limit': {
    what: '메일을 너무 많이 보냈습니다',
    meaning: '이 메일은 전송되지 않았습니다.',
    todo: '링크를 복사해 전달하거나 한 시간 뒤 다시 시도해 주세요.',
  },
  'openid-unreachable': {
    what: '조직 로그인 서버가 응답하지 않습니다',
    meaning: '지금은 조직 계정으로 로그인할 수 없습니다.',
    todo: '몇 분 뒤 다시 시도하거나 IT 담당자에게 알려 주세요.',
  },
  'removed-from-call': {
    what: '회의에서 퇴장 처리되었습니다',
    meaning: '회의는 계속 진행됩니다.',
    todo: '주최자에게 새 초대를 요청해 주세요.',
  },
  'setting-invalid': {
    what: '여기에 쓸 수 없는 값입니다',
    meaning: '바뀐 것은 없습니다.',
    todo: '옆에 표시된 범위 안에서 다시 입력해 주세요.',
  },
  'setting-missing': {
    what: '함께 필요한 설정이 비어 있습니다',
    meaning: '회의실은 마지막으로 정상이던 설정으로 계속 동작합니다.',
    todo: '표시된 항목을 입력하고 다시 저장해 주세요.',
  },
  'setting-file-invalid': {
    what: '단말의 설정 파일에 읽을 수 없는 항목이 있습니다',
    meaning: '그 항목만 건너뛰고 나머지는 적용됩니다.',
    todo: '단말의 settings.json을 고치고 단말을 다시 시작해 주세요. 위치는 단말 로그에 있습니다.',
  },
  'secret-unreadable': {
    what: '단말이 이 비밀번호를 읽을 수 없습니다',
    meaning: '다른 단말에 맞춰 암호화된 값입니다. 회의실은 마지막으로 정상이던 설정으로 계속 동작합니다.',
    todo: '비밀번호를 다시 입력해 주세요.',
  },
  'meeting-in-past': {
    what: '이미 끝난 시간입니다',
    meaning: '회의 종료 시각이 지났습니다. 저장되지 않았습니다.',
    todo: '더 늦은 시간을 선택해 주세요.',
  },
  'meeting-changed': {
    what: '그사이 다른 사람이 이 회의를 바꾸었습니다',
    meaning: '입력하신 내용은 저장되지 않았습니다.',
    todo: '현재 회의 내용을 확인한 뒤 다시 바꿔 주세요.',
  },
  'settings-changed': {
    what: '그사이 다른 사람이 이 설정을 바꾸었습니다',
    meaning: '입력하신 내용은 저장되지 않았습니다.',
    todo: '현재 설정을 확인한 뒤 다시 저장해 주세요.',
  },
  'outsider-in-call': {
    what: '지금은 문서를 보일 수 없습니다',
    meaning: '회의에 문서를 볼 수 없는 참가자가 있습니다.',
    todo: '그 참가자가 나간 뒤에 다시 보여 주세요. 문서는 목록에 남아 있습니다.',
  },
  'not-possible-now': {
    what: '지금은 할 수 없습니다',
    meaning: '회의실 상태가 방금 바뀌어 실행하지 않았습니다.',
    todo: '지금 회의실의 상태를 확인하고 다시 시도해 주세요.',
  },
  'call-ended': {
    what: '회의가 끝났습니다',
    meaning: '남아 있는 사람이 없습니다.',
    todo: '필요하면 회의를 다시 시작해 주세요.',
  },
  'call-full': {
    what: '회의 정원이 찼습니다',
    meaning: '더 이상 들어갈 수 없습니다.',
    todo: '누군가 나간 뒤에 다시 시도해 주세요.',
  },
  'seats-taken': {
    what: '이 링크로 들어갈 수 있는 인원이 찼습니다',
    meaning: '회의는 계속되지만 지금은 빈자리가 없습니다.',
    todo: '누군가 나간 뒤에 다시 시도하거나 개인 초대를 요청해 주세요.',
  },
  'joined-elsewhere': {
    what: '다른 기기나 다른 창에서 회의에 참여했습니다',
    meaning: '두 번 보이지 않도록 자리가 그쪽으로 옮겨졌습니다.',
    todo: '그쪽에서 계속하거나, 다시 시도하면 이 페이지로 돌아옵니다.',
  },
  'call-moved': {
    what: '회의가 다른 곳에서 이어집니다',
    meaning: '모든 참가자가 그곳으로 모입니다.',
    todo: '잠시 기다리면 페이지가 자동으로 참여합니다.',
  },
  'call-unreachable': {
    what: '지금은 서버가 회의에 연결할 수 없습니다',
    meaning: '아직 회의 중인 사람이 있을 수 있어 두 번째 회의를 열지 않습니다.',
    todo: '이대로 기다려 주세요. 길어도 5분 동안 자동으로 다시 시도합니다.',
  },
  'peer-unknown': {
    what: '이미 회의를 나간 참가자입니다',
    meaning: '아무것도 바뀌지 않았습니다.',
    todo: '참가자 목록을 다시 확인해 주세요.',
  },
  replaced: {
    what: '다른 곳에서 열렸습니다',
    meaning: '새로 연 창이 이어받았습니다.',
    todo: '그 창에서 계속하거나, 이 페이지를 새로 고쳐 다시 가져오세요.',
  },
  'command-expired': {
    what: '회의실에 너무 늦게 도착했습니다',
    meaning: '뜻밖의 동작을 막기 위해 실행하지 않았습니다.',
    todo: '다시 시도해 주세요.',
  },
  'room-not-answering': {
    what: '회의실이 응답하지 않습니다',
    meaning: 'TV의 회의는 계속되지만 여기서는 조작할 수 없습니다.',
    todo: '잠시 뒤에 다시 시도해 주세요. 계속되면 TV 뒤의 회의실 단말이 켜져 있는지 확인해 주세요.',
  },
  'no-media-node': {
    what: '준비된 미디어 서버가 없습니다',
    meaning: '지금은 회의를 시작할 수 없습니다.',
    todo: '1분 뒤에 다시 시도해 주세요. 계속되면 IT 담당자에게 코드를 알려 주세요.',
  },
  'media-failed': {
    what: '영상과 소리를 연결하지 못했습니다',
    meaning: '여기서 회의를 볼 수 없습니다.',
    todo: '다시 시도해 주세요. 또 실패하면 네트워크가 미디어 포트를 막고 있을 수 있으니 IT 담당자에게 코드를 알려 주세요.',
  },
  'no-screen': {
    what: 'TV 화면이 응답하지 않습니다',
    meaning: 'TV에 회의를 표시할 수 없습니다.',
    todo: '다시 시작하고 있습니다. 몇 초 뒤에 다시 시도해 주세요.',
  },
  'shutting-down': {
    what: '서버를 다시 시작하고 있습니다',
    meaning: '진행 중인 회의는 계속됩니다.',
    todo: '잠시 기다리면 페이지가 자동으로 다시 연결됩니다.',
  },
  'calendar-malformed': {
    what: '캘린더를 읽을 수 없습니다',
    meaning: '예약이 빠져 보일 수 있습니다. 회의는 평소처럼 시작할 수 있습니다.',
    todo: 'IT 담당자에게 코드를 알려 주세요. 캘린더가 잘못된 내용을 보내고 있습니다.',
  },
  'calendar-too-large': {
    what: '캘린더가 너무 큽니다',
    meaning: '예약이 빠져 보일 수 있습니다. 회의는 평소처럼 시작할 수 있습니다.',
    todo: 'IT 담당자에게 코드를 알려 주세요. 이 회의실만의 캘린더가 필요합니다.',
  },
  'device-malformed': {
    what: '장치의 신호를 이해할 수 없습니다',
    meaning: '장치의 버튼 없이 회의가 계속됩니다.',
    todo: '장치를 뽑았다가 다시 꽂아 주세요. 계속되면 IT 담당자에게 코드를 알려 주세요.',
  },
  'calendar-refused': {
    what: '캘린더에 접근할 수 없습니다',
    meaning: '예약이 표시되지 않습니다. 회의는 평소처럼 시작할 수 있습니다.',
    todo: 'IT 담당자에게 코드를 알려 주세요. 회의실의 캘린더 로그인을 갱신해야 합니다.',
  },
  'booking-unknown': {
    what: '더 이상 없는 예약입니다',
    meaning: '회의실에는 아무 변화가 없습니다.',
    todo: '목록을 다시 확인해 주세요. 옮겨졌거나 취소되었을 수 있습니다.',
  },
  'booking-conflict': {
    what: '그 전에 다음 예약이 시작됩니다',
    meaning: '예약은 예정대로 끝납니다.',
    todo: '더 짧은 시간을 선택하거나 다른 회의실을 이용해 주세요.',
  },
  'device-unknown': {
    what: '더 이상 없는 장치입니다',
    meaning: '지금 쓰고 있는 장치를 그대로 씁니다.',
    todo: '목록을 다시 확인하거나 케이블을 확인해 주세요.',
  },
  'device-unsupported': {
    what: '이 장치로는 할 수 없습니다',
    meaning: '회의에는 아무 변화가 없습니다.',
    todo: '장치의 버튼이나 장치용 리모컨을 사용해 주세요.',
  },
  'calendar-unreachable': {
    what: '캘린더가 응답하지 않습니다',
    meaning: '예약이 최신이 아닐 수 있습니다. 회의는 평소처럼 시작할 수 있습니다.',
    todo: '자동으로 다시 시도합니다. 계속되면 IT 담당자에게 코드를 알려 주세요.',
  },
  'tv-not-answering': {
    what: 'TV가 응답하지 않습니다',
    meaning: '회의는 계속됩니다. TV를 직접 켜야 할 수 있습니다.',
    todo: 'TV 리모컨을 사용해 주세요. 계속되면 IT 담당자에게 코드를 알려 주세요.',
  },
  'device-gone': {
    what: '장치의 연결이 끊겼습니다',
    meaning: '그 장치 없이 회의가 계속됩니다.',
    todo: '케이블을 확인해 주세요. 다시 연결되면 바로 사용합니다.',
  },
  'document-encrypted': {
    what: '암호로 보호된 문서입니다',
    meaning: '문서가 표시되지 않았고, 파일은 보관되지 않습니다.',
    todo: '암호를 해제하여 저장한 뒤 다시 공유해 주세요.',
  },
  'document-broken': {
    what: '문서를 읽을 수 없습니다',
    meaning: '화면에 표시되지 않았습니다. 이전에 표시된 내용은 그대로 유지됩니다.',
    todo: '파일을 직접 열어 확인해 주세요. 열리면 PDF로 저장한 뒤 공유해 주세요.',
  },
  'document-empty': {
    what: '빈 파일입니다',
    meaning: '화면에 표시되지 않았습니다.',
    todo: '다른 파일을 선택해 주세요.',
  },
  'document-too-long': {
    what: '문서의 쪽수가 너무 많습니다',
    meaning: '화면에 표시되지 않았습니다. 500쪽까지 가능합니다.',
    todo: '필요한 부분만 공유해 주세요.',
  },
  'document-too-large': {
    what: '문서가 너무 큽니다',
    meaning: '화면에 표시되지 않았습니다. 200MB까지 가능합니다.',
    todo: '필요한 부분만 공유하거나, 그림 용량을 줄여 PDF로 저장한 뒤 공유해 주세요.',
  },
  'document-type-unsupported': {
    what: '표시할 수 없는 파일 형식입니다',
    meaning: '화면에 표시되지 않았습니다.',
    todo: 'PDF로 저장하여 공유해 주세요.',
  },
  'document-took-too-long': {
    what: '문서를 준비하는 데 너무 오래 걸렸습니다',
    meaning: '화면에 표시되지 않았으며 준비를 중단했습니다.',
    todo: 'PDF로 저장하여 공유해 주세요.',
  },
  'picture-too-large': {
    what: '그림이 너무 큽니다',
    meaning: '화면에 표시되지 않았습니다.',
    todo: '가로세로 크기를 줄여 다시 공유해 주세요.',
  },
  'quota-exceeded': {
    what: '문서를 보관할 공간이 부족합니다',
    meaning: '이미 공유된 문서는 그대로 유지됩니다.',
    todo: '필요 없는 문서를 삭제하거나 IT 담당자에게 공간을 요청해 주세요.',
  },
  'upload-offset': {
    what: '업로드 위치가 서버와 다릅니다',
    meaning: '잃은 내용은 없습니다.',
    todo: '자동으로 이어집니다. 이어지지 않으면 파일을 다시 선택해 주세요.',
  },
  'not-ready': {
    what: '아직 준비하고 있습니다',
    meaning: '잃은 내용은 없습니다.',
    todo: '잠시 기다려 주세요.',
  },
  'converter-unavailable': {
    what: '지금은 문서를 준비할 수 없습니다',
    meaning: '회의는 문서 없이 계속됩니다.',
    todo: '화면을 공유하고, IT 담당자에게 코드를 알려 주세요.',
  },
  'storage-failed': {
    what: '지금은 저장할 수 없습니다',
    meaning: '통화는 계속되지만, 방금 변경한 내용이 저장되지 않았을 수 있습니다.',
    todo: 'IT 담당자에게 코드를 알려 주세요. 디스크가 가득 찼을 수 있습니다. 해결된 뒤 다시 시도해 주세요.',
  },
  internal: {
    what: '시스템에 문제가 생겼습니다',
    meaning: '마지막 작업이 실행되지 않았습니다.',
    todo: '다시 시도해 주세요. 또 발생하면 IT 담당자에게 코드를 알려 주세요.',
  },
} as const satisfies Translated<typeof en>;
