'use strict';
const $ = (id) => document.getElementById(id);
const page = location.href;

// The token is in the fragment, which is sent to no server and kept in no log; it leaves the address bar at once.
const token = location.hash.slice(1);
if (token) history.replaceState(null, '', location.pathname + location.search);

/** Where to go afterwards: a page of this site, or the console. Anything else would send people who just signed in to strangers. */
function next() {
  const wanted = new URLSearchParams(location.search).get('returnUrl');
  try {
    const url = new URL(wanted ?? 'chat/console', page);
    if (url.origin === location.origin) return url.href;
  } catch {
    // Not a URL.
  }
  return new URL('chat/console', page).href;
}

async function post(path, form, more) {
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const answer = await fetch(new URL(path, page), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-SecureChat': '1' },
      body: JSON.stringify({ ...Object.fromEntries(new FormData(form)), ...more }),
    });
    const result = answer.status === 204 ? {} : await answer.json().catch(() => ({ title: 'Please wait a minute, then try again.' }));
    $('message').textContent = answer.ok ? '' : result.title ?? 'That did not work. Check what you entered.';
    return answer.ok ? result : null;
  } catch {
    $('message').textContent = 'The server does not answer. Try again.';
    return null;
  } finally {
    button.disabled = false;
  }
}

function on(id, action) {
  $(id)?.addEventListener('submit', (event) => {
    event.preventDefault();
    void action(event.currentTarget);
  });
}

on('signin', async (form) => {
  if (await post('account/login', form)) location.replace(next());
});

on('account', async (form) => {
  const made = await post('setup', form, { token });
  if (!made) return;
  $('secret').textContent = made.secret;
  $('otpauth').href = made.otpauth;
  $('qr').src = made.qr;
  form.hidden = true;
  $('confirm').hidden = false;
  $('confirm').elements.code.focus();
});

on('confirm', async (form) => {
  if (await post('setup/confirm', form)) location.replace(next());
});
