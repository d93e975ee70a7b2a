import { expect, it } from 'vitest';
import { initials } from './names.ts';

it.each([
  ['Mina Park', 'MP'],
  ['guest', 'G'],
  ['Anna de la Cruz', 'AC'],
  ['김민아', '민아'],
  ['이준', '이준'],
  ['제갈공명 팀장', '제팀'],
  ['회의실 3A', '회3'],
  ['  Ó  ', 'Ó'],
  ['👩‍💻 dev', '👩‍💻D'],
])('%s is %s', (name, expected) => expect(initials(name)).toBe(expected));
