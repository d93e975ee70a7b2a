import { expect, it } from 'vitest';
import { initials } from './names.ts';

it.each([
  ['Mina Park', 'MP'],
  ['guest', 'G'],
  ['Anna de la Cruz', 'AC'],
  ['  Ó  ', 'Ó'],
  ['mina.park@example.com', 'M'],
  ['王小明', '王'],
  ["O'Neil", 'O'],
  // Korean names
  ['김민아', '민아'],
  ['이준', '이준'],
  ['황보민아', '민아'],
  ['김 민아', '민아'],
  ['이 준', '이준'],
  ['제갈공명 팀장', '제팀'],
  ['회의실 3A', '회3'],
  // the company before or behind, as it is written in Korea
  ['(주)마루 박민아', '민아'],
  ['㈜마루 박민아', '민아'],
  ['마루(주) 박민아', '민아'],
  ['주식회사 마루 박민아', '민아'],
  ['박민아 (주)마루', '민아'],
  ['（주）마루 박민아', '민아'],
  ['(주)마루', '마루'],
  ['(주) 마루 박민아', '민아'],
  ['(주)', '주'],
  ['(주) 마루', '마루'],
  // departments in brackets
  ['박민아(개발팀)', '민아'],
  ['박민아 (개발팀)', '민아'],
  ['[개발팀] 박민아', '민아'],
  ['【개발】박민아', '민아'],
  ['Mina Park (IT)', 'MP'],
  ['Mina Park [IT, Seoul]', 'MP'],
  ['Mina (she/her)', 'M'],
  ['<b>Mina</b>', 'M'],
  // last name first
  ['Park, Mina (IT)', 'MP'],
  ['Park, Mina', 'MP'],
  ['de la Cruz, Anna', 'AC'],
  ['Park, Mina, PhD', 'MP'],
  ['박, 민아', '민아'],
  ['Park,', 'P'],
  // signs that are no letters
  ['"Mina" Park', 'MP'],
  ['- Mina -', 'M'],
  ['@mina', 'M'],
  ['(IT', 'I'],
  ['(IT)', 'I'],
  ['#3', '3'],
  ['?!', '?'],
  ['', ''],
  // pictures are letters of their own
  ['👩‍💻 dev', '👩‍💻D'],
  ['🇰🇷 Mina', '🇰🇷M'],
  ['👍🏽', '👍🏽'],
])('%s is %s', (name, expected) => expect(initials(name)).toBe(expected));

it.each(['(주)마루 박민아', 'Park, Mina (IT)', '[a] (b) {c}', '((((', '】【', ', , ,', '㈜', '(주)', '(주) (유)'])(
  '%s gives no bracket and no comma where there is a letter',
  (name) => {
    const shown = initials(name);
    if (/[\p{L}\p{N}]/u.test(name)) expect(shown).toMatch(/^[\p{L}\p{N}]{1,2}$/u);
    else expect(shown.length).toBeLessThanOrEqual(1);
  },
);
