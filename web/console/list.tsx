import { useEffect, useState } from 'preact/hooks';
import type { ConversationView } from '../shared/types.ts';
import { hostNow, wordsOf } from './api.ts';
import type { Console, Filter } from './console.ts';
import { moveInList } from './shortcuts.ts';
import { useCell } from './store.ts';
import { nameOf, sinceText } from './words.ts';

const filters: readonly { readonly key: Filter; readonly label: string }[] = [
  { key: 'all', label: 'Open' },
  { key: 'unassigned', label: 'Unassigned' },
  { key: 'mine', label: 'Mine' },
];

const passes: Readonly<Record<Filter, (view: ConversationView) => boolean>> = {
  all: () => true,
  unassigned: (view) => view.assignedTo === undefined && view.isMine !== true,
  mine: (view) => view.isMine === true,
};

export function ConversationList({ console: model }: { console: Console }) {
  const list = useCell(model.conversations);
  const hasMore = useCell(model.hasMore);
  const filter = useCell(model.filter);
  const selected = useCell(model.selected);
  const seen = useCell(model.seen);
  const error = useCell(model.listError);
  const [, tick] = useState(0);
  // "4 min" grows by itself.
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 20_000);
    return () => clearInterval(timer);
  }, []);

  const shown = (list ?? []).filter(passes[filter]);
  const now = hostNow();
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      moveInList(by);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      moveInList(event.key === 'Home' ? -1000 : 1000);
    }
  };
  return (
    <nav class="list" aria-label="Conversations">
      <div class="filters" role="group" aria-label="Show">
        {filters.map(({ key, label }) => {
          const count = (list ?? []).filter(passes[key]).length;
          return (
            <button type="button" key={key} class="chip" aria-pressed={filter === key} onClick={() => (model.filter.value = key)}>
              {label} <span class="count">{count}</span>
            </button>
          );
        })}
      </div>
      {error !== null && <p class="strip bad"><span><strong>{wordsOf(error).title}</strong> This list may be old; it is tried again.</span></p>}
      {list === null
        ? <ul class="conversations" aria-busy="true">{[0, 1, 2].map((n) => <li key={n} class="ghost" />)}</ul>
        : shown.length === 0
          ? <p class="empty">{emptyText(filter, list.length)}</p>
          : (
            <ul class="conversations" onKeyDown={onKey}>
              {shown.map((view, index) => {
                const isNew = !seen.has(view.id);
                const isUnread = !isNew && seen.get(view.id)! < view.lastActivityAt;
                const isCurrent = selected === view.id;
                return (
                  <li key={view.id}>
                    <button
                      type="button"
                      data-item
                      class={`item${isNew || isUnread ? ' fresh' : ''}`}
                      aria-current={isCurrent ? 'true' : undefined}
                      tabIndex={isCurrent || (index === 0 && !shown.some((other) => other.id === selected)) ? 0 : -1}
                      onClick={() => void model.select(view.id)}
                    >
                      <span class="avatar" aria-hidden="true">{nameOf(view).slice(-4, -2)}</span>
                      <span class="item-text">
                        <span class="item-top">
                          <span class="item-name">{nameOf(view)}</span>
                          <time class="quiet" dateTime={view.lastActivityAt}>{sinceText(view.lastActivityAt, now)}</time>
                        </span>
                        <span class="item-sub">
                          <span class={view.isMine ? 'mine' : 'quiet'}>{view.isMine ? 'You' : view.assignedTo ?? 'Unassigned'}</span>
                          {isNew && <span class="badge">New</span>}
                          {isUnread && <span class="badge soft">Activity</span>}
                        </span>
                      </span>
                    </button>
                  </li>
                );
              })}
            </ul>
          )}
      {list !== null && hasMore && <button type="button" class="button more" onClick={() => void showMore(model)}>Show more</button>}
    </nav>
  );
}

async function showMore(model: Console): Promise<void> {
  await model.more();
  // The button goes with the last page; whoever pressed it goes on in the list.
  if (!model.hasMore.value) requestAnimationFrame(() => moveInList(0));
}

const emptyText = (filter: Filter, all: number): string =>
  all === 0 ? 'Nobody is waiting. New conversations appear here by themselves.' : filter === 'mine' ? 'You have no conversation. Take one from Unassigned.' : 'Nobody is waiting for an agent.';
