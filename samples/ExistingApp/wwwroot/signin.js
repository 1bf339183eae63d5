'use strict';
document.getElementById('signin').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch(location.pathname, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(event.target))),
  });
  const result = await answer.json();
  if (!answer.ok) {
    document.getElementById('message').textContent = result.title;
    return;
  }
  // Only a path of this app: anything else in the address would send people away after they signed in.
  const wanted = new URLSearchParams(location.search).get('returnUrl') ?? new URLSearchParams(location.search).get('ReturnUrl');
  const home = new URL('../orders.html', location.href);
  const target = wanted ? new URL(wanted, location.href) : home;
  location.assign(target.origin === location.origin ? target : home);
});
