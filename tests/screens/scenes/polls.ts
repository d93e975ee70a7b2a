/** The polls that scenes of TV, phone and laptop show. */
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { type CallPoll, MAX_CHOICE_LETTERS, MAX_POLL_CHOICES, MAX_QUESTION_LETTERS } from '#contract/polls.ts';
import { id } from '../screen-wires.ts';

export const runningPoll: CallPoll = pollUnderTest({
  pollId: id(950),
  question: '다음 대리점 회의는 어디에서 할까요?',
  choices: ['본사 3층 단풍', '포항 공장', 'Online, from everywhere'],
  counts: [3, 1, 2],
  answeredCount: 6,
  peopleCount: 9,
});

export const endedQuiz: CallPoll = pollUnderTest({
  pollId: id(951),
  question: 'In which year did the plant in Pohang pour its first steel?',
  choices: ['1968', '1973', '1981', '1992'],
  isQuiz: true,
  counts: [1, 4, 2, 0],
  answeredCount: 7,
  peopleCount: 9,
  result: {
    endedAtMs: 2_000,
    rightChoice: 1,
    answers: [
      ['Mina Park', 1],
      ['포항 공장', 1],
      ['Plant 2', 0],
      ['부산 대리점', 1],
      ['Dealer East', 2],
      ['영업 1팀', 2],
      ['Maple 3F', 1],
    ].map(([displayName, choice]) => ({ displayName: displayName as string, choices: [choice as number] })),
  },
});

export const longPoll: CallPoll = pollUnderTest({
  pollId: id(952),
  question:
    '2027년 상반기 전국 대리점 영업 회의에서 가장 먼저 다루어야 할 안건은 무엇이라고 생각하십니까? 여러 개를 고를 수 있습니다.',
  choices: [
    '지역별 판매 목표와 성과급 기준의 재조정, 그리고 분기별 점검 방식에 관한 논의',
    'Prices of replacement parts, and who carries the cost of their transport abroad',
    '신제품 교육',
    '물류',
    '광고와 판촉',
    '전시장',
    '고객 응대',
    '보증 수리',
    '디지털 주문',
    '기타',
  ],
  isMultiple: true,
  isSecret: true,
  counts: [41, 60, 12, 8, 30, 2, 19, 74, 5, 0],
  answeredCount: 74,
  peopleCount: 120,
});

/** As long as each may be. */
const KOREAN_LETTERS = '지역별 판매 목표와 성과급 기준의 재조정과 분기별 점검 방식에 관한 논의 그리고 ';
const lettersOf = (text: string, letters: number): string =>
  text
    .repeat(Math.ceil(letters / text.length))
    .slice(0, letters - 1)
    .trimEnd()
    .padEnd(letters, '끝');
const longestChoices = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => lettersOf(`${n + 1}번 ${KOREAN_LETTERS}`, MAX_CHOICE_LETTERS));
export const longestPoll: CallPoll = pollUnderTest({
  ...longPoll,
  question: lettersOf(longPoll.question, MAX_QUESTION_LETTERS),
  choices: longestChoices(MAX_POLL_CHOICES),
});
export const longestQuiz: CallPoll = pollUnderTest({
  ...endedQuiz,
  question: lettersOf(longPoll.question, MAX_QUESTION_LETTERS),
  choices: longestChoices(5),
  counts: [1, 41, 20, 0, 7],
  answeredCount: 69,
  peopleCount: 120,
});
