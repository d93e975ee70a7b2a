/** What is spoken in scenes of TV, phone and laptop. */
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import { id } from '../screen-wires.ts';

export const written: CallTranscript = { ...NO_TRANSCRIPT, isOn: true, isPossible: true };

const spoken = (n: number, displayName: string, text: string): TranscriptSegment => ({
  segmentId: id(970 + n),
  peerId: id(101),
  displayName,
  text,
  fromMs: 1_000,
  untilMs: 4_000,
});
export const shortCaption = spoken(0, '포항 공장', '네, 다음 주 화요일까지 견적을 다시 보내 드리겠습니다.');
export const englishCaption = spoken(1, 'Dealer East', 'From when does the new price list count?');
export const longCaption = spoken(
  2,
  '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원',
  '그러니까 상반기에는 지역별 판매 목표를 먼저 정하고, 하반기에 들어가기 전에 대리점마다 재고와 인력을 한 번 더 확인하자는 것이 저희 영업본부의 제안입니다. 예산은 그다음에 정해도 늦지 않습니다.',
);
export const hostileCaption = spoken(
  3,
  'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander',
  `Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft <b>שלום עולם</b>`,
);
