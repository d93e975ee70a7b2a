/** Whether the chat is open, and how much of it came unseen since it was closed. */
import { useEffect, useState } from 'react';
import type { ChatMessage } from '#contract/chat.ts';

export type Chat = { isOpen: boolean; unreadCount: number; setOpen: (isOpen: boolean) => void };

export function useChat(messages: readonly ChatMessage[], selfPeerId: string): Chat {
  const [isOpen, setOpen] = useState(false);
  const [seenNumber, setSeenNumber] = useState(-1);
  const lastNumber = messages.at(-1)?.number ?? -1;
  useEffect(() => {
    if (isOpen) setSeenNumber(lastNumber);
  }, [isOpen, lastNumber]);
  const unreadCount = isOpen
    ? 0
    : messages.filter(({ number, peerId }) => number > seenNumber && peerId !== selfPeerId).length;
  return { isOpen, unreadCount, setOpen };
}
