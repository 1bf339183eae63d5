// The app's own chat, in the JSON protocol of SignalR; an app with a build would use its client.
'use strict';
(async () => {
  const $ = (id) => document.getElementById(id);
  const answer = await fetch('account/me', { redirect: 'manual' });
  if (!answer.ok) {
    location.assign('account/signin?returnUrl=' + encodeURIComponent(location.pathname));
    return;
  }
  const me = await answer.json();
  $('who').textContent = `Signed in as ${me.name}.`;
  $('ask').hidden = $('console').hidden = !me.isClerk; // SecureChat in this chat: for clerks
  const end = String.fromCharCode(0x1e);
  const socket = new WebSocket(new URL('support', location.href).href.replace(/^http/, 'ws'));
  const call = (target, ...args) => socket.send(JSON.stringify({ type: 1, target, arguments: args }) + end);
  const show = (content) => {
    const line = document.createElement('li');
    line.append(content);
    $('messages').append(line);
  };
  const heard = {
    said: (message) => show(`${message.from}: ${message.text}`),
    form: (path) => show(Object.assign(document.createElement('a'), { href: path, target: '_blank', rel: 'noopener', textContent: 'Open the secure form' })), // SecureChat in this chat: the link
  };
  socket.addEventListener('open', () => socket.send('{"protocol":"json","version":1}' + end));
  socket.addEventListener('message', (event) => {
    for (const text of event.data.split(end).filter(Boolean)) {
      const frame = JSON.parse(text);
      if (frame.type === 1 && Object.hasOwn(heard, frame.target)) heard[frame.target](...frame.arguments);
    }
  });
  $('say').addEventListener('submit', (event) => {
    event.preventDefault();
    call('Say', me.isClerk ? 'carla' : me.name, event.target.text.value);
    event.target.reset();
  });
  $('ask').addEventListener('click', () => call('AskForCard', 'carla')); // SecureChat in this chat: the button
})();
