/** English words of the transcript: the sign that it is on, its switch, and captions. */
export default {
  title: 'Transcript',
  sign: 'What is spoken is written',
  failing: 'Not written at the moment: no answer from the speech recognition',
  news: {
    on: 'What is spoken is written from now on. Everybody sees this.',
    off: 'What is spoken is no longer written.',
  },
  switch: 'Write what is spoken',
  switchNote: 'Everybody sees that it is on. The text is kept on the meeting’s page.',
  language: 'Spoken language',
  ko: 'Korean',
  en: 'English',
  captions: 'Captions',
  showCaptions: 'Show captions',
  hideCaptions: 'Hide captions',
  onTv: 'Captions on the TV',
} as const;
