// Posts the token of the printed link and goes on to the console. The fragment leaves the address bar at once.
'use strict';
(() => {
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  const app = document.createElement('main');
  const title = document.createElement('h1');
  title.textContent = 'Sign in';
  document.getElementById('app').append(app);
  const say = (text) => {
    const line = document.createElement('p');
    line.setAttribute('role', 'status');
    line.textContent = text;
    app.replaceChildren(title, line);
  };
  if (!token) {
    say('Open the whole link that the host printed when it started.');
    return;
  }
  const button = document.createElement('button');
  button.textContent = 'Sign in as an agent';
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const answer = await fetch(location.pathname, {
        method: 'POST',
        headers: { 'X-SecureChat': '1', Authorization: `Bearer ${token}` },
      });
      if (answer.ok) {
        location.replace('console');
        return;
      }
      say('This link is of another start of the host. Open the one it printed last.');
    } catch {
      say('The host does not answer. Start it, then open the link it prints.');
    }
  });
  app.replaceChildren(title, button);
  button.focus();
})();
