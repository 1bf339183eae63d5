import { useEffect, useRef, useState } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { wordsOf } from './api.ts';
import type { Console, SignIn } from './console.ts';
import { CloseDialog, HelpDialog, TransferDialog } from './dialogs.tsx';
import { Help, Lock, Shield } from './icons.tsx';
import { ConversationList } from './list.tsx';
import { RuleBox, RulesDialog } from './rules.tsx';
import { SidePanel } from './side.tsx';
import { shortcutsOn, useShortcuts, type DialogName } from './shortcuts.ts';
import { useCell } from './store.ts';
import { Talk } from './talk.tsx';

export function App({ console: model }: { console: Console }) {
  const signIn = useCell(model.signIn);
  return (
    <>
      {signIn.at === 'in' ? <Desk console={model} name={signIn.me.name} roles={rolesOf(signIn)} isOfficer={signIn.me.isPrivacyOfficer} />
        : signIn.at === 'officer' ? <Office console={model} name={signIn.me.name} roles={rolesOf(signIn)} />
        : <Door signIn={signIn} console={model} />}
      <Announcer />
    </>
  );
}

function rolesOf(signIn: SignIn): string {
  const me = signIn.at === 'in' || signIn.at === 'officer' || signIn.at === 'unable' ? signIn.me : null;
  if (me === null) return '';
  const names = [me.isAgent && 'agent', me.isSupervisor && 'supervisor', me.isPrivacyOfficer && 'privacy officer', me.isAuditor && 'auditor'];
  return names.filter((name) => name !== false).join(', ');
}

/** Where one stands without being let in, and why. */
function Door({ signIn, console: model }: { signIn: SignIn; console: Console }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [signIn.at]);
  if (signIn.at === 'checking') {
    return <main class="door" aria-busy="true"><p class="quiet">Opening the console…</p></main>;
  }
  let title: string;
  let text: string;
  if (signIn.at === 'out') {
    title = signIn.wasIn ? 'Your sign-in has ended' : 'Sign in to answer visitors';
    text = signIn.wasIn ? 'Everything was taken off the screen. Sign in and you are back where you were; values you had opened are gone from this page.' : 'The console uses the accounts of this site.';
  } else if (signIn.at === 'unable') {
    title = 'Your account cannot answer visitors';
    text = signIn.me === null
      ? 'It has none of the roles of SecureChat here. Ask whoever manages accounts for the role Agent or Supervisor. If the site wants a second factor at sign-in, sign in again with it.'
      : `You are signed in${signIn.me.name ? ` as ${signIn.me.name}` : ''} with the role ${rolesOf(signIn)}. Conversations are for the roles Agent and Supervisor; ask whoever manages accounts.`;
  } else if (signIn.at === 'failed') {
    const words = wordsOf(signIn.error);
    title = words.title;
    text = `${words.nextStep} This page tries again by itself.`;
  } else {
    return null;
  }
  const url = signInUrl();
  return (
    <main class="door">
      <div class="door-card">
        <span class="door-mark"><Shield /></span>
        <h1 tabIndex={-1} ref={heading}>{title}</h1>
        <p>{text}</p>
        <div class="row">
          {signIn.at !== 'failed' && url !== null && <a class="button primary" href={url}>{signIn.at === 'unable' ? 'Use another account' : 'Sign in'}</a>}
          <button type="button" class={signIn.at !== 'failed' && url !== null ? 'button' : 'button primary'} onClick={() => void model.check()}>
            {signIn.at === 'out' ? 'I have signed in' : 'Try again'}
          </button>
        </div>
        {signIn.at === 'out' && url === null && <p class="quiet">Sign in to this site in the way you know, then come back to this page.</p>}
      </div>
    </main>
  );
}

/** The host's sign-in page, if it named one: of this site or by http(s), and back to here afterwards. */
function signInUrl(): string | null {
  const content = document.querySelector('meta[name="securechat-sign-in"]')?.getAttribute('content')?.trim();
  if (!content) return null;
  try {
    const url = new URL(content, location.href);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
    url.searchParams.set('returnUrl', location.pathname);
    return url.href;
  } catch {
    return null;
  }
}

/** For privacy officers who answer no visitors. */
function Office({ console: model, name, roles }: { console: Console; name: string | undefined; roles: string }) {
  return (
    <div class="office">
      <header class="top">
        <h1><span class="mark"><Shield /></span>SecureChat</h1>
        <p class="who">{name && <strong>{name}</strong>}<span class="quiet">{roles}</span></p>
      </header>
      <main class="sheet">
        <h2>Try the masking rules</h2>
        <RuleBox console={model} />
      </main>
    </div>
  );
}

function Desk({ console: model, name, roles, isOfficer }: { console: Console; name: string | undefined; roles: string; isOfficer: boolean }) {
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const pane = useCell(model.pane);
  const selected = useCell(model.selected);
  const conversations = useCell(model.conversations);
  const seen = useCell(model.seen);
  useShortcuts(model, dialog, setDialog);

  const unread = (conversations ?? []).filter((item) => (seen.get(item.id) ?? '') < item.lastActivityAt).length;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) SecureChat console` : 'SecureChat console';
  }, [unread]);

  const view = useCell(model.preview);
  return (
    <div class="desk" data-pane={pane} data-selected={selected !== null}>
      <a class="skip" href="#talk" onClick={(event) => { event.preventDefault(); document.getElementById('talk')?.focus(); }}>Skip to the conversation</a>
      <header class="top">
        <h1><span class="mark"><Shield /></span>SecureChat</h1>
        <p class="who">{name && <strong>{name}</strong>}<span class="quiet">{roles}</span></p>
        {isOfficer && <button type="button" class="button quiet-button" onClick={() => setDialog('rules')}><Lock />Rules</button>}
        <button type="button" class="button quiet-button" onClick={() => setDialog('help')} aria-label="Keys" aria-keyshortcuts="?"><Help /><span class="wide-only">Keys</span></button>
      </header>
      <Notice console={model} />
      <main class="panes">
        <ConversationList console={model} />
        <Talk console={model} onDialog={setDialog} />
        <SidePanel console={model} />
      </main>
      {dialog === 'rules' && <RulesDialog console={model} onClose={() => setDialog(null)} />}
      {dialog === 'help' && <HelpDialog onClose={() => setDialog(null)} isOn={shortcutsOn} />}
      {dialog === 'close' && view !== null && <CloseDialog console={model} view={view} onClose={() => setDialog(null)} />}
      {dialog === 'transfer' && view !== null && <TransferDialog console={model} view={view} onClose={() => setDialog(null)} />}
    </div>
  );
}

function Notice({ console: model }: { console: Console }) {
  const notice = useCell(model.notice);
  if (notice === null) return null;
  return (
    <section class={notice.isBad ? 'notice bad' : 'notice'} aria-label="Message">
      <p><strong>{notice.text}</strong> {notice.next}</p>
      <button type="button" class="button small" onClick={() => model.note(null)}>Dismiss</button>
    </section>
  );
}
