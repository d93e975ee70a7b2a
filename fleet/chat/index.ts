/** What other folders see of what is written in meetings. */
export { deleteChat } from './delete-chat.ts';
export { MeetingChat } from './meeting-chat.ts';
export {
  type ChatEvent,
  chatOfCalls,
  chatOfPerson,
  chatRevisionsOf,
  forgetInChat,
  isChatEvent,
  recallPost,
  recallsAtNode,
  recordChatEvent,
  writtenChat,
} from './posts.ts';
export { MentionMails } from './mention-mails.ts';
export { mailedMentionsOf, unreadMentionsOf } from './mentions.ts';
export { chatWritersOf, recordReads } from './read-marks.ts';
export { chatRoutes } from './routes.ts';
