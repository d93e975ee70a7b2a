/** English words of meetings that belong together. */
export default {
  title: 'Series',
  next: 'Next meeting: {{when}}',
  plan: 'Plan the next one',
  planTitle: 'Next meeting',
  planned: 'The next one is planned already: {{when}}',
  lastAgenda: 'Use the agenda of last time',
  tasks: 'Open tasks',
  noTasks: 'All tasks of the earlier meetings are done.',
  moreTasks: 'There may be more tasks in the notes of the earlier meetings.',
  dueOn: 'until {{date}}',
  overdue: 'was due on {{date}}',
  earlier: 'Earlier meetings',
  cancelled: 'Cancelled',
  more: 'Show more',
  older: 'Older ones are under Past meetings.',
} as const;
